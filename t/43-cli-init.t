# grantlink init sets up an installation, once, and never overwrites keys by accident.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Build;
use Grantlink::Flow;
use Grantlink::Instance;
use File::Temp ();
use Grantlink::Command qw(run_command);

my $temp  = File::Temp->newdir('grantlink-init-XXXXXX', TMPDIR => 1);
my $group = Grantlink::Instance::Configuration::edge_group();
my @init  = (Grantlink::Build::program('grantlink'), 'init', '--dir', "$temp/etc", '--state', "$temp/state", '--run', "$temp/run",
    '--public-url', 'https://links.example.com', '--edge-group', $group);

sub content ($path) {
    open my $file, '<', $path or return '';
    local $/;
    return readline $file;
}

my $ran = run_command(\@init);
is($ran->{exit}, 0, 'it succeeds') or diag $ran->{out}, $ran->{err};
like($ran->{out} . $ran->{err}, qr{\Q$temp\E/etc/$_}, "it says that it wrote $_") for qw(grantlink.toml master.key edge.key);
unlike($ran->{out} . $ran->{err}, qr/key \d+ [\w-]{43}/, 'it prints no key');

my %mode = map { $_ => (stat "$temp/$_")[2] & 07777 } qw(etc/master.key etc/edge.key state/vault state/edge);
is($mode{'etc/master.key'}, 0600, 'master.key is its owner\'s alone');
is($mode{'etc/edge.key'} & 0007, 0, 'edge.key is not for all');
is($mode{'state/vault'} & 0077, 0, 'neither is the vault');
is($mode{'state/edge'} & 0007, 0, 'nor the edge store');
is((getgrgid((stat "$temp/state/edge")[5]))[0], $group, 'the edge store belongs to the group of nginx') if $> == 0;
like(content("$temp/etc/grantlink.toml"), qr{^public_url = "https://links\.example\.com"}m, 'grantlink.toml has the public URL');
like(content("$temp/etc/grantlink.toml"), qr/^#/m, 'and explains itself');
like(content("$temp/etc/grantlink.toml"), qr/\Q$temp\E\/state/, 'and the directories that were named');

my %before = map { $_ => content("$temp/etc/$_") } qw(grantlink.toml master.key edge.key);
my $again  = run_command(\@init);
is_deeply({map { $_ => content("$temp/etc/$_") } keys %before}, \%before, 'a second run changes nothing');
like($again->{out} . $again->{err}, qr/--force/, 'and says how to insist');

my $forced = run_command([@init, '--force']);
is($forced->{exit}, 0, '--force');
isnt(content("$temp/etc/master.key"), $before{'master.key'}, 'makes new keys');
isnt(content("$temp/etc/edge.key"),   $before{'edge.key'},   'both');

my @wrong = (
    ['a group that is not there', [@init[0 .. $#init - 1], 'no-such-group', '--force'], qr/no-such-group/],
    ['a URL with a path', [(map { $_ eq 'https://links.example.com' ? 'https://links.example.com/x' : $_ } @init), '--force'], qr/public-url|public_url|path/],
    ['a directory that cannot be made', [(map { $_ eq "$temp/etc" ? '/proc/nothing' : $_ } @init)], qr{/proc/nothing}],
);
for my $case (@wrong) {
    my ($name, $command, $pattern) = @$case;
    my $key = content("$temp/etc/master.key");
    my $ran = run_command($command);
    isnt($ran->{exit}, 0, "$name: refused");
    like($ran->{err}, $pattern, 'and says why');
    is(content("$temp/etc/master.key"), $key, 'and replaces no key');
}

done_testing;

# The key files are what protects everything: the daemon looks at them before it starts.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Build;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Command qw(run_command);
use Grantlink::Toml qw(write_file);

my $grantlink = Grantlink::Instance->new;
my $etc       = $grantlink->directory . '/etc';

sub content ($path) {
    open my $file, '<', $path or die "$path: $!";
    local $/;
    return readline $file;
}

sub started { return run_command([Grantlink::Build::program('grantlinkd'), '--config', $grantlink->toml_path], seconds => 10) }

is((stat "$etc/master.key")[2] & 07777, 0600, 'grantlink init makes master.key for its owner alone');
is((stat "$etc/edge.key")[2] & 0007, 0, 'and edge.key for nobody else either');
like(content("$etc/master.key"), qr/\Agrantlink-master-key v1\n(?:#.*\n)*key \d+ [A-Za-z0-9_-]{43}\n/, 'a key file is text with a version');
like(content("$etc/edge.key"),   qr/\Agrantlink-edge-key v1\n(?:#.*\n)*key \d+ [A-Za-z0-9_-]{43}\nseal \d+ [A-Za-z0-9_-]{43}\n/, 'both are');

for my $mode (0644, 0640, 0604) {
    chmod $mode, "$etc/master.key";
    my $ran = started();
    isnt($ran->{exit}, 0, sprintf 'master.key with mode %04o: the daemon refuses', $mode);
    like($ran->{err}, qr/master\.key/, 'and names it');
    like($ran->{err}, qr/chmod|0600|mode/i, 'and the remedy');
}
chmod 0600, "$etc/master.key";

my $master = content("$etc/master.key");
my ($key)  = $master =~ /^key \d+ (\S+)/m;
for my $wrong (['cut off' => substr $master, 0, 40], ['empty' => ''], ['of a later version' => $master =~ s/v1/v2/r],
    ['with a letter changed into a blank' => $master =~ s/(key \d+ .{9})./$1 /r]) {
    write_file("$etc/master.key", $wrong->[1], 0600);
    my $ran = started();
    isnt($ran->{exit}, 0, "$wrong->[0]: the daemon refuses");
    like($ran->{err}, qr/master\.key/, 'and names it');
    unlike($ran->{err}, qr/\Q@{[substr $key, 10, 12]}\E/, 'and quotes no key');
}

# A pair that does not belong together would seal codes that nobody can open.
my $other = Grantlink::Instance->new;
write_file("$etc/master.key", content($other->directory . '/etc/master.key'), 0600);
my $ran = started();
isnt($ran->{exit}, 0, 'master.key of another installation: the daemon refuses');
like($ran->{err}, qr/edge\.key/, 'and says that the two do not belong together');
write_file("$etc/master.key", $master, 0600);

$grantlink->start;
my $browser = $grantlink->browser;
my $asked   = request_connection($grantlink);
my $link    = $asked->{link};

subtest 'a new key beside the old one' => sub {
    # What rotating does: the new key first, the old one still accepted.
    my $waiting = request_connection($grantlink);
    my $new = content($other->directory . '/etc/master.key');
    my ($added) = $new =~ /^key \d+ (\S+)/m;
    write_file("$etc/master.key", $master =~ s/^key/key 2 $added\nkey/mr, 0600);
    my ($edge, $other_edge) = (content("$etc/edge.key"), content($other->directory . '/etc/edge.key'));
    my ($edge_key)  = $other_edge =~ /^key \d+ (\S+)/m;
    my ($edge_seal) = $other_edge =~ /^seal \d+ (\S+)/m;
    my $callback = callback_for($browser, $link);
    write_file("$etc/edge.key", $edge =~ s/^key/key 2 $edge_key\nkey/mr =~ s/^seal/seal 2 $edge_seal\nseal/mr);
    $grantlink->restart_daemon;
    $grantlink->reload_nginx;
    is($grantlink->browser->get($link)->page, 'ready', 'a link made before still opens');
    is($browser->get($link)->page, 'begun', 'and an attempt begun before is known');
    is(wait_for_outcome($browser, come_back($browser, $callback)->location), 'connected',
        'an attempt begun before is finished');
    is($grantlink->admin->get("/v1/connections/$waiting->{id}/link")->json->{link}, $waiting->{link},
        'a link of the old key can still be shown');
    my $next = request_connection($grantlink);
    is(wait_for_outcome($browser, approve($browser, $next->{link})), 'connected', 'a new one uses the new keys');
};

$grantlink->finish;
done_testing;

# A mistake in grantlink.toml is named with file, line and remedy, and the daemon does not start.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Build;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Command qw(run_command);
use Grantlink::Toml qw(to_toml write_file);

my $grantlink = Grantlink::Instance->new;
my $path      = $grantlink->directory . '/etc/tried.toml';
my $good      = to_toml($grantlink->daemon_config);
my $etc       = $grantlink->directory . '/etc';

sub refused ($name, $text, @patterns) {
    write_file($path, $text, 0600);
    my $ran = eval { run_command([Grantlink::Build::program('grantlinkd'), '--config', $path], seconds => 10) }
        // {exit => 0, err => $@};    # it started
    subtest $name => sub {
        isnt($ran->{exit}, 0, 'the daemon refuses it');
        cmp_ok($ran->{exit}, '<', 128, 'in good order');
        like($ran->{err}, $_, "it says $_") for @patterns;
        unlike($ran->{err}, qr/\Q$grantlink->{client_secret}\E/, 'and quotes no secret');
    } or diag $ran->{err};
}

# A line put in front of the good file.
sub with ($line) { return "$line\n$good" }

# The good file with one of its lines changed; answers text and the line's number.
sub changed ($key, $value) {
    my @lines  = split /\n/, $good;
    my ($at)   = grep { $lines[$_] =~ /\A\Q$key\E = / } 0 .. $#lines;
    die "no line $key" unless defined $at;
    $lines[$at] = defined $value ? "$key = $value" : '';
    return join("\n", @lines) . "\n", qr{tried\.toml:@{[$at + 1]}\b};
}

refused('a key that is not known',    with('requestor = "x"'), qr{tried\.toml:1\b}, qr/requestor/);
refused('TOML that is none',          with('this is = = wrong'), qr{tried\.toml:1\b});
refused('a duration without a unit',  with('link_lifetime = "14"'), qr{tried\.toml:1\b}, qr/link_lifetime/, qr/"14d"/);
refused('a retention of nothing',      with('audit_retention = "0d"'), qr{tried\.toml:1\b}, qr/audit_retention/);
refused('a duration as a number',     with('attempt_lifetime = 30'), qr{tried\.toml:1\b}, qr/attempt_lifetime/);
refused('a duration of nothing',      with('attempt_lifetime = "0s"'), qr{tried\.toml:1\b}, qr/attempt_lifetime/);
refused('a path without its slash',   with('approve_path = "/approve"'), qr{tried\.toml:1\b}, qr/approve_path/, qr/'\/'|slash/);
refused('a public URL with a path',   changed(public_url => '"https://links.example.com/x"'), qr/public_url/, qr/without a path/);
refused('no public URL',              (changed(public_url => undef))[0], qr{tried\.toml:\d}, qr/public_url/);
refused('a log level of another world', changed(log_level => '"chatty"'), qr/log_level/, qr/debug/);
refused('a log format of another world', with('log_format = "xml"'), qr{tried\.toml:1\b}, qr/log_format/, qr/"json"/);
refused('a key file that is not there', (changed(master_key => '"/nowhere/master.key"'))[0], qr{/nowhere/master\.key}, qr/grantlink init/);
refused('authorities that are not there', with('ca_file = "/nowhere/ca.pem"'), qr{tried\.toml:1\b}, qr{ca_file.*/nowhere/ca\.pem}, qr/PEM/);
refused('authorities that are none',     with("ca_file = \"$etc/edge.key\""), qr{tried\.toml:1\b}, qr/ca_file/, qr/PEM/);
refused('a group that is not there',  (changed(edge_group => '"no-such-group"'))[0], qr/no-such-group/);
refused('a mail server of another kind', changed(smtp => '"http://127.0.0.1"'), qr/smtp/, qr{smtps://});
refused('a language without mails',   (map { s/^(from = .*)/$1\nlanguage = "tlh"/mr } $good), qr/language/);
refused('no sender',                  changed(from => '"nobody"'), qr/from/);
refused('a retention of nothing',     "$good\n[content]\nretention = \"0d\"\n", qr/retention/);
refused('too many posts',             "$good\n[content]\nmax_posts = 100000\n", qr/max_posts/, qr/10000/);
refused('polls that are slower than the slowest', "$good\n[content]\nfastest = \"2d\"\n", qr/slowest/);
refused('files of no size',           "$good\n[content.media]\nmax_file_mb = 0\n", qr/max_file_mb/, qr/from 1|1 to|least/);
refused('copies of another spelling', "$good\n[content.media]\ncopies = true\n", qr/copies/);
refused('a client id left out',       (changed(client_id => undef))[0], qr/client_id/);
refused('a preset that is not there', (changed(preset => '"myspace"'))[0], qr/myspace/);
refused('an origin with a path',      (changed('"https://api.instagram.com"' => '"http://127.0.0.1/x"'))[0], qr/origins/);
refused('a secret in a file that is not there',
    (changed(client_secret => undef))[0] =~ s/(?=preset = )/client_secret_file = "\/nowhere\/secret"\n/r, qr{/nowhere/secret});
refused('a role that is not known', $good . "\n[[admin.grant]]\nrole = \"king\"\nusers = [\"root\"]\n", qr/tried\.toml/, qr/viewer/);
refused('a user that is not there', $good . "\n[[admin.grant]]\nrole = \"viewer\"\nusers = [\"no-such-user\"]\n", qr/no-such-user/);
refused('bytes', join('', map { chr $_ % 256 } 1 .. 1000), qr/tried\.toml/);

# Brands, and the files they name.
sub brand ($lines) { return "$good\n[brands.acme]\nname = \"Acme\"\n$lines\n" }

sub logo ($name, $bytes) {
    open my $file, '>:raw', "$etc/$name" or die "$name: $!\n";
    print {$file} $bytes;
    close $file or die "$name: $!\n";
    return "logo = \"$etc/$name\"";
}

my $brand_line = 4 + ($good =~ tr/\n//);    # of what follows the name
my $at = qr{tried\.toml:$brand_line\b};
refused('a brand without a name', "$good\n[brands.acme]\ncolour = \"#1f5f4a\"\n", qr{tried\.toml:\d}, qr/brands\.acme\.name/);
refused('a brand whose name is two lines', "$good\n[brands.acme]\nname = \"a\\nb\"\n", qr{tried\.toml:\d}, qr/brands\.acme\.name/, qr/one line/);
refused("a colour that is none: $_", brand("colour = \"$_\""), $at, qr/brands\.acme\.colour/, qr/"#1f5f4a"/)
    for 'green', '1f5f4a', '#1f5', '#1f5f4g', '#1f5f4a0';
refused('a key of a brand that is not known', brand('color = "#1f5f4a"'), $at, qr/color/, qr/colour/);
refused('a brand with another id', "$good\n[brands.\"Acme Inc\"]\nname = \"Acme\"\n", qr{tried\.toml:\d}, qr/Acme Inc/);
refused('a default brand that is not there', with('brand = "zeta"') . "\n[brands.acme]\nname = \"Acme\"\n",
    qr{tried\.toml:1\b}, qr/zeta/, qr/known are acme/);
refused('a logo that is not there', brand('logo = "/nowhere/logo.png"'), $at, qr{/nowhere/logo\.png}, qr/No such file/);
refused('a logo that is a directory', brand("logo = \"$etc\""), $at, qr/no regular file/);
refused('a logo as SVG', brand(logo('logo.png', '<svg xmlns="http://www.w3.org/2000/svg"/>')), $at, qr/SVG/, qr/PNG or WebP/);
refused('a logo that is too large', brand(logo('logo.gif', 'GIF89a' . "\0" x 65536)), $at, qr/65542 bytes/, qr/at most 65536/);

my $good_logo = brand(logo('good.gif', 'GIF89a' . "\0" x 65530));
write_file($path, $good_logo, 0600);
my $checked = run_command([Grantlink::Build::program('grantlinkd'), '--check', '--config', $path]);
is($checked->{exit}, 0, 'a logo of 64 KiB is taken') or diag $checked->{err};
write_file($path, brand(logo('good.gif', 'no image')), 0600);
$checked = run_command([Grantlink::Build::program('grantlinkd'), '--check', '--config', $path]);
is($checked->{exit}, 2, '--check looks into logos too');
like($checked->{err}, $at, 'and names the line');

my $none = run_command([Grantlink::Build::program('grantlinkd'), '--config', '/nowhere/grantlink.toml']);
isnt($none->{exit}, 0, 'no file at all: the daemon refuses');
like($none->{err}, qr{/nowhere/grantlink\.toml}, 'and names it');
like($none->{err}, qr/grantlink init/, 'and says how to make one');

# A preset with a mistake is the operator's file as well.
mkdir $grantlink->directory . '/presets';
my $preset = do {
    open my $file, '<', "$Grantlink::Build::repository/conf.d/providers/instagram.toml" or die $!;
    local $/;
    readline $file;
};
my %mistakes = (
    'PKCE of another kind'    => [$preset =~ s/^pkce = .*/pkce = "plain"/mr, qr/pkce/],
    'an endpoint without URL' => [$preset =~ s{^url = "https://api.*}{url = "/oauth"}mr, qr/url/],
    'a pointer that is none'  => [$preset =~ s{^handle = .*}{handle = ["username"]}mr, qr/handle/],
    'no identity'             => [$preset =~ s{^\[identity\](?:\n.+)*}{}mr, qr/identity/],
    'a switch URL without TLS' => [$preset =~ s{^(\[switch_account\].*\n)url = .*}{$1url = "http://www.instagram.com/"}mr,
        qr/instagram\.toml:\d+: switch_account\.url/, qr/https/],
    'a hint without English'  => [$preset =~ s{^en = .*}{}mr, qr/switch_account\.hint\.en/],
    'a hint without end'      => [$preset =~ s{^de = .*}{'de = "' . 'x' x 301 . '"'}emr, qr/switch_account\.hint\.de/, qr/300 bytes/],
    'a hint of two lines'     => [$preset =~ s{^de = .*}{de = "a\\nb"}mr, qr/switch_account\.hint\.de/],
    'a hint in no language'   => [$preset =~ s{^de = }{de_DE = }mr, qr/switch_account\.hint\.de_DE/, qr/pt-BR/],
    'a misspelt key'          => [$preset =~ s{^scopes}{scope}mr, qr/scope/],
);
for my $name (sort keys %mistakes) {
    write_file($grantlink->directory . '/presets/instagram.toml', $mistakes{$name}[0]);
    refused("in a preset: $name", (changed(providers_dir => '"' . $grantlink->directory . '/presets"'))[0],
        qr{presets/instagram\.toml}, @{$mistakes{$name}}[1 .. $#{$mistakes{$name}}]);
}

done_testing;

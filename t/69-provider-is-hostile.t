# Token endpoints of every bad kind: each costs a bounded time and memory, ends in a clear outcome, and a
# code that may have been used is not sent again.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Certificate qw(make_certificate);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Memory qw(peak_of_memory);
use Grantlink::Port;
use Grantlink::Toml qw(to_toml write_file);

my $grantlink = Grantlink::Instance->new;
my $presets   = $grantlink->directory . '/presets';
mkdir $presets;
my $tls = Grantlink::Port->reserve;
make_certificate($grantlink->directory);
my $liar = $grantlink->start_liar($grantlink->directory, 'certificate:' . $tls->number);
my $tls_origin = 'https://127.0.0.1:' . $tls->number;

# What the recipient's page says of each.
my %says = (
    drip                    => qr/Timeout/i,
    silent                  => qr/Timeout/i,
    endless                 => qr/larger than 1048576 bytes/,
    'gzip-bomb'             => qr/larger than 1048576 bytes/,
    deep                    => qr/did not answer with JSON/,
    'duplicate-keys'        => qr/did not answer with JSON/,
    'number-beyond-64-bits' => qr/did not answer with JSON/,
    'cut-off'               => qr/127\.0\.0\.1:\d+: \w/,
    reset                   => qr/127\.0\.0\.1:\d+: \w/,
    'busy-for-hours'        => qr/status 503/,
    'redirect-loop'         => qr/status 307/,
    'redirect-elsewhere'    => qr/status 307/,
    'redirect-to-file'      => qr/status 302/,
    'huge-header'           => qr/header of the answer is too large/,
    'other-type'            => qr/of a type that is not known/,
    bound                   => qr/of a type that is not known/,
    'long-token'            => qr/too long/,
    'repeats-the-code'      => qr/was: x{190}…/,
    html                    => qr/did not answer with JSON/,
);
my %unreached = ('other-certificate' => "$tls_origin/hostile/elsewhere", 'no-such-host' => 'https://provider.invalid/token');

sub preset ($name, $token_url) {
    write_file("$presets/$name.toml", to_toml({
        authorize => {url => "$liar/authorize"},
        token     => {url => $token_url},
        identity  => {url => "$liar/userinfo", id => ['/sub'], handle => ['/preferred_username']},
    }));
}
my @good = qw(other-content-type busy busy-until);
preset($_, "$liar/hostile/$_") for keys %says, @good;
preset($_, $unreached{$_}) for keys %unreached;
my %client = (client_id => 'lied-to', client_secret => $grantlink->{client_secret}, trusted_origins => [$liar, $tls_origin]);
$grantlink->write_daemon_config(
    settings  => {providers_dir => $presets},
    providers => {map({ $_ => {%client} } keys %says, @good, keys %unreached), instagram => {preset => 'busy', %client}},
);
$grantlink->start;

sub peak () { return peak_of_memory($grantlink->process('daemon')->pid) }
my $before = peak();

# All at once: one that is slow holds up nobody.
my $browser = $grantlink->browser;
my %status;
for my $name (keys %says, @good, keys %unreached) {
    my $asked = request_connection($grantlink, provider => $name, account => '@nike');
    $status{$name} = come_back($browser, $browser->get(press($browser, $asked->{link}))->location)->location;
}
is(wait_for_outcome($browser, $status{$_}), 'connected', "$_: is no fault") for @good;
for my $name (sort keys %says) {
    is(wait_for_outcome($browser, $status{$name}, 60), 'provider_error', "$name: provider_error");
    like($browser->get($status{$name})->text, $says{$name}, "$name: and the page says why");
}
is(wait_for_outcome($browser, $status{$_}, 180), 'provider_error', "$_: provider_error") for sort keys %unreached;

my $seen = $browser->get("$liar/_seen")->json;
is($seen->{$_}, 1, "$_: the code was sent once") for sort(keys %says), 'other-content-type';
is($seen->{busy}, 2, 'busy: once more, as it had asked for');
is($seen->{elsewhere}, undef, 'nobody was sent elsewhere with it, or to a server with another certificate');
unlike($grantlink->log('daemon'), qr/x{190}[0-9a-f]/, 'a code that is repeated is in no log, not even in part');
SKIP: {
    skip 'sanitizers keep what was freed', 1 if $ENV{GRANTLINK_SANITIZE};
    cmp_ok(peak() - $before, '<', 64, 'the daemon took less than 64 MiB more');
}

$grantlink->finish;
done_testing;

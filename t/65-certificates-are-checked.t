# A provider is who its certificate says, by an authority that is trusted, and by a version of TLS that is
# worth something: else nothing is sent to it.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Certificate qw(make_authority issue_certificate self_signed);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Port;
use Grantlink::Toml qw(to_toml write_file);

my $grantlink = Grantlink::Instance->new;
my $directory = $grantlink->directory;
my $authority = make_authority($directory);
mkdir "$directory/other";
make_authority("$directory/other");

my %refused = (
    'wrong-name' => qr/no alternative certificate subject name matches/,
    expired      => qr/certificate has expired/,
    'self-signed' => qr/self.signed certificate/,
    'of-a-stranger' => qr/unable to get local issuer certificate/,
    old          => qr/unsupported protocol|alert|version/,
    plain        => qr/wrong version number/,
);
my $here = 'IP:127.0.0.1';
issue_certificate($directory, $_, $here) for qw(good old);
issue_certificate($directory, 'wrong-name', 'DNS:provider.example');
issue_certificate($directory, 'expired', $here, days => -1);
self_signed($directory, 'self-signed', $here);
issue_certificate("$directory/other", 'of-a-stranger', $here);
rename "$directory/other/$_", "$directory/$_" for 'of-a-stranger.pem', 'of-a-stranger-key.pem';
my %port   = map { $_ => Grantlink::Port->reserve } 'good', keys %refused;
my %origin = map { $_ => 'https://127.0.0.1:' . $port{$_}->number } keys %port;
my $liar   = $grantlink->start_liar($directory, map { "$_:" . $port{$_}->number } keys %port);

my $presets = "$directory/presets";
mkdir $presets;
sub preset ($name, $token, $identity = $liar) {
    write_file("$presets/$name.toml", to_toml({
        authorize => {url => "$liar/authorize"},
        token     => {url => "$token/hostile/other-content-type/$name"},
        identity  => {url => "$identity/userinfo", id => ['/sub'], handle => ['/preferred_username']},
    }));
}
preset($_, $origin{$_}) for keys %port;
preset("asked-$_", $liar, $origin{good}) for qw(trusted other);
my %client = (client_id => 'lied-to', client_secret => $grantlink->{client_secret}, trusted_origins => [$liar, values %origin]);
my %others = (%client, trusted_origins => [$liar]);
$grantlink->write_daemon_config(
    settings  => {providers_dir => $presets, ca_file => $authority},
    providers => {instagram => {preset => 'good', %client}, 'asked-other' => \%others, map { $_ => {%client} } keys %port, 'asked-trusted'},
);
$grantlink->start;

my $browser = $grantlink->browser;
my %status  = map {
    my $asked = request_connection($grantlink, provider => $_, account => '@nike');
    $_ => come_back($browser, $browser->get(press($browser, $asked->{link}))->location)->location;
} keys %port, 'asked-trusted';
is(wait_for_outcome($browser, $status{$_}), 'connected', "$_: is believed") for qw(good asked-trusted);

# The connection is there already, and the address is the same, but not for everybody.
my $asked = request_connection($grantlink, provider => 'asked-other', account => '@nike');
my $other = come_back($browser, $browser->get(press($browser, $asked->{link}))->location)->location;
is(wait_for_outcome($browser, $other), 'provider_error', 'a kept connection is not used by who may not go there');
like($browser->get($other)->text, qr/grantlink may not ask it/, 'and the page says so');

for my $name (sort keys %refused) {
    is(wait_for_outcome($browser, $status{$name}, 60), 'provider_error', "$name: is not believed");
    like($browser->get($status{$name})->text, qr/\Q$origin{$name}\E: .*$refused{$name}/i, "$name: and the page says why");
}
my $seen = $browser->get("$liar/_seen")->json;
is($seen->{"connected/$_"}, 1, "$_: nor asked again, which would not help") for 'wrong-name', 'expired', 'self-signed', 'of-a-stranger';
my @sent = grep { m{^other-content-type/} } sort keys %$seen;
is("@sent", 'other-content-type/asked other-content-type/good', 'nothing was sent to them');

$grantlink->finish;
done_testing;

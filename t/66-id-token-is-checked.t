# What an OpenID provider signs is believed only when it is signed by its key, and meant for this attempt.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Toml qw(to_toml write_file);

my $grantlink = Grantlink::Instance->new;
my $presets   = $grantlink->directory . '/presets';
mkdir $presets;
my $issuer = $grantlink->start_liar;
my %common = (
    authorize => {url => "$issuer/authorize", scopes => [qw(openid profile)], nonce => \1, issuer => $issuer},
    token     => {url => "$issuer/token"},
    id_token  => {jwks_url => "$issuer/jwks", algorithms => [qw(RS256 ES256 PS256)]},
);
my %account = (id => ['/sub'], handle => ['/preferred_username'], display_name => ['/name']);
write_file("$presets/signed.toml", to_toml({%common, identity => {from => 'id_token', %account}}));
write_file("$presets/asked.toml",  to_toml({%common, id_token => {jwks_url => "$issuer/jwks", algorithms => ['RS256']}, identity => {url => "$issuer/userinfo", %account}}));
write_file("$presets/$_.toml", to_toml({%common, id_token => {jwks_url => "$issuer/jwks/$_"}, identity => {from => 'id_token', %account}}))
    for qw(crowded heavy);
my %client = (client_id => 'lied-to', client_secret => $grantlink->{client_secret}, trusted_origins => [$issuer]);
$grantlink->write_daemon_config(
    settings  => {providers_dir => $presets},
    providers => {instagram => {preset => 'signed', %client}, map { ($_ => {%client}) } qw(signed asked crowded heavy)},
);
$grantlink->start;

sub order ($what) { return $grantlink->browser->get("$issuer/_$what")->json }

sub approved ($provider, $lie) {
    order("lie/$lie");
    my $browser = $grantlink->browser;
    my $asked   = request_connection($grantlink, provider => $provider, account => '@nike');
    my $back    = come_back($browser, $browser->get(press($browser, $asked->{link}))->location);
    my $outcome = wait_for_outcome($browser, $back->location, 60);    # an unknown key is looked for again
    return ($outcome, $grantlink->admin->connection($asked->{id}), follow($browser, $back)->text);
}

my ($outcome, $connection) = approved('signed', '');
is($outcome, 'connected', 'the truth is believed');
is_deeply($connection->{approved_account}, {id => '248289761001', handle => 'nike', name => 'Nike', picture_url => undef}, 'and says who it is');
is_deeply($connection->{token}{scopes}, [qw(openid profile)], 'what is granted is what was asked for, where the answer does not say');
is((approved('asked', ''))[0], 'connected', 'also where the identity endpoint is asked');
is((approved('signed', $_))[0], 'connected', "$_: is the truth, too") for qw(ES256 PS256 audiences-azp fractions no-key-id);
is(order('keys'), 1, 'the keys were fetched once');

# A key set that is to hold up whoever looks a key up in it.
is((approved('heavy', ''))[0], 'connected', 'keys that would take for ever are passed over');
my ($lost, undef, $crowd) = approved('crowded', '');
is($lost, 'provider_error', 'a key behind a hundred of its name is not looked for');
like($crowd, qr/not signed with a key of its issuer/, 'which is told as if it were not there');

my %lies = (
    issuer                 => qr/another issuer/,
    'issuer-slash'         => qr/another issuer/,
    audience               => qr/another client/,
    audiences              => qr/another client/,
    'audiences-others-azp' => qr/another client/,
    'audiences-not-us'     => qr/another client/,
    azp                    => qr/another client/,
    expired                => qr/has expired/,
    'expired-fractions'    => qr/has expired/,
    'dates-as-texts'       => qr/has expired/,
    'not-yet'              => qr/is not valid yet/,
    'no-expiry'            => qr/has expired/,
    future                 => qr/at no time that can be/,
    nonce                  => qr/another nonce/,
    'no-nonce'             => qr/another nonce/,
    'no-subject'           => qr/who it is about/,
    'no-token'             => qr/is none/,
    'no-jwt'               => qr/is none/,
    critical               => qr/is none/,
    unsigned               => qr/not signed/,
    'public-key-as-secret' => qr/not signed/,
    'own-key-inside'       => qr/not signed/,
    'other-key'            => qr/not signed/,
    changed                => qr/not signed/,
    'unknown-key'          => qr/not signed/,
);
for my $lie (sort keys %lies) {
    ($outcome, $connection, my $page) = approved('signed', $lie);
    is($outcome, 'provider_error', "$lie: is not believed");
    like($page, $lies{$lie}, "$lie: and the page says why");
    is($connection->{status}, 'pending', "$lie: nothing is connected");
}
($outcome, undef, my $page) = approved('asked', 'ES256');
is($outcome, 'provider_error', 'an algorithm that the preset does not have');
like($page, qr/not signed/, 'is none, though the key is the issuer\'s');
($outcome, undef, $page) = approved('asked', 'other-subject');
is($outcome, 'provider_error', 'an identity endpoint that speaks of somebody else');
like($page, qr/somebody else than the ID token/, 'is told from the others');

my $asked = order('keys');
cmp_ok($asked, '<=', 5 + (time - $^T) / 10, 'keys that are not there are not looked for each time');

order('rotate');
ok(eventually(sub { (approved('signed', ''))[0] eq 'connected' }, 30), 'another key of the provider is found');
order('renew');
ok(eventually(sub { (approved('signed', ''))[0] eq 'connected' }, 30), 'also one of the same id');
order('rotate');
ok(eventually(sub { (approved('signed', 'no-key-id'))[0] eq 'connected' }, 30), 'and one that the token does not name');
cmp_ok(order('keys'), '<=', 5 + (time - $^T) / 10, 'without asking again and again');

$grantlink->finish;
done_testing;

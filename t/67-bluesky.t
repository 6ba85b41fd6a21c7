# The preset bluesky at a provider that holds a client to the AT Protocol's profile of OAuth: requests are
# pushed, tokens are bound, the client has a key, and the token endpoint says whose DID it is.
#
# Nonces are not asked for: this provider takes an assertion for used before it asks, Bluesky's does not.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP qw(decode_json encode_json);
use Test::More;
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Toml qw(write_file);
use Grantlink::Url qw(query_of);

my $grantlink = Grantlink::Instance->new;
my $dir       = $grantlink->directory;
my $client    = 'https://client.example.com/grantlink.json';

my $made = run_command(['node', '-e', <<~'END']);
    const { privateKey, publicKey } = require('crypto').generateKeyPairSync('ec', {namedCurve: 'P-256'});
    const jwk = (key) => ({ ...key.export({ format: 'jwk' }), alg: 'ES256', kid: '1' });
    console.log(JSON.stringify([jwk(privateKey), jwk(publicKey)]));
    END
die $made->{err} if $made->{exit} != 0;
my ($private, $public) = map { encode_json($_) } @{decode_json($made->{out})};
write_file("$dir/client.jwk", $private, 0600);
write_file("$dir/public.jwk", $public);

my $issuer = $grantlink->start_oidc('--atproto', '--client-id' => $client, '--redirect-uri' => $grantlink->public_url . '/callback/bluesky',
    '--dpop' => 'optional', '--par' => 'required', '--auth-method' => 'private_key_jwt', '--client-jwk' => "$dir/public.jwk");
$grantlink->write_daemon_config(providers => {bluesky => {
    issuer => $issuer, client_id => $client, client_key_file => "$dir/client.jwk", trusted_origins => [$issuer],
    origins => {'https://public.api.bsky.app' => $issuer},
}});
$grantlink->start;
my $browser = $grantlink->browser;

my $asked = request_connection($grantlink, provider => 'bluesky', account => 'https://bsky.app/profile/Nike.example.com');
is(join(' ', sort keys %{query_of(press($grantlink->browser, $asked->{link}))}), 'client_id request_uri', 'the request is pushed');
is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'connected');
my $account = $grantlink->admin->connection($asked->{id})->{approved_account};
is($account->{handle}, 'nike.example.com', 'by the handle');
like($account->{id}, qr/\Adid:plc:1784\d{17}\z/, 'as the DID that the token endpoint said');

my $other = request_connection($grantlink, provider => 'bluesky', account => '@adidas.example.com');
is(wait_for_outcome($grantlink->browser, approve($grantlink->browser, $other->{link})), 'wrong_account', 'somebody else was asked for');
like($grantlink->log('oidc'), qr/^revocation: 200$/m, 'whose tokens are given back');

$grantlink->finish;
done_testing;

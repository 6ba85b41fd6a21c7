# The preset of Bluesky as it is shipped: PAR, DPoP and PKCE required, a client that is named by a URL and
# has a key or nothing, refresh tokens that rotate, and a public profile of the DID that the token answer has.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::KeyPair qw(key_pair);
use Grantlink::Toml qw(write_file);
use Grantlink::Url qw(query_of);

my $client_id = 'https://agency.example/oauth/client-metadata.json';

for my $method (qw(none private_key_jwt)) {
    subtest "a client with $method" => sub {
        my $grantlink = Grantlink::Instance->new;
        my $dir       = $grantlink->directory;
        my %client    = (client_id => $client_id);
        my @options   = ('--client-id' => $client_id, '--redirect-uri' => $grantlink->public_url . '/callback/bluesky',
            '--par' => 'required', '--dpop' => 'required', '--auth-method' => $method, '--atproto');
        if ($method eq 'private_key_jwt') {
            my ($private, $public) = key_pair();
            write_file("$dir/client.jwk", $private, 0600);
            write_file("$dir/public.jwk", $public);
            push @options, '--client-jwk' => "$dir/public.jwk";
            $client{client_key_file} = "$dir/client.jwk";
        }
        my $issuer = $grantlink->start_oidc(@options);
        $grantlink->write_daemon_config(providers => {bluesky => {%client, issuer => $issuer,
            trusted_origins => [$issuer], origins => {'https://public.api.bsky.app' => $issuer}}});
        $grantlink->start;

        my $browser = $grantlink->browser;
        my $asked   = request_connection($grantlink, provider => 'bluesky', account => 'https://bsky.app/profile/Nike.example.com');
        is(join(' ', sort keys %{query_of(press($browser, $asked->{link}))}), 'client_id request_uri', 'the request is pushed');
        is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'a whole flow')
            or diag $grantlink->log('daemon');
        my $id         = $asked->{id};
        my $connection = $grantlink->admin->connection($id);
        is($connection->{approved_account}{handle}, 'nike.example.com', 'the account of the public profile');
        like($connection->{approved_account}{id}, qr/\Adid:plc:1784\d{17}\z/, 'which is the one that the token is for');
        is_deeply($connection->{token}{scopes}, [qw(atproto transition:generic)], 'with its scopes');

        my $token = $grantlink->admin->get("/v1/connections/$id/token")->json;
        is($token->{token_type}, 'DPoP', 'the token is bound to a key');
        is($grantlink->admin->post("/v1/connections/$id/refresh")->status, 200, 'it can be refreshed');
        is($grantlink->admin->post("/v1/connections/$id/refresh")->status, 200, 'and again, by the refresh token that came with it');
        isnt($grantlink->admin->get("/v1/connections/$id/token")->json->{access_token}, $token->{access_token}, 'it is another one then');

        my $feed = $grantlink->admin->get("/v1/connections/$id/feed")->json;
        is(join(', ', map { $_->{text} } @{$feed->{posts}}), 'Post 3, Post 2, Post 1', 'and posts can be read');

        my $other = request_connection($grantlink, provider => 'bluesky', account => '@adidas.example.com');
        is(wait_for_outcome($browser, approve($browser, $other->{link})), 'wrong_account', 'another account is noticed');
        is($grantlink->admin->request(DELETE => "/v1/connections/$id")->status, 200, 'it is removed');
        ok(eventually(sub { $grantlink->process('oidc')->log =~ /^revocation: 200$/m }), 'and given back');
        $grantlink->logs_are_clean;
        $grantlink->finish;
    };
}

done_testing;

# A provider by other authors, with PKCE required, through a plain preset: oidc-provider.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Build;
use Grantlink::Flow;
use Grantlink::Instance;
use File::Copy qw(copy);
use Grantlink::Tap;
use Grantlink::Toml qw(to_toml write_file);
use Grantlink::Url qw(query_of with_parameter);

my $grantlink = Grantlink::Instance->new;
my $presets   = $grantlink->directory . '/presets';
mkdir $presets;
my $issuer = $grantlink->start_oidc;

# Between daemon and provider, so that the test sees the verifier; browsers go to the provider.
my $tap = Grantlink::Tap->new($grantlink->directory . '/oidc-tap');
$tap->start($issuer);

write_file("$presets/oidc.toml", to_toml({
    name      => 'Test provider',
    authorize => {url => "$issuer/auth", scopes => [qw(openid profile)], issuer => $issuer, iss_expected => \1, nonce => \1},
    token     => {url => $tap->url . '/token', client_auth => 'client_secret_basic'},
    identity  => {url => $tap->url . '/me', id => ['/sub'], handle => ['/preferred_username'], display_name => ['/name']},
    id_token  => {jwks_url => $tap->url . '/jwks'},
    revoke    => {url => $tap->url . '/token/revocation'},
}));
copy("$Grantlink::Build::repository/conf.d/providers/instagram.toml", $presets);
$grantlink->write_daemon_config(
    settings  => {providers_dir => $presets},
    providers => {oidc => {client_id => 'grantlink-test', client_secret => $grantlink->{client_secret},
        trusted_origins => [$issuer, $tap->url]}},
);
$grantlink->start;

subtest 'connected' => sub {
    my $browser = $grantlink->browser;
    my $asked   = request_connection($grantlink, provider => 'oidc', account => 'nike');
    like(open_page($browser, $asked->{link})->text, qr/Test provider/, 'the page names the provider');
    my $authorize = press($browser, $asked->{link});
    my $query     = query_of($authorize);
    is($query->{code_challenge_method}, 'S256', 'PKCE by S256');
    like($query->{code_challenge}, qr/\A[A-Za-z0-9_-]{43}\z/, 'with a challenge');
    like($query->{nonce}, qr/\A[A-Za-z0-9_-]{22,}\z/, 'and a nonce');
    my $callback = approve_at_provider($browser, $authorize, 'nike');
    is(query_of($callback)->{iss}, $issuer, 'the provider sends iss (RFC 9207)');
    my $back = come_back($browser, $callback);
    is(wait_for_outcome($browser, $back->location), 'connected', 'the outcome is connected');
    my $now = $grantlink->admin->connection($asked->{id});
    is($now->{status}, 'active', 'the connection is active');
    is($now->{approved_account}{handle}, 'nike', 'the handle comes from the identity endpoint');
    like($now->{approved_account}{id}, qr/\A1784\d+\z/, 'so does the id, digit for digit');
    is($now->{approved_account}{name}, 'Nike', 'and the name');

    my ($token) = $tap->requests('POST /token ');
    like($token, qr/^Authorization: Basic /mi, 'the client authenticates by Basic');
    unlike($token, qr/client_secret=/, 'and not in the body too');
    like($token, qr/code_verifier=[A-Za-z0-9._~-]{43,128}(?:&|\z)/, 'the verifier has 43 characters or more');
    my ($mail) = $grantlink->mailbox->wait_for(1);
    like($mail->{headers}{subject}, qr/Test provider/, 'the mail names the provider');
};

subtest 'each attempt has its own verifier' => sub {
    my $asked   = request_connection($grantlink, provider => 'oidc', account => 'nike');
    my $browser = $grantlink->browser;
    my %challenges = map { query_of(press($browser, $asked->{link}))->{code_challenge} => 1 } 1 .. 5;
    is(scalar keys %challenges, 5, 'five presses, five challenges');

    # The code of one attempt, sent with the state of another: the provider must refuse.
    my $first  = callback_for($browser, $asked->{link}, 'nike');
    my $second = callback_for($browser, $asked->{link}, 'nike');
    my $mixed  = with_parameter($first, code => query_of($second)->{code});
    is(wait_for_outcome($browser, come_back($browser, $mixed)->location), 'provider_error',
        'the verifier of attempt A is refused with the code of B');
};

subtest 'iss is compared' => sub {
    my $asked    = request_connection($grantlink, provider => 'oidc', account => 'nike');
    my $browser  = $grantlink->browser;
    my $callback = callback_for($browser, $asked->{link}, 'nike');
    for my $iss (undef, 'https://evil.example', "$issuer/", uc $issuer, '') {
        my $page = follow($browser, come_back($browser, with_parameter($callback, iss => $iss)));
        is($page->page, 'bad_request', 'iss ' . ($iss // 'missing') . ' is refused');
    }
    is(wait_for_outcome($browser, come_back($browser, $callback)->location), 'connected', 'the right one is taken');
};

subtest 'mix-up: the callback of one provider with the state of the other' => sub {
    my $asked    = request_connection($grantlink, provider => 'oidc', account => 'nike');
    my $browser  = $grantlink->browser;
    my $callback = callback_for($browser, $asked->{link}, 'nike');
    my $page     = follow($browser, come_back($browser, $callback =~ s{/callback/oidc}{/callback/instagram}r));
    is($page->page, 'bad_request', 'is refused');
};

subtest 'declined, and the wrong account' => sub {
    my $asked   = request_connection($grantlink, provider => 'oidc', account => 'nike');
    my $browser = $grantlink->browser;
    my $denied  = come_back($browser, decline_at_provider($browser, press($browser, $asked->{link}), 'nike'));
    is(wait_for_outcome($browser, $denied->location), 'declined', 'declined');

    my $other = $grantlink->browser;
    is(wait_for_outcome($other, approve($other, $asked->{link}, 'adidas')), 'wrong_account', 'wrong_account');
    is($grantlink->admin->connection($asked->{id})->{token}, undef, 'no token was kept');
    ok(eventually(sub { $tap->requests('POST /token/revocation') }), 'it was given back at the revocation endpoint (RFC 7009)');
    my ($exchange) = grep { $_->{request} =~ m{\APOST /token/revocation} } $tap->exchanges;
    like($exchange->{response}, qr{\AHTTP/1\.1 200}, 'which took it');
};

$grantlink->evidence->learn_from(@$_{qw(request response)}) for $tap->exchanges;
$grantlink->finish;
done_testing;

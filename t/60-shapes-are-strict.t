# In each of its shapes the sandbox refuses what that provider refuses, in the provider's words; otherwise it
# would hide mistakes. Instagram has a test of its own, 60-sandbox-is-strict.t.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Digest::SHA  qw(sha256_base64);
use JSON::PP     qw(encode_json);
use MIME::Base64 qw(encode_base64);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(encode_form query_of with_parameter);

my $verifier  = 'v' x 43;
my $challenge = sha256_base64($verifier) =~ tr{+/}{-_}r;

# Of each: the authorization request besides the usual, `client` (what client_id is called), `secret` (where
# the secret is: form or header), `elsewhere` (where it may not be), `token` and `refreshes`, `revoke` and
# `revokes` (the only kind of token it takes), `identity`, and `refusals`: [status, words] for each mistake, `any` for those that are not listed.
my %shapes = (
    facebook => {
        authorize => '/v23.0/dialog/oauth', scope => 'public_profile', other_separator => 'public_profile email',
        callback => qr/#_=_\z/, declined => {error => 'access_denied', error_code => 200, error_reason => 'user_denied', error_description => 'Permissions error'},
        token => '/v23.0/oauth/access_token', code_lifetime => 600,
        identity => 'GET /v23.0/me?fields=id,name', who => qr/"name":"Nike"/, dead => [400, qr/"code":190\b/],
        refusals => {any => [400, qr/"error":\{"message":".+","type":"OAuthException","code":100\b/], secret => [400, qr/Error validating client secret/],
            client => [400, qr/Error validating application/], no_secret => [400, qr/Missing client_secret/], elsewhere => [400, qr/client_secret/],
            used => [400, qr/has been used.*36009/], expired => [400, qr/has expired.*36007/], redirect => [400, qr/redirect_uri is identical.*36008/],
            grant_type => [400, qr/grant_type/]},
    },
    tiktok => {
        authorize => '/v2/auth/authorize/', client => 'client_key', scope => 'user.info.basic', other_separator => 'user.info.basic video.list',
        more => {response_type => 'code'}, needs => [qw(response_type state scope)],
        callback => qr/&scopes=user\.info\.basic&/, declined => {error => 'access_denied', error_description => 'The user denied the request'},
        token => '/v2/oauth/token/', refreshes => 1, revoke => '/v2/oauth/revoke/', revokes => 'access_token', code_lifetime => 600,
        identity => 'GET /v2/user/info/?fields=open_id,display_name', who => qr/"display_name":"Nike".*"code":"ok"/, dead => [401, qr/"code":"access_token_invalid"/],
        refusals => {any => [200, qr/"error":"invalid_grant","error_description":".+","log_id"/], refresh => [200, qr/invalid_grant.*Refresh token is invalid/],
            (map { $_ => [200, qr/invalid_client/] } qw(secret client)), (map { $_ => [200, qr/invalid_request/] } qw(no_secret elsewhere)),
            grant_type => [200, qr/unsupported_grant_type/], redirect => [200, qr/Redirect_uri is not matched/]},
    },
    slack => {
        authorize => '/oauth/v2/authorize', scope_name => 'user_scope', scope => 'users:read', other_separator => 'users:read channels:read', needs => ['user_scope'],
        declined => {error => 'access_denied'}, token => '/api/oauth.v2.access', token_at => 'authed_user', refreshes => 1, code_lifetime => 600,
        identity => 'POST /api/auth.test', who => qr/"ok":true.*"user":"nike"/, dead => [200, qr/"ok":false,"error":"token_revoked"/],
        refusals => {any => [200, qr/"ok":false,"error":"invalid_code"/], client => [200, qr/invalid_client_id/], elsewhere => [200, qr/bad_client_secret/],
            (map { $_ => [200, qr/"ok":false,"error":"bad_client_secret"/] } qw(secret no_secret)), redirect => [200, qr/bad_redirect_uri/],
            used => [200, qr/code_already_used/], grant_type => [200, qr/invalid_grant_type/], refresh => [200, qr/invalid_refresh_token/]},
    },
    github => {
        authorize => '/login/oauth/authorize', scope => 'read:user', other_separator => 'read:user,user:email', pkce => 1,
        declined => {error => 'access_denied', error_description => 'The user has denied your application access.'},
        token => '/login/oauth/access_token', refreshes => 1, code_lifetime => 600,
        identity => 'GET /user', who => qr/"login":"nike","id":17841400000000001\b/, dead => [401, qr/"message":"Bad credentials"/],
        refusals => {any => [200, qr/"error":"bad_verification_code"/], (map { $_ => [200, qr/"error":"incorrect_client_credentials"/] } qw(secret no_secret elsewhere client)),
            redirect => [200, qr/redirect_uri_mismatch/], grant_type => [200, qr/unsupported_grant_type/], refresh => [200, qr/bad_refresh_token/]},
    },
    x => {
        authorize => '/i/oauth2/authorize', secret => 'header', scope => 'users.read tweet.read offline.access', other_separator => 'users.read,tweet.read', pkce => 1,
        more => {response_type => 'code'}, needs => [qw(response_type state scope code_challenge code_challenge_method)],
        declined => {error => 'access_denied'}, token => '/2/oauth2/token', refreshes => 1, revoke => '/2/oauth2/revoke', code_lifetime => 30,
        identity => 'GET /2/users/me', who => qr/"data":\{"id":"17841400000000001","name":"Nike","username":"nike"/, dead => [401, qr/"title":"Unauthorized"/],
        refusals => {any => [400, qr/"error":"invalid_request","error_description":"Value passed for /], redirect => [400, qr/redirect uri did not match/],
            (map { $_ => [401, qr/Missing valid authorization header/] } qw(secret no_secret elsewhere client)),
            grant_type => [400, qr/unsupported_grant_type/], verifier => [400, qr/code verifier did not match/], refresh => [400, qr/Value passed for the token was invalid\./]},
    },
    notion => {
        authorize => '/v1/oauth/authorize', secret => 'header', json => 1, more => {response_type => 'code', owner => 'user'}, needs => [qw(response_type owner)],
        declined => {error => 'access_denied'}, token => '/v1/oauth/token', refreshes => 1, revoke => '/v1/oauth/revoke', revokes => 'access_token', code_lifetime => 600,
        identity => 'GET /v1/users/me', who => qr/"email":"nike\@example\.com"/, dead => [401, qr/"code":"unauthorized"/],
        refusals => {any => [400, qr/"error":"invalid_grant"/], (map { $_ => [401, qr/"error":"invalid_client"/] } qw(secret no_secret elsewhere client)),
            grant_type => [400, qr/unsupported_grant_type/], body => [400, qr/invalid_request/]},
    },
);

# What one of them alone has.
my %peculiar = (
    facebook => sub ($at) {
        my ($short) = tokens($at, ask($at, {code => code($at, with_parameter($at->{url}, scope => 'public_profile,pages_show_list'))}));
        my $exchange = "$at->{sandbox}$at->{token}?grant_type=fb_exchange_token&client_id=sandbox-app&fb_exchange_token=$short&client_secret";
        refused($at, secret => $at->{browser}->get("$exchange=wrong"), 'an exchange with a wrong client secret');
        my $long = $at->{browser}->get("$exchange=$at->{grantlink}{client_secret}")->json;
        is($long->{expires_in}, 60 * 86400, 'the long-lived token lives sixty days');
        my $pages = "$at->{sandbox}/v23.0/me/accounts?fields=id,name,username,access_token&access_token";
        my @pages = @{$at->{browser}->get("$pages=$long->{access_token}")->json->{data}};
        is(join(' ', map { $_->{username} // 'none' } @pages), 'none nike', 'two pages, of which one has a user name');
        is($at->{browser}->get("$at->{sandbox}/me?fields=name&access_token=$_->{access_token}")->json->{name}, $_->{name}, "the token of $_->{name} is its own") for @pages;
        is($at->{browser}->get("$pages=$pages[0]{access_token}")->json->{error}{code}, 100, 'and a page has no pages');
    },
    tiktok => sub ($at) {
        refused($at, no_secret => ask({%$at, client => 'client_id'}, {code => code($at)}), 'the client under its usual name');
        my ($token) = tokens($at, ask($at, {code => code($at)}));
        like(identity({%$at, identity => 'GET /v2/user/info/?fields=username'}, $token)->body, qr/scope_not_authorized/, 'what was not asked for is not told');
        my ($videos) = tokens($at, ask($at, {code => code($at, with_parameter($at->{url}, scope => 'user.info.basic,video.list'))}));
        my $listed = sub ($body) {
            return $at->{browser}->request(POST => "$at->{sandbox}/v2/video/list/?fields=id", body => $body,
                headers => {Authorization => "Bearer $videos", 'Content-Type' => 'application/json'})->json;
        };
        my $page = $listed->('{"max_count":5}');
        is(@{$page->{data}{videos}} . $page->{data}{has_more}, '51', 'a page of videos, and that there are more');
        is(scalar @{$listed->(qq({"cursor":$page->{data}{cursor}}))->{data}{videos}}, 2, 'which the cursor leads to');
        is($listed->(qq({"cursor":"$page->{data}{cursor}"}))->{error}{code}, 'invalid_params', 'when it is a number');
    },
    github => sub ($at) {
        my $form = ask($at, {code => code($at)}, accept => '*/*');
        like($form->header('content-type'), qr{\Aapplication/x-www-form-urlencoded}, 'without Accept it is a form');
        like(query_of('?' . $form->body)->{access_token}, qr/SANDBOXTOKEN/, 'with the token');
        my ($token, $refresh) = tokens($at, ask($at, {code => code($at)}));
        my $delete = sub ($secret, $which = $token) {
            return $at->{browser}->request(DELETE => "$at->{sandbox}/applications/sandbox-app/token", body => encode_json({access_token => $which}),
                headers => {Authorization => 'Basic ' . encode_base64("sandbox-app:$secret", ''), 'Content-Type' => 'application/json'})->status;
        };
        is($delete->('wrong'), 401, 'a revocation with a wrong client secret is refused');
        is($delete->($at->{grantlink}{client_secret}, 'unknown'), 404, 'so is that of an unknown token');
        is($delete->($at->{grantlink}{client_secret}, $refresh), 404, 'and that of a refresh token');
        like(identity($at, $token)->body, $at->{who}, 'which revokes nothing');
        is($delete->($at->{grantlink}{client_secret}), 204, 'a right one');
        unlike(identity($at, $token)->body, $at->{who}, 'kills the token');
    },
    x => sub ($at) {
        my $answer = ask($at, {code => code($at, with_parameter($at->{url}, scope => 'users.read tweet.read'))});
        is((tokens($at, $answer))[1], undef, 'without offline.access there is no refresh token');
        my ($poor) = tokens($at, ask($at, {code => code($at, with_parameter($at->{url}, scope => 'users.read'))}));
        is(identity($at, $poor)->status, 403, 'without tweet.read nothing can be read');
    },
    notion => sub ($at) {
        refused($at, body => ask({%$at, json => 0}, {code => code($at)}), 'a form in the place of JSON');
    },
    slack => sub ($at) {
        my ($token) = tokens($at, ask($at, {code => code($at)}, where => 'header'));
        like(identity($at, $token)->body, $at->{who}, 'HTTP Basic is as good');
        like(identity({%$at, identity => 'POST /api/auth.revoke'}, $token)->body, qr/"revoked":true/, 'the token that a revocation is made with');
        like(identity($at, $token)->body, qr/token_revoked/, 'is revoked');
        is($at->{browser}->get(with_parameter($at->{url}, code_challenge => $challenge))->status, 400, 'PKCE is for public clients: a challenge is refused');
        my %decision = (%{query_of($at->{url})}, account => 'nike', decision => 'approve', code_challenge => $challenge);
        is($at->{browser}->post("$at->{sandbox}$at->{authorize}/decision", \%decision)->status, 400, 'on its pages, too');
        refused($at, verifier => ask($at, {code => code($at), code_verifier => $verifier}), 'so is a verifier');
    },
);

for my $name (sort keys %shapes) {
    my $shape = $shapes{$name};
    subtest $name => sub {
        my $grantlink = Grantlink::Instance->new(shape => $name);
        $grantlink->start_sandbox;
        my $at = {%$shape, grantlink => $grantlink, sandbox => $grantlink->sandbox_url, browser => $grantlink->browser,
            redirect => $grantlink->public_url . "/callback/$name", secret_in => $shape->{secret} // 'form', client => $shape->{client} // 'client_id'};
        $at->{url} = authorize_url($at);
        authorization_is_strict($at);
        token_endpoint_is_strict($at);
        codes_are_strict($at);
        verifier_is_checked($at)        if $shape->{pkce};
        refresh_tokens_are_strict($at) if $shape->{refreshes};
        revocation_is_strict($at)      if $shape->{revoke};
        $peculiar{$name}->($at)        if $peculiar{$name};
        dead_tokens_are_told($at);
        $grantlink->finish;
    };
}

sub authorize_url ($at) {
    my %query = ($at->{client} => 'sandbox-app', redirect_uri => $at->{redirect}, state => 'some-state', %{$at->{more} // {}},
        $at->{scope} ? ($at->{scope_name} // 'scope' => $at->{scope}) : (),
        $at->{pkce} ? (code_challenge => $challenge, code_challenge_method => 'S256') : ());
    return "$at->{sandbox}$at->{authorize}?" . encode_form(\%query);
}

sub code ($at, $url = $at->{url}) { return query_of(approve_at_provider($at->{browser}, $url, 'nike'))->{code} }

# A request to the token endpoint as it should be, but for `changed`; `with` are where the secret is (form,
# header, query), other credentials, another path and another Accept.
sub ask ($at, $changed, %with) {
    my %form = (grant_type => 'authorization_code', redirect_uri => $at->{redirect}, $at->{pkce} ? (code_verifier => $verifier) : (), %$changed);
    my ($id, $secret) = ($with{id} // 'sandbox-app', exists $with{secret} ? $with{secret} : $at->{grantlink}{client_secret});
    my $where = $with{where} // $at->{secret_in};
    my $url   = $at->{sandbox} . ($with{path} // $at->{token});
    my %headers = (Accept => $with{accept} // 'application/json');
    if ($where eq 'header') { $headers{Authorization} = 'Basic ' . encode_base64("$id:" . ($secret // ''), '') if defined $secret }
    else {
        $form{$at->{client}} = $id;
        $form{client_secret} = $secret if $where eq 'form';
        $url .= "?client_secret=$secret" if $where eq 'query';
    }
    delete $form{$_} for grep { !defined $form{$_} } keys %form;
    return $at->{browser}->post($url, \%form, headers => \%headers) unless $at->{json};
    return $at->{browser}->request(POST => $url, body => encode_json(\%form), headers => {%headers, 'Content-Type' => 'application/json'});
}

sub refused ($at, $how, $response, $name) {
    my ($status, $words) = @{$at->{refusals}{$how} // $at->{refusals}{any}};
    is($response->status, $status, "$name: status $status");
    like($response->body, $words, '… in the words of the provider');
    unlike($response->body, qr/SANDBOXTOKEN/, '… and without a token');
}

sub tokens ($at, $response) {
    is($response->status, 200, 'there are tokens') or diag $response->body;
    my $json = $response->json;
    return @{($at->{token_at} && $json->{$at->{token_at}}) || $json}{qw(access_token refresh_token)};
}

sub identity ($at, $token) {
    my ($method, $path) = split / /, $at->{identity};
    return $at->{browser}->request($method => "$at->{sandbox}$path", headers => {Authorization => "Bearer $token", 'Notion-Version' => '2025-09-03'});
}

sub authorization_is_strict ($at) {
    my $callback = approve_at_provider($at->{browser}, $at->{url}, 'nike');
    like($callback, qr/\A\Q$at->{redirect}\E\?code=[^&#]+.*&state=some-state/, 'approved: a code and the state');
    like($callback, $at->{callback}, 'and what the provider adds') if $at->{callback};
    is_deeply(query_of(decline_at_provider($at->{browser}, $at->{url}, 'nike')), {%{$at->{declined}}, state => 'some-state'}, 'declined: as the provider says it');
    my $scope = $at->{scope_name} // 'scope';
    my @wrong = ([redirect_uri => 'https://evil.example/'], [redirect_uri => "$at->{redirect}/"], [redirect_uri => undef], [$at->{client} => 'other'], [$at->{client} => undef],
        (map { [$_ => undef] } @{$at->{needs} // []}), $at->{scope} ? ([$scope => 'everything'], [$scope => $at->{other_separator}]) : (),
        $at->{more} ? [response_type => 'token'] : (), $at->{pkce} ? ([code_challenge_method => 'plain'], [code_challenge => 'short']) : ());
    for my $case (@wrong) {
        my $response = $at->{browser}->get(with_parameter($at->{url}, @$case));
        is($response->status . $response->location, '400', "$case->[0] = " . ($case->[1] // 'none') . ' is refused, and sent nowhere');
    }
    is($at->{browser}->get("$at->{url}&redirect_uri=$at->{redirect}")->status, 400, 'so is a parameter that comes twice');
}

sub token_endpoint_is_strict ($at) {
    my $elsewhere = $at->{secret_in} eq 'header' ? 'form' : 'query';
    refused($at, secret     => ask($at, {code => code($at)}, secret => 'wrong'), 'a wrong client secret');
    refused($at, no_secret  => ask($at, {code => code($at)}, secret => undef), 'no client secret');
    refused($at, elsewhere  => ask($at, {code => code($at)}, where => $elsewhere), "the client secret in the $elsewhere");
    refused($at, client     => ask($at, {code => code($at)}, id => 'other'), 'another client');
    refused($at, redirect   => ask($at, {code => code($at), redirect_uri => "$at->{redirect}/"}), 'another redirect URI');
    refused($at, grant_type => ask($at, {code => code($at), grant_type => 'password'}), 'another grant type');
    refused($at, code       => ask($at, {code => 'AQSANDBOXCODEmadeup'}), 'a code that was never issued');
}

sub codes_are_strict ($at) {
    my $code = code($at);
    my ($token) = tokens($at, ask($at, {code => $code}));
    my $answer = identity($at, $token);
    is($answer->status, 200, 'the right request gets a token that works');
    like($answer->body, $at->{who}, 'and tells whose it is');
    refused($at, used => ask($at, {code => $code}), 'a code used again');
    unlike(identity($at, $token)->body, $at->{who}, 'and the second use kills what the first one got (RFC 6749, 4.1.2)');
    $code = code($at);
    $at->{grantlink}->control_sandbox(POST => 'clock', {advance_seconds => $at->{code_lifetime} + 1});
    refused($at, expired => ask($at, {code => $code}), 'a code that was not used in time');
}

sub verifier_is_checked ($at) {
    refused($at, verifier => ask($at, {code => code($at), code_verifier => 'w' x 43}), 'another verifier');
    refused($at, verifier => ask($at, {code => code($at), code_verifier => undef}), 'no verifier');
}

sub refresh_tokens_are_strict ($at) {
    my (undef, $first) = tokens($at, ask($at, {code => code($at)}));
    my %refresh = (grant_type => 'refresh_token', redirect_uri => undef, code_verifier => undef);
    refused($at, secret => ask($at, {%refresh, refresh_token => $first}, secret => 'wrong'), 'a refresh with a wrong client secret');
    my ($token, $second) = tokens($at, ask($at, {%refresh, refresh_token => $first}));
    like(identity($at, $token)->body, $at->{who}, 'a refresh gives a token that works');
    isnt($second, $first, 'and another refresh token');
    refused($at, refresh => ask($at, {%refresh, refresh_token => $token}), 'an access token in its place');
    unlike(identity($at, $second)->body, $at->{who}, 'nor does a refresh token open anything');
    refused($at, refresh => ask($at, {%refresh, refresh_token => $first}), 'the old refresh token');
    unlike(identity($at, $token)->body, $at->{who}, 'whose second use kills the token of the first (RFC 9700, 4.14.2)');
    refused($at, refresh => ask($at, {%refresh, refresh_token => $second}), 'and its refresh token');
}

# The answer tells nothing of a token that is none, or of the wrong kind (RFC 7009, section 2.2).
sub revocation_is_strict ($at) {
    my ($token, $refresh) = tokens($at, ask($at, {code => code($at)}));
    my $revoke = sub ($which, @with) {
        return ask($at, {grant_type => undef, redirect_uri => undef, code_verifier => undef, token => $which}, path => $at->{revoke}, @with);
    };
    refused($at, secret => $revoke->($token, secret => 'wrong'), 'a revocation with a wrong client secret');
    like(identity($at, $token)->body, $at->{who}, 'which revokes nothing');
    is($revoke->($refresh)->status, 200, 'that of a refresh token');
    if ($at->{revokes}) {
        like(identity($at, $token)->body, $at->{who}, 'which revokes nothing, either');
    } else {
        unlike(identity($at, $token)->body, $at->{who}, 'which kills the token, too');
        ($token, $refresh) = tokens($at, ask($at, {code => code($at)}));
    }
    is($revoke->($token)->status, 200, 'a right one');
    unlike(identity($at, $token)->body, $at->{who}, 'kills the token');
    refused($at, refresh => ask($at, {grant_type => 'refresh_token', refresh_token => $refresh, redirect_uri => undef, code_verifier => undef}), 'and the refresh token');
}

sub dead_tokens_are_told ($at) {
    my ($token, $refresh) = tokens($at, ask($at, {code => code($at)}));
    $at->{grantlink}->control_sandbox(POST => 'tokens/expire', {user => 'nike'});
    my $answer = identity($at, $token);
    is($answer->status, $at->{dead}[0], "a dead token: status $at->{dead}[0]");
    like($answer->body, $at->{dead}[1], '… in the words of the provider');
    refused($at, refresh => ask($at, {grant_type => 'refresh_token', refresh_token => $refresh, redirect_uri => undef, code_verifier => undef}), 'its refresh token') if $refresh;
}

done_testing;

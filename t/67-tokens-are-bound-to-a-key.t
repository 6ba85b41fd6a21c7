# DPoP (RFC 9449): with `dpop` in its preset, tokens are worth nothing without a key that only the daemon has.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Copy qw(copy);
use JSON::PP qw(decode_json);
use MIME::Base64 qw(decode_base64url);
use Test::More;
use Grantlink::Build;
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Tap;
use Grantlink::Toml qw(to_toml write_file);

my $shipped = "$Grantlink::Build::repository/conf.d/providers/oidc.toml";
my %account = (id => ['/sub'], handle => ['/preferred_username']);

sub content ($path) { local (@ARGV, $/) = $path; return scalar <> }

# What the proof of a request says: header and claims.
sub proof_of ($request) {
    my ($header, $claims) = $request =~ /^DPoP: ([\w-]+)\.([\w-]+)\.[\w-]+\r$/m or return {};
    return {%{decode_json(decode_base64url($claims))}, header => decode_json(decode_base64url($header))};
}

sub check (@arguments) {
    return run_command([Grantlink::Build::program('grantlink'), 'provider', 'check', @arguments]);
}

# A provider by other authors checks the proofs: signature, key, htm, htu, ath, jti and nonces.
for my $nonces (qw(optional required)) {
    subtest "nonces are $nonces" => sub {
        my $grantlink = Grantlink::Instance->new;
        my $dir       = $grantlink->directory;
        my $issuer    = $grantlink->start_oidc('--dpop' => $nonces, '--redirect-uri' => $grantlink->public_url . '/callback/found');
        # Two origins: each server has nonces of its own.
        my %tap = map { $_ => Grantlink::Tap->new("$dir/$_-tap") } qw(token resource);
        $_->start($issuer, keep_host => 1) for values %tap;
        mkdir "$dir/presets";
        write_file("$dir/presets/oidc.toml", to_toml({
            dpop      => \1,
            authorize => {url => "$issuer/auth", scopes => [qw(openid profile)], issuer => $issuer, nonce => \1},
            token     => {url => $tap{token}->url . '/token?of=grantlink'},
            id_token  => {jwks_url => "$issuer/jwks"},
            identity  => {url => $tap{resource}->url . '/me', %account},
            revoke    => {url => $tap{token}->url . '/token/revocation'},
        }));
        write_file("$dir/presets/discovered.toml", content($shipped) =~ s/^discovery = true/$&\ndpop = true/mr);
        my %client = (client_id => 'grantlink-test', client_secret => $grantlink->{client_secret},
            trusted_origins => [$issuer, map { $_->url } values %tap]);
        $grantlink->write_daemon_config(
            settings  => {providers_dir => "$dir/presets"},
            providers => {oidc => {%client}, found => {preset => 'discovered', issuer => $issuer, %client}, instagram => {preset => 'oidc', %client}},
        );
        $grantlink->start;
        my $browser = $grantlink->browser;

        my $asked = request_connection($grantlink, provider => 'oidc', account => 'nike');
        is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'connected');
        my @token    = $tap{token}->requests('POST /token\?');
        my @resource = $tap{resource}->requests('GET /me ');
        my $times    = $nonces eq 'required' ? 2 : 1;
        is(scalar @token,    $times, "the token endpoint was asked: $times");
        is(scalar @resource, $times, "the resource server was asked: $times");
        like($_, qr/^Authorization: DPoP [\w-]+\r$/m, 'the token goes by the scheme DPoP') for @resource;
        my @proofs = map { proof_of($_) } @token, @resource;
        is($_->{header}{typ}, 'dpop+jwt', 'each request has a proof') for @proofs;
        is_deeply([sort keys %{$_->{header}{jwk}}], [qw(crv kty x y)], 'with the public key, and no other') for @proofs;
        is($proofs[0]{htu}, $tap{token}->url . '/token', 'for a URL without its query');
        is(scalar keys %{{map { $_->{jti} => 1 } @proofs}}, scalar @proofs, 'no proof was sent twice');
        is(scalar keys %{{map { $_->{header}{jwk}{x} => 1 } @proofs}}, 1, 'all are of one key');
        ok(!defined $proofs[0]{nonce}, 'the first has no nonce');
        ok(defined $proofs[$_]{nonce}, 'the repeated ones have') for $nonces eq 'required' ? (1, 3) : ();

        my $other = request_connection($grantlink, provider => 'oidc', account => 'adidas');
        is(wait_for_outcome($browser, approve($browser, $other->{link}, 'puma')), 'wrong_account', 'somebody else approves');
        ok(eventually(sub { $tap{token}->requests('POST /token/revocation') }), 'the tokens are given back');
        my @second = $tap{token}->requests('POST /token\?');
        is(scalar @second, $times + 1, 'a nonce that is known is used at once');
        isnt(proof_of($second[-1])->{header}{jwk}{x}, $proofs[0]{header}{jwk}{x}, 'another attempt has another key');

        $asked = request_connection($grantlink, provider => 'found', account => 'nike');
        is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'also with endpoints that are discovered');
        unlike($grantlink->log('daemon'), qr/dpop_signing_alg_values_supported/, 'which are not doubted');

        subtest 'a daemon that is killed has the key again, also after its master key was replaced' => sub {
            my $browser  = $grantlink->browser;
            my $asked    = request_connection($grantlink, provider => 'oidc', account => 'nike');
            my $callback = callback_for($browser, $asked->{link});
            my $before   = () = $tap{resource}->requests('GET /me ');
            $tap{resource}->hold('GET /me ');
            my $back = come_back($browser, $callback);
            ok($tap{resource}->wait_until_held, 'the code is exchanged');
            $grantlink->kill('daemon');
            $tap{resource}->release;
            my $other = Grantlink::Instance->new;
            my ($new) = content($other->directory . '/etc/master.key') =~ /^key 1 (\S+)/m;
            write_file("$dir/etc/master.key", content("$dir/etc/master.key") =~ s/^key 1/key 2 $new\n$&/mr, 0600);
            $other->finish;
            $grantlink->start_daemon;
            is(wait_for_outcome($browser, $back->location), 'connected', 'connected');
            my @asked = ($tap{resource}->requests('GET /me '))[$before .. $before + 1];
            is(proof_of($asked[0])->{header}{jwk}{x}, proof_of($asked[1])->{header}{jwk}{x}, 'by the same key');
        };

        my $checked = check("$dir/presets/oidc.toml");
        like($checked->{out}, qr/bound to a key/, 'provider check says that tokens are bound');
        ok(decode_json(check('--json', "$dir/presets/oidc.toml")->{out})->{presets}[0]{dpop}, 'also in JSON');
        for my $tap (values %tap) {
            $grantlink->evidence->learn_from(@$_{qw(request response)}) for $tap->exchanges;
        }
        $grantlink->finish;
    };
}

subtest 'servers that do not keep to it' => sub {
    my $grantlink = Grantlink::Instance->new;
    my $presets   = $grantlink->directory . '/presets';
    mkdir $presets;
    my $liar   = $grantlink->start_liar;
    my $issuer = $grantlink->start_oidc;    # without DPoP
    my %bad = (
        'nonce-for-ever'        => [qr/use_dpop_nonce/,        token => 'nonce-for-ever'],
        'nonce-that-is-none'    => [qr/use_dpop_nonce/,        token => 'nonce-that-is-none'],
        'nonce-at-the-resource' => [qr/status 401/,            token => 'bound', identity => 'nonce-at-the-resource'],
        bearer                  => [qr/token_type is not DPoP/, token => 'other-content-type', revoke => 'elsewhere'],
    );
    for my $name (keys %bad) {
        my (undef, %endpoints) = @{$bad{$name}};
        write_file("$presets/$name.toml", to_toml({
            dpop      => \1,
            authorize => {url => "$liar/authorize"},
            token     => {url => "$liar/hostile/$endpoints{token}"},
            identity  => {url => "$liar/" . ($endpoints{identity} ? "hostile/$endpoints{identity}" : 'userinfo'), %account},
            $endpoints{revoke} ? (revoke => {url => "$liar/hostile/$endpoints{revoke}"}) : (),
        }));
    }
    write_file("$presets/discovered.toml", content($shipped) =~ s/^discovery = true/$&\ndpop = true/mr);
    my %client = (client_id => 'lied-to', client_secret => $grantlink->{client_secret}, trusted_origins => [$liar, $issuer]);
    $grantlink->write_daemon_config(
        settings  => {providers_dir => $presets},
        providers => {map({ $_ => {%client} } keys %bad), instagram => {preset => 'bearer', %client},
            found => {preset => 'discovered', issuer => $issuer, %client}},
    );
    $grantlink->start;
    my $browser = $grantlink->browser;
    for my $name (sort keys %bad) {
        my $asked = request_connection($grantlink, provider => $name, account => '@nike');
        my $back  = come_back($browser, $browser->get(press($browser, $asked->{link}))->location);
        is(wait_for_outcome($browser, $back->location), 'provider_error', "$name: provider_error");
        like(follow($browser, $back)->text, $bad{$name}[0], "$name: and the page says why");
    }
    my $seen = $browser->get("$liar/_seen")->json;
    is($seen->{'nonce-for-ever'},        2, 'a server that wants a nonce for ever is asked twice');
    is($seen->{'nonce-at-the-resource'}, 2, 'so is a resource server');
    is($seen->{'nonce-that-is-none'},    1, 'one that gives none is asked once');
    is($seen->{elsewhere},               1, 'a token that is not bound is given back');
    like($grantlink->log('daemon'), qr/found: .*dpop_signing_alg_values_supported/, 'a provider that does not say that it takes proofs is doubted');

    write_file("$presets/query.toml", content("$presets/bearer.toml") =~ s/^\[identity\]/$&\ntoken_in = "query"/mr);
    like(check("$presets/query.toml")->{err}, qr/identity\.token_in: a token that is bound to a key/, 'a bound token in a URL is doubted');
    $grantlink->finish;
};

done_testing;

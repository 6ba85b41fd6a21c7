# A client that has no secret but a key: private_key_jwt (RFC 7523), at a provider by other authors.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Copy qw(copy);
use JSON::PP qw(decode_json encode_json);
use Test::More;
use Grantlink::Build;
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Tap;
use Grantlink::Toml qw(to_toml write_file);

# A key pair for each algorithm, made by Node's own cryptography.
sub key_pair ($algorithm) {
    my $options = $algorithm =~ /\AES/ ? '"ec", {namedCurve: "P-256"}' : '"rsa", {modulusLength: 2048}';
    my $made = run_command(['node', '-e', <<~"END"]);
        const { privateKey, publicKey } = require('crypto').generateKeyPairSync($options);
        const jwk = (key) => ({ ...key.export({ format: 'jwk' }), alg: '$algorithm', kid: 'of-the-client' });
        console.log(JSON.stringify([jwk(privateKey), jwk(publicKey)]));
        END
    die $made->{err} if $made->{exit} != 0;
    return map { encode_json($_) } @{decode_json($made->{out})};
}

for my $algorithm (qw(ES256 PS256)) {
    subtest $algorithm => sub {
        my $grantlink = Grantlink::Instance->new;
        my $dir       = $grantlink->directory;
        my ($private, $public) = key_pair($algorithm);
        write_file("$dir/client.jwk", $private, 0600);
        write_file("$dir/public.jwk", $public);
        mkdir "$dir/presets";
        my $issuer = $grantlink->start_oidc('--auth-method' => 'private_key_jwt', '--client-jwk' => "$dir/public.jwk",
            '--redirect-uri' => $grantlink->public_url . '/callback/found');
        my $tap    = Grantlink::Tap->new("$dir/oidc-tap");
        $tap->start($issuer);
        write_file("$dir/presets/oidc.toml", to_toml({
            authorize => {url => "$issuer/auth", scopes => [qw(openid profile)], issuer => $issuer, nonce => \1},
            token     => {url => $tap->url . '/token', client_auth => 'private_key_jwt'},
            id_token  => {jwks_url => "$issuer/jwks"},
            identity  => {url => "$issuer/me", id => ['/sub'], handle => ['/preferred_username']},
            revoke    => {url => $tap->url . '/token/revocation'},
        }));
        copy("$Grantlink::Build::repository/conf.d/providers/oidc.toml", "$dir/presets/discovered.toml");
        my %client = (client_id => 'grantlink-test', trusted_origins => [$issuer, $tap->url]);
        $grantlink->write_daemon_config(
            settings  => {providers_dir => "$dir/presets"},
            providers => {found => {preset => 'discovered', issuer => $issuer, client_key_file => "$dir/client.jwk", %client}, map { $_ => {preset => 'oidc', client_key_file => "$dir/client.jwk", %client} } qw(oidc instagram)},
        );
        $grantlink->start;
        my $browser = $grantlink->browser;
        my $asked   = request_connection($grantlink, provider => 'oidc', account => 'nike');
        is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'the provider takes the assertion');

        $asked = request_connection($grantlink, provider => 'found', account => 'nike');
        is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'also one that offers other ways, to a client that has only a key');

        $asked = request_connection($grantlink, provider => 'oidc', account => 'adidas');
        is(wait_for_outcome($browser, approve($browser, $asked->{link}, 'puma')), 'wrong_account', 'somebody else approves');
        ok(eventually(sub { $tap->requests('POST /token/revocation') }), 'the token is given back');
        my ($revocation) = grep { $_->{request} =~ m{\APOST /token/revocation} } $tap->exchanges;
        like($revocation->{response}, qr{\AHTTP/1\.1 200}, 'with an assertion of its own');
        my %ids = map { m{client_assertion=[^.&]+\.([^.&]+)\.} ? ($1 => 1) : () } map { $_->{request} } $tap->exchanges;
        is(scalar keys %ids, scalar(my @all = grep { $_->{request} =~ /client_assertion=/ } $tap->exchanges), 'no assertion was sent twice');
        unlike($_->{request}, qr/^Authorization:|client_secret/mi, 'and nothing else that is secret') for $tap->exchanges;

        # What grantlinkd wants of the key.
        for my $bad (undef, '/nowhere.jwk', "$dir/public.jwk", "$dir/presets/oidc.toml") {
            write_file("$dir/etc/tried.toml", to_toml({%{$grantlink->daemon_config},
                providers => {oidc => {%client, defined $bad ? (client_key_file => $bad) : ()}}}), 0600);
            my $ran = run_command([Grantlink::Build::program('grantlinkd'), '--check', '--config', "$dir/etc/tried.toml"]);
            is($ran->{exit}, 2, 'refused: ' . ($bad // 'no key'));
            like($ran->{err}, qr/client_key_file/, 'and says what is wrong');
        }
        $grantlink->evidence->learn_from(@$_{qw(request response)}) for $tap->exchanges;
        $grantlink->finish;
    };
}

done_testing;

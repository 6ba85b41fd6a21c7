# The sandbox refuses what Instagram refuses; otherwise it would hide mistakes.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(query_of with_parameter);

my $grantlink = Grantlink::Instance->new;
$grantlink->start_sandbox;
my $browser  = $grantlink->browser;
my $sandbox  = $grantlink->sandbox_url;
my $redirect = $grantlink->public_url . '/callback/instagram';
my $secret   = $grantlink->{client_secret};
my $authorize = "$sandbox/oauth/authorize?client_id=sandbox-app&redirect_uri=$redirect"
    . '&response_type=code&scope=instagram_business_basic&state=some-state';

sub code () { return query_of(approve_at_provider($browser, $authorize, 'nike'))->{code} }

sub exchange (%changed) {
    my %form = (client_id => 'sandbox-app', client_secret => $secret, grant_type => 'authorization_code',
        redirect_uri => $redirect, code => 'x', %changed);
    delete $form{$_} for grep { !defined $form{$_} } keys %form;
    return $browser->post("$sandbox/oauth/access_token", \%form);
}

sub refused ($response, $name, $pattern) {
    subtest $name => sub {
        is($response->status, 400, 'status 400');
        my $json = $response->json;
        is_deeply([sort keys %$json], [qw(code error_message error_type)], 'in the form of api.instagram.com');
        like($json->{error_message}, $pattern, 'with a reason');
    };
}

subtest 'where the preset sends people to switch accounts' => sub {
    my $page = $browser->get("$sandbox/");
    is($page->status, 200, 'is there');
    is($page->page, 'home', 'and says that there is nothing to switch');
};

subtest 'the consent page' => sub {
    my $page = $browser->get($authorize);
    like($page->text, qr/\@$_\b/, "\@$_ can be chosen") for qw(nike adidas acme zoe.und.soehne);
    my $callback = approve_at_provider($browser, $authorize, 'nike');
    like($callback, qr{\A\Q$redirect\E\?code=[^&#]+&state=some-state#_\z}, 'approved: code, state and the #_');
    $callback = decline_at_provider($browser, $authorize, 'nike');
    is_deeply(query_of($callback), {error => 'access_denied', error_reason => 'user_denied',
        error_description => 'The user denied your request', state => 'some-state'}, 'declined: as documented');
    for my $case ([redirect_uri => 'https://evil.example/'], [redirect_uri => "$redirect/"], [redirect_uri => undef],
        [client_id => 'other'], [client_id => undef], [response_type => 'token'], [scope => 'email'], [scope => undef]) {
        my $response = $browser->get(with_parameter($authorize, @$case));
        is($response->status, 400, "$case->[0] = " . ($case->[1] // 'none') . ' is refused on the spot');
        is($response->location, '', 'and sent nowhere');
    }
    is($browser->get("$authorize&client_id=sandbox-app")->status, 400, 'so is a parameter that comes twice');
};

refused(exchange(code => code(), client_secret => 'wrong'), 'a wrong client secret', qr/secret/);
refused(exchange(code => code(), client_secret => undef),   'no client secret', qr/client_secret/);
refused(exchange(code => code(), client_id => 'other'),     'another client', qr/app/);
refused(exchange(code => code(), redirect_uri => "$redirect/"), 'another redirect URI', qr/redirect_uri/);
refused(exchange(code => code(), grant_type => 'password'), 'another grant type', qr/grant_type/);
refused(exchange(code => 'AQSANDBOXCODEmadeup'),            'a code that was never issued', qr/code/i);
refused(exchange(code => code() . '#_'),                    'a code with the #_ still on it', qr/code/i);

my $code  = code();
my $first = exchange(code => $code);
is($first->status, 200, 'the right request gets a token');
like($first->body, qr/"user_id"\s*:\s*17841400000000001\b/, 'and a user_id that no double can hold');
my $short = $first->json->{data}[0]{access_token};
is($browser->get("$sandbox/v23.0/me?fields=user_id,username&access_token=$short")->json->{username}, 'nike', 'which works');
refused(exchange(code => $code), 'a code used again', qr/used/);
my $dead = $browser->get("$sandbox/v23.0/me?fields=user_id&access_token=$short");
is($dead->json->{error}{code}, 190, 'and the second use kills what the first one got (RFC 6749, 4.1.2)');

$code = code();
$grantlink->control_sandbox(POST => 'clock', {advance_seconds => 3601});
refused(exchange(code => $code), 'a code after one hour', qr/expired/);

$short = exchange(code => code())->json->{data}[0]{access_token};
my $upgrade = "$sandbox/access_token?grant_type=ig_exchange_token&access_token=$short&client_secret";
is($browser->get("$upgrade=wrong")->status, 400, 'no long-lived token with a wrong secret');
my $long = $browser->get("$upgrade=$secret")->json;
is($long->{expires_in}, 60 * 86400, 'the long-lived token lives sixty days');
is($browser->get("$sandbox/refresh_access_token?grant_type=ig_refresh_token&access_token=$long->{access_token}")->status,
    400, 'and cannot be refreshed on its first day');
is($browser->get("$sandbox/v23.0/me?fields=password&access_token=$long->{access_token}")->status, 400, 'unknown fields are refused');

$grantlink->finish;
done_testing;

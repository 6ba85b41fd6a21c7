# What a preset names is no way into the network that grantlinkd runs in.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Socket qw(inet_ntoa);
use Sys::Hostname qw(hostname);
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Toml qw(to_toml write_file);

my $grantlink = Grantlink::Instance->new;
my $presets   = $grantlink->directory . '/presets';
mkdir $presets;
my $sandbox = $grantlink->sandbox_url;
my ($port)  = $sandbox =~ /(\d+)\z/;

# Only the token endpoint matters: no flow gets any further.
sub preset ($name, $token_url) {
    write_file("$presets/$name.toml", to_toml({
        authorize => {url => 'https://provider.example/authorize', pkce => 'unsupported'},
        token     => {url => $token_url, client_auth => 'client_secret_post', error => ['/error_message']},
        identity  => {url => 'https://provider.example/me', id => ['/id'], handle => ['/handle']},
    }));
}
my %refused = (
    plain  => ["http://127.0.0.1:$port/oauth/access_token", qr/is not https; if it is meant, trusted_origins/],
    local  => ["https://127.0.0.1:$port/oauth/access_token", qr/not a public one; if it is meant, trusted_origins/],
    name   => ["https://localhost:$port/oauth/access_token", qr/not a public one/],
    mapped => ["https://[::ffff:127.0.0.1]:$port/oauth/access_token", qr/not a public one/],
    cloud  => ['https://169.254.169.254/latest/meta-data', qr/not a public one/],
    short  => ["https://127.1:$port/oauth/access_token", qr/not a public one/],
    number => ["https://2130706433:$port/oauth/access_token", qr/not a public one/],
);
# A name of the network: this machine's own, which leads to an address that is not public.
my $packed = gethostbyname hostname();
$refused{hostname} = ['https://' . hostname() . ":$port/oauth/access_token", qr/not a public one/]
    if $packed && inet_ntoa($packed) =~ /\A(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01]))\./;
preset($_, $refused{$_}[0]) for keys %refused;
preset($_ => "http://127.0.0.1:$port/oauth/access_token") for qw(trusted other);

my %client = (client_id => 'sandbox-app', client_secret => $grantlink->{client_secret});
$grantlink->write_daemon_config(
    settings  => {providers_dir => $presets},
    providers => {
        instagram => {preset => 'plain', %client},
        trusted   => {trusted_origins => [$sandbox], %client},
        other     => {trusted_origins => ["http://127.0.0.1:@{[$port - 1]}"], %client},
        map { $_ => {%client} } keys %refused,
    },
);
$grantlink->start;

# What the status page says of an attempt whose code the daemon cannot redeem.
sub page_of_failure ($name) {
    my $browser = $grantlink->browser;
    my $asked   = request_connection($grantlink, provider => $name);
    my ($state) = press($browser, $asked->{link}) =~ /[?&]state=([^&]+)/;
    my $back    = come_back($browser, $grantlink->url . "/callback/$name?code=made-up-code-of-a-test&state=$state");
    my $began   = time;
    is(wait_for_outcome($browser, $back->location), 'provider_error', "$name: nothing comes of it");
    cmp_ok(time - $began, '<', 10, 'at once: trying again would not help, and takes 15 seconds');
    return follow($browser, $back)->text;
}

for my $name (sort(keys %refused), 'other') {
    my $known = length $grantlink->log('daemon');
    my $page  = page_of_failure($name);
    like($page, qr/grantlink may not ask it/, "$name: the page says so");
    unlike($page, qr/127|localhost|169|trusted/, "$name: but not where");
    like(substr($grantlink->log('daemon'), $known), $name eq 'other' ? qr/is not https/ : $refused{$name}[1], "$name: the log has place and remedy");
}
is(scalar(() = $grantlink->log('sandbox') =~ /access_token/g), 0, 'nobody was asked');
like(page_of_failure('trusted'), qr/Matching code was not found/, 'one that is trusted is asked');
is(scalar(() = $grantlink->log('sandbox') =~ /access_token/g), 1, 'once');

$grantlink->finish;
done_testing;

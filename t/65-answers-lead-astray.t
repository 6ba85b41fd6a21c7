# What a provider's metadata and answers name is no way into the network that grantlinkd runs in: not in
# clear, and not to an address that is not public, whatever its name.

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
my $liar    = $grantlink->start_liar;
my %client  = (client_id => 'lied-to', client_secret => $grantlink->{client_secret}, trusted_origins => [$liar]);
my %account = (id => ['/sub'], handle => ['/preferred_username']);
my %known   = (authorize => {url => "$liar/authorize"}, token => {url => "$liar/token"}, identity => {url => "$liar/userinfo", %account});
sub preset ($name, %tables) { write_file("$presets/$name.toml", to_toml(\%tables)) }

# By discovery: which endpoint, and by which preset.
my %found = (discovery => \1, token => {}, identity => {%account}, revoke => {});
preset('found',  %found, authorize => {});
preset('signed', %found, authorize => {scopes => ['openid'], nonce => \1}, id_token => {});
my %endpoints = (
    token_endpoint => 'found', userinfo_endpoint => 'found', revocation_endpoint => 'found', jwks_uri => 'signed',
    pushed_authorization_request_endpoint => 'found',
);
my %where = (away => qr/is not https/, inside => qr/not a public one/);
my %providers;
for my $how (keys %where) {
    $providers{"$_-$how"} = {preset => $endpoints{$_}, issuer => "$liar/$how/$_", %client} for keys %endpoints;
    preset("kept-$how", %known, token => {url => "$liar/token", keep => {base => "/$how"}, hosts => 'localhost'}, identity => {url => '{base}/userinfo', %account});
    preset("pictured-$how", %known, identity => {url => "$liar/userinfo", %account, picture => "/$how"});
    $providers{"$_-$how"} = {%client} for qw(kept pictured);
}
my %revoked = (revoke => {url => "$liar/hostile/other-content-type/revoke"});
preset('stranger', %known, %revoked, token => {url => "$liar/token", keep => {base => '/inside'}, hosts => ['.example.com', 'host']}, identity => {url => '{base}/userinfo', %account});
preset('trusted', %known, token => {url => "$liar/token", keep => {base => '/issuer'}, hosts => '.example.com'}, identity => {url => '{base}/userinfo', %account});
$providers{$_} = {%client} for qw(stranger trusted);
my @feeds = qw(here away inside by-scheme without-scheme after-user after-backslash);
for my $how (@feeds) {
    preset("feed-$how", %known, feed => {url => "$liar/feed/$how", items => '/data', next => '/next'});
    preset("link-$how", %known, feed => {url => "$liar/feed/$how", items => '/data', link_header => \1});
    $providers{"$_-$how"} = {%client} for qw(feed link);
}
$grantlink->write_daemon_config(
    settings  => {providers_dir => $presets},
    providers => {instagram => {preset => 'feed-away', %client}, %providers},
);
$grantlink->start;
my $admin = $grantlink->admin;

sub asked_for ($provider, $account = '@nike') { return request_connection($grantlink, provider => $provider, account => $account) }

# Answers the outcome, what the status page says, and the connection.
sub approved ($provider, $account = '@nike') {
    my $asked   = asked_for($provider, $account);
    my $browser = $grantlink->browser;
    my $back    = come_back($browser, $browser->get(press($browser, $asked->{link}))->location);
    return (wait_for_outcome($browser, $back->location), follow($browser, $back)->text, $asked->{id});
}

# The log has place and remedy; the recipient is not told where.
sub refused ($name, $how, $act) {
    my $known = length $grantlink->log('daemon');
    my $page  = $act->();
    my $said  = substr $grantlink->log('daemon'), $known;
    like($said, qr{https?://localhost:\d+: .*$where{$how}}, "$name, $how: the log says why not");
    unlike($page, qr/localhost/, "$name, $how: the page does not say where");
}

for my $how (sort keys %where) {
    for my $name (qw(token_endpoint userinfo_endpoint jwks_uri kept)) {
        refused($name, $how, sub {
            my ($outcome, $page) = approved("$name-$how");
            is($outcome, 'provider_error', "$name, $how: nothing comes of it");
            like($page, qr/grantlink may not ask it/, "$name, $how: and the page says so");
            return $page;
        });
    }
    refused(revocation_endpoint => $how, sub {
        my ($outcome, $page) = approved("revocation_endpoint-$how", '@adidas');
        is($outcome, 'wrong_account', "revocation_endpoint, $how: the outcome is what it is");
        return $page;
    });
    refused(pushed_authorization_request_endpoint => $how, sub {
        my $page = $grantlink->browser->post(asked_for("pushed_authorization_request_endpoint-$how")->{link});
        is($page->page, 'not_started', "pushed_authorization_request_endpoint, $how: nothing is started");
        return $page->text;
    });
    my (undef, undef, $id) = approved("pictured-$how");
    like($admin->connection($id)->{approved_account}{picture_url}, qr/localhost/, "a picture, $how: is named");
    is($admin->get("/v1/connections/$id/picture")->status, 404, "a picture, $how: and cannot be had");
}

$where{anywhere} = qr/an answer has named this host, and the preset does not/;
refused(stranger => 'anywhere', sub {
    my ($outcome, $page) = approved('stranger');
    is($outcome, 'provider_error', 'a host that is none of the preset: nothing comes of it');
    like($page, qr/grantlink may not ask it/, 'a host that is none of the preset: and the page says so');
    return $page;
});
is((approved('trusted'))[0], 'connected', 'but one that the operator trusts may be named');

my %fed = map { $_ => (approved($_))[2] } map { ("feed-$_", "link-$_") } @feeds;
for my $name (sort keys %fed) {
    my $now;
    ok(eventually(sub { $now = $admin->get("/v1/connections/$fed{$name}/posts")->json; @{$now->{posts}} }), "$name: its first page is kept");
    is($now->{trouble}, undef, "$name: which is all there is");
}
is_deeply($grantlink->browser->get("$liar/_seen")->json, {'other-content-type/feed' => 2, 'other-content-type/revoke' => 1},
    'only the next pages that are there are asked for, and the token that led to a stranger was given back');

$grantlink->finish;
done_testing;

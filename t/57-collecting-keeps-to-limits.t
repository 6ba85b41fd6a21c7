# A provider that turns one away, a token that ends, a provider that counts: who waits, and who does not.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Preset qw(shipped_preset);
use Grantlink::Toml qw(write_file);

# Instagram's preset, with headers that say how many requests are left.
my $grantlink = Grantlink::Instance->new(settings => {content => {fastest => '1s', slowest => '1s', retention => '3660d'}});
my $presets   = $grantlink->directory . '/presets';
mkdir $presets;
sub preset_with (@more) { write_file("$presets/instagram.toml", join "\n", shipped_preset('instagram'), '[rate_limit]', 'remaining = "X-Remaining"', 'reset = "X-Reset"', @more, '') }
preset_with();
$grantlink->write_daemon_config(settings => {providers_dir => $presets});
$grantlink->start;
my $admin = $grantlink->admin;

sub connected ($account) {
    my $asked   = request_connection($grantlink, account => "\@$account");
    my $browser = $grantlink->browser;
    is(wait_for_outcome($browser, approve($browser, $asked->{link}, $account)), 'connected', "$account is connected");
    ok(eventually(sub { collected($asked->{id})->{collected_at} }), 'and collected');
    return $asked->{id};
}

sub collected ($id) { return $admin->get("/v1/connections/$id/posts")->json }
sub fault (%fault)  { return $grantlink->control_sandbox(POST => 'faults', {path => '/me/media', %fault})->status }

# How often the feed is asked for in that many seconds.
sub polls ($seconds) {
    $grantlink->control_sandbox(DELETE => 'requests');
    sleep $seconds;
    return $grantlink->control_sandbox(GET => 'requests')->json->{counts}{'/v23.0/me/media'} // 0;
}

my $nike   = connected('nike');
my $adidas = connected('adidas');
cmp_ok(polls(4), '>=', 4, 'both are polled again and again');

# One is turned away.
is(fault(retry_after => 86400), 200, 'the provider turns a request away for a day');
ok(eventually(sub { grep { collected($_)->{trouble} } $nike, $adidas }), 'which is said of that connection');
my ($waiting, $other) = collected($nike)->{trouble} ? ($nike, $adidas) : ($adidas, $nike);
like(collected($waiting)->{trouble}, qr/limit/, 'in the provider\'s words: ' . collected($waiting)->{trouble});
my $then = collected($waiting)->{collected_at};
cmp_ok(polls(4), '>=', 2, 'the other one is polled all the same');
is(collected($other)->{trouble}, undef, 'and has no trouble');
is(collected($waiting)->{collected_at}, $then, 'while the first waits');
is($admin->connection($waiting)->{status}, 'active', 'and is as active as before');

# No request is left.
my $zoe   = connected('zoe.und.soehne');
my $empty = '{"data":[{"id":"of-a-fault","caption":"Page one","timestamp":"2026-11-01T00:00:00+0000"}],"paging":{"cursors":{"after":"x"}}}';
is(fault(body => $empty, headers => {'X-Remaining' => '0', 'X-Reset' => '3600'}, times => 2), 200, 'both others have no request left');
ok(eventually(sub { 2 == grep { collected($_)->{posts}[0]{id} eq 'of-a-fault' } $zoe, $other }), 'the page is kept');
is(polls(4), 0, 'and nothing more is asked for, not even its next page');
is(collected($zoe)->{trouble}, undef, 'which is no trouble');

# A token that is refused is refreshed first.
my $acme = connected('acme');
$grantlink->control_sandbox(POST => 'settings', {refresh_min_age => 0});
my $token = $admin->get("/v1/connections/$acme/token")->json->{access_token};
is(fault(status => 401), 200, 'a token is refused');
ok(eventually(sub { $admin->get("/v1/connections/$acme/token")->json->{access_token} ne $token }), 'it is refreshed');
ok(eventually(sub { polls(2) > 0 }), 'and collecting goes on');
is($admin->connection($acme)->{status}, 'active', 'with the connection as it was');

# One that is dead breaks the connection.
$grantlink->control_sandbox(POST => 'tokens/expire', {user => 'acme'});
my $broken = wait_for_status($grantlink, $acme, 'broken');
is($broken->{status}, 'broken', 'a dead token breaks the connection');
like($broken->{trouble}, qr/session/i, "with the reason: $broken->{trouble}");
is(polls(3), 0, 'which is not polled any more');
my $link = $admin->get("/v1/connections/$acme/link")->json->{link};
$grantlink->control_sandbox(POST => 'posts', {user => 'acme', id => 'back', caption => 'Back again'});
my $browser = $grantlink->browser;
is(wait_for_outcome($browser, approve($browser, $link, 'acme')), 'connected', 'until it is approved again');
ok(eventually(sub { @{collected($acme)->{posts}} == 1 }), 'then it is collected');

# The same header with a time instead of seconds. Only acme is polled by now.
preset_with('reset_is = "unix_time"');
$grantlink->reload_daemon;
ok(eventually(sub { $grantlink->log('daemon') =~ /grantlinkd: reloaded/ }), 'the provider tells the time');
my $reset = int(time) + 12;
is(fault(body => $empty, headers => {'X-Remaining' => '0', 'X-Reset' => "$reset"}), 200, 'at which there are more requests');
ok(eventually(sub { grep { $_->{id} eq 'of-a-fault' } @{collected($acme)->{posts}} }), 'its last page is kept');
my $left = $reset - 1 - time;
SKIP: {
    skip 'it took too long to see that', 1 if $left < 1;
    is(polls($left), 0, 'nothing is asked for before');
}
ok(eventually(sub { polls(1) > 0 }, 30), 'and it goes on then');

$grantlink->finish;
done_testing;

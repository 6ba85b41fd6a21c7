# GET /metrics of the admin socket says what grantlinkd does, in a form that Prometheus reads.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Prometheus;
use JSON::PP qw(decode_json);

my $grantlink = Grantlink::Instance->new;
my $issuer    = $grantlink->start_oidc;
$grantlink->write_daemon_config(providers => {oidc => $grantlink->oidc_provider($issuer)});
$grantlink->start;
my $admin = $grantlink->admin;

sub scraped () { return Grantlink::Prometheus->parse($admin->get('/metrics')->body) }

my $page = $admin->get('/metrics');
is($page->status, 200, 'the page is there');
is($page->header('content-type'), 'text/plain; version=0.0.4; charset=utf-8', 'with the format\'s type');
is($admin->post('/metrics', {})->status, 405, 'and is for reading');
my $metrics = scraped();
is($metrics->sum('grantlink_attempts_total'), 0, 'nothing has happened');
is($metrics->value('grantlink_attempts_total', outcome => 'connected'), 0, 'which is said of each outcome');
is($metrics->value('grantlink_attempt_seconds_count'), 0, 'and of times');
is(scalar $metrics->samples('grantlink_provider_request_seconds'), 0, 'no provider was asked');
is($metrics->sum('grantlink_connections'), 0, 'there are no connections');
is($metrics->value('grantlink_outbox_oldest_seconds'), 0, 'and nothing waits');
my $commits = $metrics->value('grantlink_vault_commit_seconds_count');

# Approvals
my $asked   = request_connection($grantlink, provider => 'oidc', account => 'nike');
my $id      = $asked->{id};
my $wrong   = $grantlink->browser;
is(wait_for_outcome($wrong, approve($wrong, $asked->{link}, 'adidas')), 'wrong_account', 'the wrong account');
my $browser = $grantlink->browser;
is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'and the right one');
request_connection($grantlink);
$metrics = scraped();
is($metrics->value('grantlink_attempts_total', outcome => 'connected'), 1, 'one connected');
is($metrics->value('grantlink_attempts_total', outcome => 'wrong_account'), 1, 'one did not');
is($metrics->sum('grantlink_attempts_total'), 2, 'and no other');
is($metrics->value('grantlink_attempt_seconds_count'), 2, 'with their times');
cmp_ok($metrics->value('grantlink_attempt_seconds_sum'), '<', 30, 'which are seconds');
is($metrics->value('grantlink_exchanges_total', result => 'done'), 2, 'two codes were exchanged');
is($metrics->value('grantlink_exchanges_total', result => 'failed'), 0, 'none in vain');
my $requests = $metrics->value('grantlink_provider_requests_total', provider => 'oidc', result => 'success');
cmp_ok($requests, '>=', 3, 'for which the provider was asked');
is($metrics->value('grantlink_provider_request_seconds_count', provider => 'oidc'),
    $metrics->sum('grantlink_provider_requests_total', provider => 'oidc'), 'each with its time');
is($metrics->value('grantlink_connections', status => 'active'), 1, 'a connection is active');
is($metrics->value('grantlink_connections', status => 'pending'), 1, 'another waits');
is($metrics->value('grantlink_spool_approvals'), 0, 'all approvals are settled');
cmp_ok($metrics->value('grantlink_vault_commit_seconds_count'), '>', $commits + 4, 'the vault has commits');
cmp_ok($metrics->value('grantlink_vault_bytes', kind => 'used'), '>', 4096, 'and a size');
is($metrics->value('grantlink_vault_bytes', kind => 'map'), 64 << 30, 'of what it may have');

# Refreshes
is($admin->post("/v1/connections/$id/refresh")->status, 200, 'a refresh');
is(scraped()->value('grantlink_refreshes_total', result => 'done'), 1, 'is counted');
$grantlink->stop('oidc');
is($admin->post("/v1/connections/$id/refresh")->status, 503, 'one that cannot be done');
$metrics = scraped();
is($metrics->value('grantlink_refreshes_total', result => 'failed'), 1, 'is counted as such');
is($metrics->value('grantlink_provider_requests_total', provider => 'oidc', result => 'unreachable'), 1, 'since the provider is not to be reached');
$grantlink->start_oidc;
is($admin->post("/v1/connections/$id/refresh")->status, 409, 'one that is refused');
$metrics = scraped();
is($metrics->value('grantlink_refreshes_total', result => 'broken'), 1, 'is counted, too');
is($metrics->value('grantlink_connections', status => 'broken'), 1, 'and the connection as broken');
is($metrics->value('grantlink_provider_requests_total', provider => 'oidc', result => 'client_error'), 1, 'after an error of the provider');

# Mails that wait
ok(eventually(sub { scraped()->value('grantlink_outbox_notifications') == 0 }), 'all mails are out');
$grantlink->stop('smtp');
my $waiting = request_connection($grantlink);
my $other   = $grantlink->browser;
is(wait_for_outcome($other, approve($other, $waiting->{link})), 'connected', 'one more is connected');
ok(eventually(sub { scraped()->value('grantlink_outbox_oldest_seconds') > 1 }), 'its mail waits, and ages');
is(scraped()->value('grantlink_outbox_notifications'), 1, 'one mail');
$grantlink->start_smtp;
ok(eventually(sub { scraped()->value('grantlink_outbox_notifications') == 0 }, 30), 'until it can go');
is(scraped()->value('grantlink_outbox_oldest_seconds'), 0, 'and nothing ages');

# Read by others
my $text = $admin->get('/metrics')->body;
my $ran  = run_command(['node', "$FindBin::Bin/lib/prometheus_parser.mjs"], input => $text);
is($ran->{exit}, 0, 'a parser by other authors reads it') or diag $ran->{err};
my %theirs = map { $_->{name} => $_ } @{decode_json($ran->{out})};
is_deeply([sort keys %theirs], [sort map { $_->{name} } scraped()->families], 'as the same families');
my @asked_for = grep { $_->{labels}{provider} eq 'oidc' } @{$theirs{grantlink_provider_requests_total}{metrics}};
is_deeply({map { $_->{labels}{result} => 0 + $_->{value} } @asked_for},
    {map { $_->{labels}{result} => $_->{value} } grep { $_->{labels}{provider} eq 'oidc' } scraped()->samples('grantlink_provider_requests_total')},
    'with the same values');
unlike($text, qr/nike|\Q$id\E|me\@example/, 'no account, id or address is in it');

$grantlink->finish;
done_testing;

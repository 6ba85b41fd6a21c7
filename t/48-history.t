# What was done with a connection, when and by whom, is written down with the deed, and stays when the
# connection is removed.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Background qw(in_background);
use Grantlink::Flow;
use Grantlink::Instance;
use JSON::PP qw(decode_json);
use Grantlink::Url qw(resolve_url);
use POSIX ();

my @reader    = $> == 0 ? getpwnam 'nobody' : ();
my $grantlink = Grantlink::Instance->new(@reader ? (grants => [{role => 'token-reader', users => ['nobody']}]) : ());
my $issuer    = $grantlink->start_oidc;
$grantlink->write_daemon_config(providers => {oidc => $grantlink->oidc_provider($issuer)});
$grantlink->start;
my $admin = $grantlink->admin;

sub events ($id, $query = '') { return $admin->get("/v1/connections/$id/events$query")->json->{events} }
sub names ($id) { return join ' ', reverse map { $_->{event} } @{events($id, '?limit=500')} }

# Made, shown, opened, declined, and approved by the wrong and by the right account.
my $asked = request_connection($grantlink, provider => 'oidc', account => 'nike');
my $id    = $asked->{id};
is(names($id), 'created', 'a connection begins with its creation');
my ($created) = @{events($id)};
my $me = getpwuid $>;
is_deeply($created->{by}, {kind => 'user', uid => $>, user => $me, pid => $$, remote_user => undef}, 'by this user and process');
is($created->{detail}, 'oidc nike', 'with what was asked for');
is($created->{at}, $admin->connection($id)->{created_at}, 'when it was created');
is($created->{attempt}, undef, 'in no attempt');

$admin->request(GET => "/v1/connections/$id/link", undef, 'Remote-User' => 'alice@example.com');
is(names($id), 'created link_shown', 'that the link was shown');
is(events($id)->[0]{by}{remote_user}, 'alice@example.com', 'to whom the peer has named');
is(events($id)->[0]{by}{uid}, $>, 'and to the peer');

my $browser = $grantlink->browser;
open_page($browser, $asked->{link});
my $declined = come_back($browser, decline_at_provider($browser, press($browser, $asked->{link}), 'nike'));
wait_for_outcome($browser, resolve_url($declined->url, $declined->location));
like(names($id), qr/ opened started attempt_failed\z/, 'an attempt that was declined');
my ($failed, $started) = @{events($id)};
is($failed->{detail}, 'declined', 'is said to be');
is($failed->{by}{kind}, 'recipient', 'by the recipient');
ok($failed->{attempt}, 'with its id');
is($started->{attempt}, $failed->{attempt}, 'as its start has it');

my $wrong = $grantlink->browser;
is(wait_for_outcome($wrong, approve($wrong, $asked->{link}, 'adidas')), 'wrong_account', 'the wrong account approves');
like(names($id), qr/ started approved exchanged attempt_failed\z/, 'is told step by step');
is(events($id)->[0]{detail}, 'wrong_account', 'with the outcome');
unlike($admin->get("/v1/connections/$id/events")->body, qr/adidas/, 'and without that account');

$admin->post("/v1/connections/$id/regenerate");
my $link = $admin->get("/v1/connections/$id/link")->json->{link};
my $attempt_url = approve($browser, $link);
is(wait_for_outcome($browser, $attempt_url), 'connected', 'the right account approves');
like(names($id), qr/ regenerated link_shown opened started approved exchanged active\z/, 'from the new link to the end');
my @attempt = reverse @{events($id, '?limit=4')};
is_deeply([map { $_->{attempt} } @attempt], [($attempt_url =~ m{/attempts/([0-9a-f-]{36})}) x 4], 'with the id that the browser has');
is_deeply([map { $_->{by}{kind} } @attempt], [qw(recipient recipient grantlinkd grantlinkd)], 'by recipient and daemon');
is_deeply([map { $_->{at} } @attempt], [sort map { $_->{at} } @attempt], 'at times that rise');
$grantlink->log_has('access', qr/\Q$attempt[0]{attempt}\E/, 'the access log of nginx has the same id');
$grantlink->log_has('daemon', qr/attempt \Q$attempt[0]{attempt}\E: connected/, 'and so has the daemon\'s');

# Tokens
my $token = $admin->get("/v1/connections/$id/token")->json->{access_token};
ok($token, 'a token is given out');
$grantlink->kill('daemon');
$grantlink->start_daemon;
like(names($id), qr/ active vended\z/, 'which a daemon that was killed at once still knows');
SKIP: {
    skip 'only root can become somebody else', 2 unless @reader;
    my (undef, undef, $uid, $gid) = @reader;
    my $pid = in_background(sub {
        $) = "$gid $gid";
        POSIX::setgid($gid);
        POSIX::setuid($uid);
        return $$ if $admin->get("/v1/connections/$id/token")->status == 200;
    })->result;
    my ($vended) = @{events($id)};
    is($vended->{event}, 'vended', 'another user gets one, too');
    is_deeply([@{$vended->{by}}{qw(uid user pid)}], [$uid, 'nobody', $pid], 'and is who got it');
}
my $before = () = names($id) =~ /vended/g;
is($admin->get("/v1/connections/$id/token?min_ttl=300d")->status, 200, 'one that must last is refreshed first');
like(names($id), qr/ refreshed vended\z/, 'which is told');
is(events($id)->[1]{by}{uid}, $>, 'as a wish of who asked');
$admin->post("/v1/connections/$id/refresh");
like(names($id), qr/ vended refreshed\z/, 'a refresh that was asked for, too');
my $pending = request_connection($grantlink);
$admin->get("/v1/connections/$pending->{id}/token");
is(names($pending->{id}), 'created', 'a token that there is not is not vended');
is($admin->post("/v1/connections/$id/cancel")->status, 409, 'what is refused');
like(names($id), qr/ refreshed\z/, 'is not told as done');

# Removed
$admin->request(DELETE => "/v1/connections/$id");
ok(eventually(sub { names($id) =~ /removed token_given_back\z/ }), 'the end is told, and that the provider was');
$admin->post("/v1/connections/$pending->{id}/cancel");
is(names($pending->{id}), 'created cancelled', 'a request that was withdrawn');
my $response = $admin->get("/v1/connections/$id/events");
unlike($response->body, qr/\Q$token\E/, 'no token is there');
unlike($response->body, qr{/approve/|[?&]code=}, 'and no link');

# Pages
my (@paged, $next);
do {
    my $page = $admin->get("/v1/connections/$id/events?limit=5" . ($next ? "&after=$next" : ''))->json;
    push @paged, @{$page->{events}};
    $next = $page->{next};
} while $next;
is_deeply([map { $_->{number} } @paged], [map { $_->{number} } @{events($id, '?limit=500')}], 'the pages are the whole');
is($admin->get("/v1/connections/$id/events?$_")->status, 400, "$_ is refused") for qw(limit=0 limit=501 limit=x after=x since=1);
is($admin->get('/v1/connections/0193a1b2-0000-7000-8000-000000000000/events')->status, 404, 'no connection, no events');
is($admin->post("/v1/connections/$id/events", {})->status, 405, 'nobody writes them');
is($admin->request(DELETE => "/v1/connections/$id/events")->status, 405, 'or takes them away');

# The command
my $ran = $grantlink->cli('history', $id);
is($ran->{exit}, 0, 'grantlink history') or diag $ran->{err};
my @lines = split /\n/, $ran->{out};
like($lines[0], qr/\AWHEN\s+WHAT\s+BY\s+ATTEMPT\s+DETAIL\s*\z/, 'has a heading');
like($lines[1], qr/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\s+created\s+\Q$me\E \(uid $>, pid $$\)\s.*oidc nike/, 'begins with the creation');
like($lines[-1], qr/token given back\s+grantlinkd/, 'and ends with the end');
like($ran->{out}, qr/for alice\@example\.com \(uid/, 'and says for whom');
is_deeply(decode_json($grantlink->cli('history', $id, '--json')->{out})->{events}, events($id, '?limit=100'), '--json is that of the API');
$ran = $grantlink->cli('history', $id, '--limit', 2);
is(scalar(split /\n/, $ran->{out}), 3, '--limit shows the newest');
like($ran->{err}, qr/--all/, 'and says that there are more');

# What is old enough is forgotten, and nothing else.
sleep 3;
$grantlink->write_daemon_config(settings => {audit_retention => '2s'});
$grantlink->reload_daemon;
ok(eventually(sub { names($id) eq '' }), 'events are kept for audit_retention');
my $later = request_connection($grantlink);
is(names($later->{id}), 'created', 'new ones are there');
cmp_ok(events($later->{id})->[0]{number}, '>', $paged[0]{number}, 'with numbers that go on');

$grantlink->finish;
done_testing;

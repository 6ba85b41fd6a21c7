# Programs are told by webhooks, in the Standard Webhooks format: what is sent, when it is sent again,
# and that one receiver does not hold up another.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Build;
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Toml qw(write_file);
use Grantlink::Webhooks qw(new_webhook_secret);

my $grantlink = Grantlink::Instance->new;
my ($old, $new, $other) = map { new_webhook_secret($_) } 24, 32, 64;
my $origin   = $grantlink->start_webhooks($old, $new, $other);
my $received = Grantlink::Webhooks->new($grantlink, $origin);
my $file     = write_file($grantlink->directory . '/etc/webhook.secrets', "$old\n\n$new\n", 0600);
$grantlink->evidence->learn(secret => $_) for $old, $new, $other;
$grantlink->write_daemon_config(settings => {webhooks => {
    all    => {url => "$origin/all?key=in-the-url", secret_file => $file, trusted_origins => [$origin]},
    broken => {url => "$origin/broken", secrets => [$other], events => ['connection.removed'], trusted_origins => [$origin]},
}});
my $issuer = $grantlink->start_oidc('--token-lifetime', 600);
$grantlink->write_daemon_config(providers => {oidc => $grantlink->oidc_provider($issuer)});
$grantlink->start;
my $admin = $grantlink->admin;
my $path  = '/all?key=in-the-url';
my ($count, $id) = (0);

sub outbox ($state = 'waiting') { return $admin->get('/healthz')->json->{outbox}{$state} }
sub restart_oidc () { $grantlink->stop('oidc'); $grantlink->start_oidc('--token-lifetime', 600) }

# The next call.
sub next_call ($name, $seconds = 20) {
    my @calls = $received->wait_for($count + 1, $path, $seconds);
    my $call  = $calls[$count++] or return fail("$name: a call comes");
    is($call->{method}, 'POST', "$name: a call comes");
    return $call;
}

subtest 'an approval' => sub {
    my $asked   = request_connection($grantlink, provider => 'oidc', account => 'nike', notify => '');
    my $browser = $grantlink->browser;
    $id = $asked->{id};
    is(wait_for_outcome($browser, approve($browser, $asked->{link}, 'adidas')), 'wrong_account', 'the wrong account');
    $browser = $grantlink->browser;
    my $wrong = next_call('wrong account')->{event};
    is($wrong->{type}, 'connection.wrong_account', 'is an event');
    is($wrong->{data}{approved_account}{handle}, 'adidas', 'which says which one');

    is(wait_for_outcome($browser, approve($browser, $asked->{link}, 'nike')), 'connected', 'the right one');
    my $call = next_call('connected');
    is($call->{headers}{'content-type'}, 'application/json', 'in JSON');
    is_deeply($call->{taken_with}, [0, 1], 'the library takes it with the old secret and with the new one');
    like($call->{headers}{'webhook-signature'}, qr{\Av1,\S{44} v1,\S{44}\z}, 'each has its signature');
    like($call->{headers}{'webhook-id'}, qr/\A[0-9a-f-]{36}\z/, 'it has an id');
    cmp_ok(abs($call->{headers}{'webhook-timestamp'} - time), '<', 60, 'and the time');
    my $event = $call->{event};
    is_deeply([sort keys %$event], [qw(data timestamp type)], 'and says what the specification wants');
    is($event->{type}, 'connection.active', 'of what');
    like($event->{timestamp}, qr/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\z/, 'when');
    my $data = $event->{data};
    is($data->{connection}, $id, 'of which connection');
    is($data->{provider}, 'oidc', 'of which provider');
    is($data->{approved_account}{handle}, 'nike', 'who approved');
    is($data->{approved_account}{id}, $admin->connection($id)->{approved_account}{id}, 'with the lasting id');
    ok(!exists $data->{link}, 'and has no link');
    my $token = $admin->get("/v1/connections/$id/token")->json->{access_token};
    is(index($call->{body}, $token), -1, 'nor a token');
};

subtest 'declined' => sub {
    my $asked   = request_connection($grantlink);
    my $browser = $grantlink->browser;
    my $status  = come_back($browser, decline_at_provider($browser, press($browser, $asked->{link}), 'nike'))->location;
    is(wait_for_outcome($browser, $grantlink->url . $status =~ s{\Ahttps?://[^/]+}{}r), 'declined', 'declined');
    is(next_call('declined')->{event}{type}, 'connection.declined', 'is an event');
    is($received->wait_for(0, '/broken'), 0, 'that a webhook which does not want it is not sent');
    is($admin->post("/v1/connections/$asked->{id}/cancel")->status, 200, 'the request is cancelled');
    is(next_call('cancelled')->{event}{type}, 'connection.removed', 'which is one too');
    my ($removed) = $received->wait_for(1, '/broken');
    is_deeply($removed->{taken_with}, [2], 'and the one that wants only this gets it, with its own secret');
    is($admin->post("/v1/connections/$asked->{id}/cancel")->status, 200, 'cancelled again');
    is($grantlink->mailbox->wait_for(1), 1, 'who cancels gets no mail of it');
};

subtest 'broken' => sub {
    restart_oidc();
    $admin->post("/v1/connections/$id/refresh");
    my $event = next_call('broken')->{event};
    is($event->{type}, 'connection.broken', 'is an event');
    ok($event->{data}{reason}, "with the reason: $event->{data}{reason}");
    is($event->{data}{link}, $admin->get("/v1/connections/$id/link")->json->{link}, 'and the new link');
    is($event->{data}{link_expires_at}, $admin->connection($id)->{link_expires_at}, 'with its end');
};

subtest 'a receiver that fails for now' => sub {
    my $before = () = $received->calls;
    $received->answer_with(503);
    my $asked = request_connection($grantlink);
    $admin->post("/v1/connections/$asked->{id}/cancel");
    my $first = next_call('first try');
    $received->answer_with(429, 9);
    my $second = next_call('second try');
    $received->answer_with(204);
    my $third = next_call('third try', 40);
    is($second->{headers}{'webhook-id'}, $first->{headers}{'webhook-id'}, 'has one id in each try');
    is($third->{headers}{'webhook-id'}, $first->{headers}{'webhook-id'}, 'in the last one too');
    is_deeply($third->{event}, $first->{event}, 'says the same');
    is_deeply($third->{taken_with}, [0, 1], 'and is signed anew');
    cmp_ok($second->{at} - $first->{at}, '>=', 5000, 'it is sent again after five seconds');
    cmp_ok($third->{at} - $second->{at}, '>=', 9000, 'and not before what Retry-After asks for');
    ok(eventually(sub { outbox() == 0 }), '204 is as good as 200');
    $received->answer_with(302);
    $admin->request(DELETE => "/v1/connections/@{[request_connection($grantlink)->{id}]}");
    next_call('a redirect');
    ok(eventually(sub { outbox() == 2 }), 'a redirect is not followed, and a failure');
    $received->answer_with(200);
    is(next_call('after it')->{event}{type}, 'connection.removed', 'until it is none');
    ok(eventually(sub { outbox() == 0 }), 'nothing waits any more');
};

subtest 'one that wants no more' => sub {
    $received->answer_with(410);
    my $asked = request_connection($grantlink);
    $admin->post("/v1/connections/$asked->{id}/cancel");
    next_call('gone');
    ok(eventually(sub { outbox() == 0 && outbox('dead') == 2 }), '410 is the end of it');
    $grantlink->log_has(daemon => qr/webhook all\): \Q$origin\E answered 410; given up/, 'and the log says so');
    $received->answer_with(200);
};

subtest 'one that never answers delays nobody else' => sub {
    $received->answer_with('never');
    my $asked = request_connection($grantlink);
    $admin->post("/v1/connections/$asked->{id}/cancel");
    next_call('it is sent');
    my $mails   = $grantlink->mailbox->count;
    my $browser = $grantlink->browser;
    is(wait_for_outcome($browser, approve($browser, request_connection($grantlink)->{link})), 'connected', 'a connection');
    is($grantlink->mailbox->wait_for($mails + 1, 8), $mails + 1, 'its mail comes meanwhile');
    ok(eventually(sub { $grantlink->log('daemon') =~ /webhook broken\): \Q$origin\E: Timeout/i }, 30), 'the call is given up after a while');
    $received->answer_with(200);
    ok(eventually(sub { outbox() == 0 }, 40), 'and sent again');
    $count = $received->calls($path);
};

subtest 'a restart, and other secrets' => sub {
    $grantlink->stop('webhooks');
    my $asked = request_connection($grantlink);
    $admin->post("/v1/connections/$asked->{id}/cancel");
    ok(eventually(sub { $grantlink->log('daemon') =~ /webhook all\): \Q$origin\E: \S.*; it is tried again\n/ }), 'a receiver that is away');
    write_file($file, "$new\n", 0600);
    $grantlink->restart_daemon;
    $grantlink->start_webhooks($old, $new, $other);
    $count = 0;
    my $call = next_call('after a restart', 40);
    is_deeply($call->{taken_with}, [1], 'is signed with the secret that is left');
};

subtest 'where it may go' => sub {
    my %good = (secrets => [$new]);
    my @bad  = (
        ['http' => {%good, url => 'http://example.com/'}, qr/url: must be https; .* trusted_origins/],
        ['no URL' => {%good, url => 'example.com'}, qr/url: must be the URL/],
        ['a user in it' => {%good, url => 'https://me:secret@example.com/'}, qr/url: must be the URL/],
        ['no secret' => {url => 'https://example.com/'}, qr/at least one secret/],
        ['a short secret' => {url => 'https://example.com/', secrets => [new_webhook_secret(23)]}, qr/24 to 64 random bytes/],
        ['a long secret' => {url => 'https://example.com/', secrets => [new_webhook_secret(65)]}, qr/24 to 64 random bytes/],
        ['a secret of another kind' => {url => 'https://example.com/', secrets => ['hunter2hunter2hunter2hunter2hunter2']}, qr/24 to 64 random bytes/],
        ['an event that is none' => {%good, url => 'https://example.com/', events => ['connection.activ']}, qr/no event "connection.activ"; known are connection.active, /],
        ['a key that is none' => {%good, url => 'https://example.com/', event => ['connection.active']}, qr/there is no such key; known are events/],
    );
    for my $case (@bad) {
        my ($name, $webhook, $message) = @$case;
        $grantlink->write_daemon_config(settings => {webhooks => {x => $webhook}});
        my $checked = run_command([Grantlink::Build::program('grantlinkd'), '--check', '--config', $grantlink->toml_path]);
        isnt($checked->{exit}, 0, "$name is refused");
        like($checked->{err}, $message, 'with a message');
        unlike($checked->{err}, qr/hunter2/, 'without the secret');
    }
    # https, but on an address that is not public: known only when it is connected to.
    $grantlink->write_daemon_config(settings => {webhooks => {x => {%good, url => 'https://127.0.0.1:1/'}}});
    $grantlink->restart_daemon;
    my $asked = request_connection($grantlink);
    $admin->post("/v1/connections/$asked->{id}/cancel");
    ok(eventually(sub { $grantlink->log('daemon') =~ /webhook x\): .*not a public one; if it is meant, trusted_origins allows it; it is tried again/ }),
        'a private address is not called, unless it is trusted');
};

unlike($grantlink->log('daemon'), qr/in-the-url/, 'what a URL may hide is in no log');
unlike($grantlink->log('daemon'), qr/whsec_|does not count/, 'nor a secret, nor what a receiver says');
$grantlink->logs_are_clean('no secret is in a log', qw(daemon error));

$grantlink->finish;
done_testing;

# Clients go away at every stage. No connection is leaked, nothing crashes, and what was handed to the
# store stays recorded, once.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::EdgeTool qw(hold_writer);
use Grantlink::Port;
use Grantlink::Wire;
use Grantlink::Poll qw(patient);
use Time::HiRes qw(sleep);

my $deferred  = Grantlink::Port->reserve;
my $grantlink = Grantlink::Instance->running(server => qq{
    listen 127.0.0.1:@{[$deferred->number]} deferred;
    lingering_timeout 1s;
    add_header X-Attempt \$grantlink_attempt always;
    location = /connections { stub_status; access_log off; }
});
my $base = $grantlink->public_url;

# A fresh attempt as requests on the wire: {get, post, poll, known => sub, …}
sub attempt () {
    my $browser = $grantlink->browser;
    my $press   = $browser->post(request_connection($grantlink)->{link});
    my ($state) = $press->location =~ /[?&]state=([^&]+)/;
    my $id      = $press->header('x-attempt');
    my $query   = "code=made-up-code-of-a-test&state=$state";
    my $headers = "Host: x\r\nCookie: " . $browser->cookie_header . "\r\n";
    return {
        get  => "GET /callback/instagram?$query HTTP/1.1\r\n$headers\r\n",
        post => "POST /callback/instagram HTTP/1.1\r\n${headers}Content-Length: " . length($query) . "\r\n\r\n$query",
        outcome => sub { $browser->get("$base/approve/attempts/$id/outcome")->json->{outcome} },
        # Not by the long poll, which would wait.
        known => sub { $browser->head("$base/approve/attempts/$id")->status == 200 ? 1 : 0 },
        poll    => "GET /approve/attempts/$id/outcome HTTP/1.1\r\n$headers\r\n",
        confirm => sub {
            my $other = $grantlink->browser;
            $other->get("$base/callback/instagram?$query");
            return "POST /approve/attempts/$id/confirm HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nCookie: "
                . $other->cookie_header . "\r\n\r\n";
        },
    };
}

# Sends these bytes on a connection of its own, waits a little, and goes.
sub leave ($how, $bytes, $pause = 0.02, @address) {
    my $wire = Grantlink::Wire->connect($grantlink, @address)->send($bytes);
    sleep $pause;
    $how eq 'close' ? $wire->close : $how eq 'reset' ? $wire->reset : $wire->shut_writing;
    return $wire;
}

sub nothing_left ($name, $seconds = 15) {
    ok(eventually(sub { $grantlink->open_connections == 0 }, $seconds), $name);
}

# Before the 25 s of a long poll are over, however patient the tests are.
sub nothing_waits ($name) { nothing_left($name, 15 / patient(1)) }

my @workers = $grantlink->worker_pids;

subtest 'before the request is complete' => sub {
    for my $how (qw(close reset)) {
        my $attempt = attempt();
        my $cut = sub ($at) { substr $attempt->{post}, 0, $at };
        leave($how, '');
        leave($how, $cut->($_)) for 3, 20, 45, 120, index($attempt->{post}, "\r\n\r\n") + 2;
        leave($how, $cut->(length($attempt->{post}) - $_)) for 60, 1;
        leave($how, substr($attempt->{get}, 0, length($attempt->{get}) - 2));
        is($attempt->{outcome}->(), 'unknown', "$how: nothing was recorded");
        like(Grantlink::Wire->connect($grantlink)->send($attempt->{post})->response->location, qr{/attempts/}, 'and the attempt still works');
    }
    nothing_left('no connection is left');
};

subtest 'before the answer is read' => sub {
    my $link = request_connection($grantlink)->{link} =~ s{\A\w+://[^/]+}{}r;
    for my $how (qw(close reset)) {
        leave($how, "GET $link HTTP/1.1\r\nHost: x\r\n\r\n", 0)                          for 1 .. 20;
        leave($how, "POST $link HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 0)    for 1 .. 20;
        leave($how, "GET $link HTTP/1.1\r\nHost: x\r\n\r\n" x 50, 0)                     for 1 .. 4;
    }
    nothing_left('no connection is left');
};

subtest 'while the write is in the thread pool' => sub {
    my @attempts = map { attempt() } 1 .. 12;
    my %request  = map { my $a = $attempts[$_]; $_ => $_ < 6 ? $a->{get} : $_ < 9 ? $a->{post} : $a->{confirm}->() } 0 .. 11;
    $grantlink->stop('daemon');
    my $lock = hold_writer($grantlink);
    my @gone = map { leave((qw(close reset shut))[$_ % 3], $request{$_}) } 0 .. 11;
    sleep 0.3;
    is_deeply([map { $_->{known}->() } @attempts], [(0) x 12], 'nothing is recorded yet');
    $lock->release;
    eventually(sub { !grep { !$_->{known}->() } @attempts }, 5);
    is_deeply([map { $_->{known}->() } @attempts], [(1) x 12], 'all is recorded when the store is free');
    undef @gone;
    nothing_left('no connection is left');
    $grantlink->start_daemon;
    is_deeply([map { my $a = $_; eventually(sub { my $o = $a->{outcome}->(); $o ne 'pending' && $o }) } @attempts],
        [('provider_error') x 12], 'and each has its outcome');
};

subtest 'a body that comes while the write waits' => sub {
    my $confirm = attempt()->{confirm}->() =~ s/Content-Length: 0/Content-Length: 10/r;
    my $lock    = hold_writer($grantlink);
    my $wire    = Grantlink::Wire->connect($grantlink)->send($confirm);
    sleep 0.3;
    $wire->send('x' x 10);
    sleep 1.5;    # longer than nginx waits for a body
    $lock->release;
    is($wire->response->status, 303, 'it is recorded');
    is($wire->send("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")->response->status, 404, 'and its connection lives on');
    $wire->close;
    nothing_left('no connection is left');
};

subtest 'while the long poll waits' => sub {
    my @attempts = map { attempt() } 1 .. 9;
    $grantlink->stop('daemon');
    Grantlink::Wire->connect($grantlink)->send($_->{get})->response for @attempts;
    my @gone = map { leave((qw(close reset shut))[$_ % 3], $attempts[$_]{poll}, 0.05) } 0 .. 8;
    nothing_waits('no connection is left');
    # nginx reads such a connection before it watches it.
    @gone = map { leave($_, $attempts[1]{poll}, 0.2, '127.0.0.1:' . $deferred->number) } qw(close reset shut);
    nothing_waits('nor one that was accepted together with its request');
    # Both the request and the end are there when the worker looks: nothing happens on the connection after that.
    for my $how (qw(close reset shut)) {
        kill 'STOP', @workers;
        my $gone = leave($how, $attempts[1]{poll});
        kill 'CONT', @workers;
        nothing_waits("nor one that ended before its request was read ($how)");
    }
    leave('close', $attempts[0]{poll} x 3);
    my @polls = map { Grantlink::Wire->connect($grantlink)->send($attempts[0]{poll}) } 1 .. 3;
    sleep 0.3;
    $polls[1]->reset;
    $grantlink->start_daemon;
    is($polls[$_]->response->json->{outcome}, 'provider_error', 'who stayed gets the outcome') for 0, 2;
    $_->close for @polls[0, 2];
    nothing_left('no connection is left');
};

is_deeply([$grantlink->worker_pids], \@workers, 'the worker is the same');
$grantlink->finish;
done_testing;

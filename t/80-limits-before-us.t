# limit_req and limit_conn refuse and delay before us, and what they log shows no secret.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Background qw(in_background);
use Grantlink::Flow;
use Grantlink::Instance;
use Time::HiRes qw(sleep time);

my $grantlink = Grantlink::Instance->new(
    log_level => 'debug',
    http      => <<~'END',
        limit_req_zone $http_x_client zone=strict:1m rate=1r/m;
        limit_req_zone $http_x_slow zone=slow:1m rate=5r/s;
        limit_conn_zone $http_x_one zone=one:1m;
        limit_req_log_level error;
        limit_conn_log_level error;
        limit_req zone=strict;
        limit_req zone=slow burst=5;
        limit_conn one 1;
        END
);
$grantlink->start;
my $browser = $grantlink->browser;
my $asked   = request_connection($grantlink);
my $link    = $asked->{link};

subtest 'limit_req refuses the page' => sub {
    my %client = (headers => {'X-Client' => 'a', Referer => $link});
    is($browser->get($link, %client)->page, 'ready', 'the first request is served');
    my $refused = $browser->get($link, %client);
    is($refused->status, 503, 'the second is not');
    is($refused->page, '', 'and nginx says so itself');
    is($refused->header('referrer-policy'), 'no-referrer', 'a page of which no link tells where it was');
    is($refused->header('x-robots-tag'), 'noindex, nofollow', 'nor a search engine');
    is($browser->post($link, {}, headers => {'X-Client' => 'a'})->status, 503, 'nor is the button');
    $grantlink->log_has(error => qr{limiting requests.*request: "GET /approve/\*{32} HTTP/1.1"}, 'the log names the request, redacted');
};

subtest 'limit_req refuses a callback' => sub {
    my $callback = callback_for($browser, $link);
    my $spool    = $grantlink->store_digest('spool');
    my %client   = (headers => {'X-Client' => 'b'});
    is($browser->get("$link?x", %client)->page, 'begun', 'the client has used what it may');
    is($browser->get($callback, %client)->status, 503, 'the callback is refused');
    is($grantlink->store_digest('spool'), $spool, 'and nothing was written');
    $grantlink->log_has(error => qr{limiting requests.*request: "GET /callback/instagram\?\*+ HTTP/1.1"}, 'its query is redacted');
    is(wait_for_outcome($browser, come_back($browser, $callback)->location), 'connected', 'tried again later, it works');
};

subtest 'limit_req delays' => sub {
    my $second   = request_connection($grantlink);
    my %slow     = (headers => {'X-Slow' => 'a'});
    my $started  = time;
    my @statuses = map { $browser->get($second->{link}, %slow)->status } 1 .. 3;
    is_deeply(\@statuses, [200, 200, 200], 'pages come');
    my $callback = callback_for($browser, $second->{link});
    my $back     = $browser->get($callback, %slow);
    cmp_ok(time - $started, '>', 0.5, 'later');
    is(wait_for_outcome($browser, $back->location), 'connected', 'and a delayed callback is recorded');
    $grantlink->log_has(error => qr{delaying request.*request: "GET /approve/\*{32} HTTP/1.1"}, 'the log names the request, redacted');
};

subtest 'limit_conn' => sub {
    my $third = request_connection($grantlink);
    $grantlink->stop('daemon');
    my $url  = come_back($browser, made_up_callback($browser, $third->{link}))->location;
    my %one  = (headers => {'X-One' => 'a'});
    my $poll = in_background(sub { $browser->get("$url/outcome", %one)->json->{outcome} });
    sleep 0.3;
    my $refused = $browser->get($third->{link}, %one);
    is($refused->status, 503, 'a request beside a long poll is one too many');
    $grantlink->log_has(error => qr{limiting connections.*request: "GET /approve/\*{32} HTTP/1.1"}, 'the log names the request, redacted');
    $grantlink->start_daemon;
    is($poll->result, 'provider_error', 'the long poll goes on');
    is($browser->get($third->{link}, %one)->status, 200, 'and when it is over, the place is free');
};

$grantlink->logs_are_clean('no secret is in a log, at debug level');
$grantlink->finish;
done_testing;

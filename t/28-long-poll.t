# The status page waits for its outcome with one request, and not for ever.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Background qw(in_background);
use Time::HiRes qw(sleep time);

my $grantlink = Grantlink::Instance->running(tap => 1);
my $browser   = $grantlink->browser;
my $asked     = request_connection($grantlink);
my $callback  = callback_for($browser, $asked->{link});
$grantlink->tap->hold('POST /oauth/access_token');
my $url = come_back($browser, $callback)->location;

my $page = $browser->get($url);
is($page->page, 'finishing', 'the status page waits');
like($page->body . ($page->header('refresh') // ''), qr/http-equiv="refresh"|\d/i, 'and refreshes without JavaScript');
like($page->body, qr{<script[^>]*src="[^"]*status\.js\?[0-9a-f]{8}"}, 'with JavaScript it polls');

# Who goes away costs nothing.
for (1 .. 20) {
    my $poll = in_background(sub { $browser->get("$url/outcome")->status });
    sleep 0.02;
    undef $poll;
}

my $started = time;
my $short   = in_background(sub { {outcome => $browser->get("$url/outcome")->json->{outcome}, at => time} });
sleep 0.7;
ok(!$short->ended, 'a poll is kept waiting');
my $released = time;
$grantlink->tap->release;
my $answer = $short->result;
is($answer->{outcome}, 'connected', 'and is answered with the outcome');
cmp_ok($answer->{at} - $released, '<', 3, 'soon after it is there');
is($browser->get($url)->page, 'connected', 'the page has it as well');

my $second = request_connection($grantlink);
my $later  = callback_for($browser, $second->{link});
$grantlink->stop('daemon');
my $waiting = come_back($browser, $later)->location;
$started = time;
is($browser->get("$waiting/outcome", seconds => 40)->json->{outcome}, 'pending', 'a poll ends when nothing comes');
my $took = time - $started;
cmp_ok($took, '>', 15, 'after a good while');
cmp_ok($took, '<', 27, 'and before proxies lose patience');

$grantlink->start_daemon;
$grantlink->finish;
done_testing;

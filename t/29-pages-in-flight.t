# Pages that nginx has not sent yet stay as they are while others are composed: for other links and in
# other languages.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(split_url);
use Grantlink::Wire;

my $grantlink = Grantlink::Instance->running(
    http => 'map $http_x_slow $rate { default 0; yes 4k; }',
    approve => 'limit_rate $rate;',
);

my @links = map { split_url(request_connection($grantlink, account => $_)->{link})->{path} } '@nike', '@adidas & sons';
my %headers = ('Accept-Language' => 'en');

sub page ($wire, $link, %with) { return $wire->request("GET $link", %headers, %with) }

sub body_of ($link, %with) {
    my $wire = Grantlink::Wire->connect($grantlink);
    return $wire->send(page($wire, $link, %with))->response->body;
}

my @expected = map { body_of($_) } @links;
like($expected[0], qr/\@nike/, 'a page of one account');
like($expected[1], qr/\@adidas &amp; sons/, 'and of another');

subtest 'while one is sent slowly' => sub {
    my @slow = map { Grantlink::Wire->connect($grantlink) } 1 .. 2;
    $slow[$_]->send(page($slow[$_], $links[$_], 'X-Slow' => 'yes')) for 0, 1;
    like($slow[0]->peek(qr/\A.{1000}/s), qr{\AHTTP/1.1 200 }, 'a slow page has begun');
    for my $round (1 .. 5) {
        is(body_of($links[$_]), $expected[$_], "a fast page, link $_") for 0, 1;
        isnt(body_of($links[0], 'Accept-Language' => 'ja'), $expected[0], 'a fast page in another language');
    }
    unlike($slow[0]->peek(qr/<\/html>/, 0), qr/<\/html>/, 'the slow one is not there yet');
    is($slow[$_]->response->body, $expected[$_], "slow page $_ is as it would have been") for 0, 1;
};

subtest 'when the slow ones went away' => sub {
    for (1 .. 3) {
        my $wire = Grantlink::Wire->connect($grantlink);
        $wire->send(page($wire, $links[0], 'X-Slow' => 'yes'))->peek(qr/\A.{1000}/s);
        $wire->reset;
        is(body_of($links[1]), $expected[1], 'another page');
        is(body_of($links[0]), $expected[0], 'the same page');
    }
};

$grantlink->logs_are_clean;
done_testing;

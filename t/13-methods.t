# Each route knows its methods, and says so.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->running;
my $browser   = $grantlink->browser;
my $asked     = request_connection($grantlink);
my $base      = $grantlink->public_url;
my $attempt   = "$base/approve/attempts/0190a0b0-c0d0-7000-8000-000000000000";
my $callback  = callback_for($browser, $asked->{link});

my @routes = (
    ['the approval page', $asked->{link},                    qw(GET HEAD POST)],
    ['the status page',   $attempt,                          qw(GET HEAD POST)],
    ['the confirm page',  "$attempt/confirm",                qw(GET HEAD POST)],
    ['the outcome',       "$attempt/outcome",                qw(GET HEAD)],
    ['a script',          "$base/approve/assets/status.js",  qw(GET HEAD)],
    ['the callback',      $callback,                         qw(GET POST)],
);
for my $route (@routes) {
    my ($name, $url, @may) = @$route;
    my %may = map { $_ => 1 } @may;
    for my $method (grep { !$may{$_} } qw(HEAD POST PUT DELETE PATCH OPTIONS PROPFIND)) {
        my $response = $browser->request($method, $url, $method eq 'HEAD' ? () : (body => 'a=b'));
        is($response->status, 405, "$method on $name: 405");
        is($response->header('allow'), join(', ', @may), 'with Allow');
    }
}
is($browser->request(TRACE => $asked->{link})->status, 405, 'TRACE: 405');

is($browser->get("$base/approve/$_")->status, 404, "GET /approve/$_: 404")
    for '', 'x', 'A' x 31, 'A' x 32, 'A' x 33, 'attempts', 'attempts/', 'attempts/nothing', 'assets/',
    'assets/ready.html', 'assets/logo-x.js', 'assets/brand-x.js',
    'assets/../nginx.conf', 'assets/%2e%2e/x', 'favicon.ico';
is($browser->get($attempt)->status, 404, 'an attempt that never was: 404');
is($browser->get("$attempt/outcome")->json->{outcome}, 'unknown', 'and its outcome is unknown');
is($browser->get("$base/callback/")->status, 404, 'a callback of no provider: 404');

is(wait_for_outcome($browser, come_back($browser, $callback)->location), 'connected',
    'the callback that was tried with other methods still works');

$grantlink->finish;
done_testing;

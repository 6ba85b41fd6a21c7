# Who comes back from the provider too late has to press the button again.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Time::HiRes qw(sleep);

my $grantlink = Grantlink::Instance->running(settings => {attempt_lifetime => '1s'}, tap => 1);
my $browser   = $grantlink->browser;
my $asked     = request_connection($grantlink);

my $callback = callback_for($browser, $asked->{link});
sleep 2.2;
my $spool    = $grantlink->store_digest('spool');
my $response = $browser->get($callback);
is($response->status, 303, 'the callback answers 303');
my $page = follow($browser, $response);
is($page->page, 'timed_out', 'to the page that says what happened');
is($page->status, 410, 'with 410');
is($grantlink->store_digest('spool'), $spool, 'nothing was written');
is(scalar $grantlink->tap->requests('access_token'), 0, 'the code was not exchanged');

is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'pressing again works');

$grantlink->finish;
done_testing;

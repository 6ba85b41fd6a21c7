# The requester takes a request back.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->running(tap => 1);
my $browser   = $grantlink->browser;
my $admin     = $grantlink->admin;

my $asked    = request_connection($grantlink);
my $callback = callback_for($browser, $asked->{link});
my $answer   = $admin->post("/v1/connections/$asked->{id}/cancel");
is($answer->status, 200, 'cancelled');
is($answer->json->{status}, 'revoked', 'the connection is revoked');

my $page = $browser->get($asked->{link});
is($page->status, 410, 'the link answers 410');
is($page->page, 'cancelled', 'and says that the request was taken back');
is($browser->post($asked->{link})->status, 410, 'its button is dead');
is(follow($browser, come_back($browser, $callback))->page, 'cancelled',
    'who comes back from the provider is told');
is(scalar $grantlink->tap->requests('access_token'), 0, 'the code was not exchanged');
is($admin->post("/v1/connections/$asked->{id}/cancel")->status, 200, 'cancelling again is no error');

my $waiting = request_connection($grantlink);
my $late    = callback_for($browser, $waiting->{link});
$grantlink->tap->hold('access_token');
my $status_url = come_back($browser, $late)->location;
ok($grantlink->tap->wait_until_held, 'an approval is being dealt with');
$admin->post("/v1/connections/$waiting->{id}/cancel");
$grantlink->tap->release;
is(wait_for_outcome($browser, $status_url), 'cancelled', 'its outcome is cancelled');
is($admin->connection($waiting->{id})->{token}, undef, 'no token was kept');
is($grantlink->mailbox->count, 0, 'nobody got mail');

$grantlink->finish;
done_testing;

# The recipient says no at the provider: nothing is connected, the link still works, the requester is told.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->running(tap => 1);
my $browser   = $grantlink->browser;
my $asked     = request_connection($grantlink);

my $callback = decline_at_provider($browser, press($browser, $asked->{link}), 'nike');
like($callback, qr/[?&]error=access_denied\b/, 'the provider answers access_denied');
my $back = come_back($browser, $callback);
is(wait_for_outcome($browser, $back->location), 'declined', 'the outcome is declined');
my $page = follow($browser, $back);
is($page->page, 'declined', 'the page says so');
unlike($page->body, qr/user_denied/, 'and repeats nothing of what the provider sent');

my $now = $grantlink->admin->connection($asked->{id});
is($now->{status}, 'pending', 'the connection still waits');
is($now->{last_outcome}, 'declined', 'and its last outcome is declined');
is($now->{token}, undef, 'there is no token');
is(scalar $grantlink->tap->requests('access_token'), 0, 'nothing was asked of the token endpoint');

my ($mail) = $grantlink->mailbox->wait_for(1);
like($mail->{text}, qr/said no|declined/i, 'the requester is told');

like($page->body, qr/<form method="post"/, 'the browser that began it may try again at once');
my $stranger = $grantlink->browser->post($back->location);
is($stranger->page, 'declined', 'another one may not: who knows an attempt knows no link');
unlike($stranger->body, qr/<form method="post"/, 'and is not asked to');
is_deeply([$stranger->headers('set-cookie')], [], 'nothing was begun for it');
my $again = approve_at_provider($browser, $browser->post($back->location)->location, 'nike');
is(wait_for_outcome($browser, come_back($browser, $again)->location), 'connected', 'it works');
is($grantlink->admin->connection($asked->{id})->{status}, 'active', 'then the connection is active');
is(scalar $grantlink->mailbox->wait_for(2), 2, 'with a mail of its own');

$grantlink->finish;
done_testing;

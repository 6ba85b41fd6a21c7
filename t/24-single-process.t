# nginx without a master, as in a debugger or a small container.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->running(master_process => 'off');
my $browser   = $grantlink->browser;
my $asked     = request_connection($grantlink);
is(scalar $grantlink->worker_pids, 1, 'one process serves');
is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'an approval goes through');
is($browser->get($asked->{link})->page, 'already_connected', 'and is seen');

my $second = request_connection($grantlink);
my $back   = come_back($grantlink->browser, callback_for($browser, $second->{link}));
like($back->location, qr{/confirm\z}, 'the confirm step is there, too');

$grantlink->finish;
done_testing;

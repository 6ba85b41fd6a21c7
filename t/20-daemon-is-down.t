# The daemon can be down without losing an approval.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(query_of);

my $grantlink = Grantlink::Instance->running(workers => 2);
my @asked     = map { request_connection($grantlink) } 1 .. 3;
my @browsers  = map { $grantlink->browser } @asked;
my @callbacks = map { callback_for($browsers[$_], $asked[$_]{link}) } 0, 1;
my $denied    = decline_at_provider($browsers[2], press($browsers[2], $asked[2]{link}), 'nike');

is($grantlink->stop('daemon'), 0, 'the daemon stops');

is(open_page($grantlink->browser, $asked[0]{link})->page, 'ready', 'links open all the same');
is(open_page($browsers[0], $asked[0]{link})->page, 'begun', 'and know who has begun');
is($browsers[0]->post($asked[0]{link})->status, 303, 'and their buttons work');
my @back = map { come_back($browsers[$_], $callbacks[$_]) } 0, 1;
is(follow($browsers[0], $back[0])->page, 'finishing', 'the recipient is told that it is being finished');
is($browsers[0]->head($back[0]->location . '/outcome')->status, 200, 'asking for the outcome is possible');
is(come_back($browsers[0], $callbacks[0])->location, $back[0]->location, 'a second callback changes nothing');

my $stranger = $grantlink->browser;
my $confirm  = come_back($stranger, callback_for($grantlink->browser, $asked[2]{link}));
is(follow($stranger, $confirm)->page, 'confirm', 'the confirm page works');
push @back, come_back($browsers[2], $denied);

my $spool = $grantlink->edge_store . '/spool/data.mdb';
open my $file, '<:raw', $spool or die "$spool: $!";
my $bytes = do { local $/; readline $file };
for my $callback (@callbacks) {
    is(index($bytes, query_of($callback)->{code}), -1, 'the spool holds the code sealed only');
}

$grantlink->start_daemon;
is(wait_for_outcome($browsers[$_], $back[$_]->location), 'connected', "approval $_ is connected after the start")
    for 0, 1;
is(wait_for_outcome($browsers[2], $back[2]->location), 'declined', 'the refusal is known, too');
is(wait_for_status($grantlink, $asked[$_]{id}, 'active')->{status}, 'active', "connection $_ is active") for 0, 1;
is(scalar $grantlink->mailbox->wait_for(3), 3, 'three mails, one for each');
my $health = $grantlink->admin->get('/healthz')->json;
is($health->{spool}{approvals}, 0, 'the spool is empty');

$grantlink->finish;
done_testing;

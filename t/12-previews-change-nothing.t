# Mail scanners and link previews fetch links, follow them and even submit forms. The first to do so is written
# down, since nobody can tell them from people; it costs nothing else.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(resolve_url);

my $grantlink = Grantlink::Instance->running(workers => 2);
my $asked     = request_connection($grantlink);
my $first     = $grantlink->browser;
open_page($first, $asked->{link});
press($first, $asked->{link});
ok(wait_for_event($grantlink, $asked->{id}, $_), "the first visit is known: $_") for qw(opened started);
my $before = $grantlink->admin->connection($asked->{id});
my $stores = $grantlink->store_digest(qw(spool vault links));

my @robots = (
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) BingPreview/1.0b',
    'WhatsApp/2.23.20.0',
);
for my $agent (@robots) {
    my $robot = $grantlink->browser(agent => $agent);
    my $head  = $robot->head($asked->{link});
    is($head->status, 200, 'HEAD answers 200: ' . substr $agent, 0, 20);
    is($head->body, '', 'without a body');
    my $page = $robot->get($asked->{link});
    is($page->page, 'ready', 'GET shows the page');
    is($head->header('content-length'), length $page->body, 'HEAD tells its length');
    like($page->header('x-robots-tag'), qr/noindex/, 'which wants to be in no index');
    is_deeply([$robot->cookies], [], 'no cookie was set');
    for my $reference ($page->body =~ m{(?:src|href)="([^"#]+)"}g) {
        is($robot->get(resolve_url($asked->{link}, $reference))->status, 200,
            "what the page refers to is there: $reference");
    }
    is($robot->post($asked->{link})->status, 303, 'even the button may be pressed');
}
my $visitor = $grantlink->browser;
$visitor->get($asked->{link})  for 1 .. 200;
$visitor->post($asked->{link}) for 1 .. 200;

is($grantlink->store_digest(qw(spool vault links)), $stores, 'all stores are what they were');
is_deeply($grantlink->admin->connection($asked->{id}), $before, 'the connection is what it was');
is($grantlink->mailbox->count, 0, 'nobody got mail');

my $browser = $grantlink->browser;
is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected',
    'the recipient can still approve');

$grantlink->finish;
done_testing;

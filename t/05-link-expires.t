# A link is good for as long as it was made for.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Time::HiRes qw(sleep);

my $grantlink = Grantlink::Instance->running;
my $browser   = $grantlink->browser;

my $asked = request_connection($grantlink, link_lifetime => '2s');
is(open_page($browser, $asked->{link})->page, 'ready', 'a link works at first');
my $late = callback_for($browser, $asked->{link});

ok(eventually(sub { $browser->get($asked->{link})->page eq 'expired' }, 10), 'then it says that it has expired');
my $page = $browser->get($asked->{link});
is($page->status, 410, 'with 410');
like($page->text, qr/new link/i, 'and tells what to ask for');
is($browser->post($asked->{link})->status, 410, 'its button is dead');

my $back = come_back($browser, $late);
is(wait_for_outcome($browser, $back->location), 'connected',
    'who pressed the button in time may finish at the provider');

my $other = request_connection($grantlink, link_lifetime => '1s');
ok(eventually(sub { $browser->get($other->{link})->page eq 'expired' }, 10), 'another link expires');
my $new = $grantlink->admin->post("/v1/connections/$other->{id}/regenerate")->json;
is(open_page($browser, $new->{link})->page, 'ready', 'regenerating gives a link that works');

$grantlink->finish;
done_testing;

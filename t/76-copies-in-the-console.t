# Where there are copies of what posts show, the console shows them, and nobody asks their provider any more.

use v5.36;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP qw(decode_json);
use Test::More;
use Grantlink::Chromium qw(desktop);
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->new(console => 1);
my $provider  = $grantlink->sandbox_provider_with_pictures;
my $pictures  = $provider->{origins}{'https://media.sandbox.invalid'};
$grantlink->write_daemon_config(providers => {instagram => $provider},
    settings => {content => {fastest => '1s', slowest => '1s', retention => '3660d', media => {copy => \1}}});
$grantlink->start;
my $admin   = $grantlink->admin;
my $browser = $grantlink->browser;

my $asked = request_connection($grantlink, account => '@nike');
is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'an account');
my $copies = sub { scalar grep { $_->{media_copy} } @{$admin->get("/v1/connections/$asked->{id}/posts")->json->{posts}} };
ok(eventually(sub { $copies->() == 7 }, 30), 'whose pictures and videos are copied') or diag $grantlink->tail('daemon');

# What the provider was asked for that belongs to posts.
sub provider_was_asked () { return scalar grep { m{\A/1801} } @{decode_json($browser->get("$pictures/asked")->body)} }
my $before = provider_was_asked();
is($before, 7, 'each once');

my $chromium = Grantlink::Chromium->start($grantlink->directory);
my $tab      = $chromium->person(desktop($grantlink->console->credentials, reducedMotion => 'reduce'));
$tab->goto($grantlink->console_url . "#/c/$asked->{id}");
ok($tab->until_true("document.querySelectorAll('.post:not(.ghost)').length === 7"), 'its posts are cards');
$tab->evaluate('document.querySelector(".feed").scrollIntoView()');
my $image = 'document.querySelector(".post img")';
ok($tab->until_true("$image && $image.naturalWidth === 480"), 'with their pictures');
like($tab->evaluate("$image.src"), qr{/v1/connections/\Q$asked->{id}\E/media\?post=1801\d+\z}, 'which are the copies');
is($tab->evaluate('document.querySelectorAll(".post video").length'), 2, 'videos are there');
like($tab->evaluate('document.querySelector(".post video").src'), qr{/media\?post=18010000000000106\z}, 'from the copy, too');
ok($tab->evaluate('document.querySelector(".post video").controls'), 'and can be played');
is($tab->evaluate('document.querySelectorAll(".post .film").length'), 0, 'none is only linked');
is_deeply([grep { !/\A\w+ \Q@{[$grantlink->url]}\E\// } $tab->asked], [], 'the browser asks nobody else');
is(provider_was_asked(), $before, 'nor does grantlinkd');
is_deeply([grep { /Content.Security.Policy|Refused/i } $tab->said], [], 'the policy was not in the way');
is_deeply([$tab->axe], [], 'axe-core finds nothing');
$tab->screenshot('console-copies', window => 1);

my $page = $browser->get($grantlink->url . "/v1/connections/$asked->{id}/media?post=18010000000000107", headers => {Authorization => $grantlink->console->authorization});
is($page->status, 200, 'opened on its own');
is_deeply([sort $page->headers('content-security-policy')]->[0], q{default-src 'none'; sandbox}, 'a copy may do nothing');
is($page->header('x-content-type-options'), 'nosniff', 'and is nothing else than it says');

$grantlink->control_sandbox(DELETE => 'posts', {user => 'nike', id => '18010000000000107'});
ok($tab->until_true("document.querySelectorAll('.post:not(.ghost)').length === 6"), 'a post that is deleted goes');

$chromium->stop;
$grantlink->finish;
done_testing;

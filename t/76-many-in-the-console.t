# The console with thousands of connections: what it asks for stays small, all of them can be found, and
# grantlinkd has time for others.

use v5.36;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Build;
use Grantlink::Chromium qw(desktop);
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;

my $many      = 6000;
my $grantlink = Grantlink::Instance->new(console => 1, settings => {content => {enabled => \0}});
$grantlink->start;
my $admin = $grantlink->admin;

my $oldest  = request_connection($grantlink, account => '@zoe.und.soehne', requester => 'The First of All');
my $browser = $grantlink->browser;
is(wait_for_outcome($browser, approve($browser, $oldest->{link}, 'zoe.und.soehne')), 'connected', 'one is connected');
my $token = $admin->get("/v1/connections/$oldest->{id}/token")->json->{access_token};
$grantlink->stop('daemon');
my $ran = run_command([Grantlink::Build::build_directory() . '/unit/connect_tool', $grantlink->vault,
    $grantlink->directory . '/etc/master.key', 'instagram', $many], input => "$token\n", seconds => 120);
is($ran->{exit}, 0, 'and thousands more') or diag $ran->{err};
$grantlink->start_daemon;
my $newest = request_connection($grantlink, account => '@nike');

my $overview = $admin->get('/v1/overview')->json;
is_deeply([@$overview{qw(connections active pending)}], [$many + 2, $many + 1, 1], 'all are counted');
is($overview->{funnel}{active}, $many + 1, 'in the funnel, too');

my $chromium = Grantlink::Chromium->start($grantlink->directory);
my $tab      = $chromium->person(desktop($grantlink->console->credentials, reducedMotion => 'reduce'));
my $rows     = sub ($count) { $tab->until_true("document.querySelectorAll('.list .row').length === $count") };
$tab->goto($grantlink->console_url);
ok($rows->(100), 'the list begins with a hundred');
is($tab->evaluate('document.querySelector("[data-key=filter-all] .count").innerText'), '6,002', 'and says how many there are');
$tab->screenshot('console-many', window => 1);
$tab->click('[data-key=more]');
ok($rows->(200), 'there are more');
is($tab->evaluate('[...document.querySelectorAll(".row")].indexOf(document.activeElement)'), 100, 'where the keyboard goes on');
$tab->click('[data-key=filter-waiting]');
ok($rows->(1), 'a filter asks for what fits');
$tab->click('[data-key=filter-all]');
ok($rows->(100), 'without it all are back');
$tab->fill('#search', 'first zoe');
ok($rows->(1), 'the oldest is found by its words');
$tab->click('.list .row');
ok($tab->until_true('document.querySelector(".head h1").innerText === "@zoe.und.soehne"'), 'and shown');
$tab->fill('#search', '');
ok($rows->(100), 'without them all are there');
is($tab->evaluate('document.querySelector(".head h1").innerText'), '@zoe.und.soehne', 'what is looked at stays, whether the list has it or not');
$tab->evaluate('location.reload()');
ok($tab->until_true('document.querySelector(".head h1")?.innerText === "@zoe.und.soehne"'), 'also in a new page');
is_deeply([grep { /limit=(\d+)/ && $1 > 500 } $tab->asked], [], 'no request wants all');
is_deeply([$tab->axe], [], 'axe-core finds nothing');

$chromium->stop;
$grantlink->finish;
done_testing;

# Thousands of connections are collected, each once, so many at a time, and none waits for a provider
# that does not answer, nor for many of them.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use IO::Socket::INET;
use Time::HiRes qw(time);
use Grantlink::Build;
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;

my ($many, $some) = (4000, 40);
my @deaf = map { "deaf$_" } 1 .. 9;    # before "instagram" in any order, with more to do than fits

# Takes connections and says nothing.
my $silent = IO::Socket::INET->new(Listen => 512, LocalAddr => '127.0.0.1') or die "listen: $!\n";
my $nowhere = 'http://127.0.0.1:' . $silent->sockport;

my $grantlink = Grantlink::Instance->new(settings => {content => {fastest => '1h', slowest => '1h', retention => '3660d'}});
my $unheard = $grantlink->sandbox_provider(origins => {map { ("https://$_.instagram.com" => $nowhere) } qw(www api graph)});
$grantlink->write_daemon_config(providers => {map { $_ => $unheard } @deaf});
$grantlink->start;
my $admin = $grantlink->admin;

# One token for all, as an approval brings it.
my $asked   = request_connection($grantlink, account => '@zoe.und.soehne');
my $browser = $grantlink->browser;
is(wait_for_outcome($browser, approve($browser, $asked->{link}, 'zoe.und.soehne')), 'connected', 'one is connected');
my $token = $admin->get("/v1/connections/$asked->{id}/token")->json->{access_token};
ok(eventually(sub { @{$admin->get('/v1/posts')->json->{posts}} == 1 }), 'and collected');
$grantlink->stop('daemon');
for my $made ((map { [$_, $some] } @deaf), ['instagram', $many]) {
    my $ran = run_command([Grantlink::Build::build_directory() . '/unit/connect_tool', $grantlink->vault,
        $grantlink->directory . '/etc/master.key', @$made], input => "$token\n", seconds => 120);
    is($ran->{exit}, 0, "$made->[1] connections of $made->[0] are made") or diag $ran->{err};
}
$grantlink->control_sandbox(DELETE => 'requests');
$grantlink->control_sandbox(POST => 'faults', {path => '/me/media', latency_ms => 20, times => 0});

my $start = time;
$grantlink->start_daemon;
my $media = '/v23.0/me/media';
my $seen;
ok(eventually(sub {
    sleep 1;
    $seen = $grantlink->control_sandbox(GET => 'requests')->json;
    return ($seen->{counts}{$media} // 0) >= 2 * $many;
}, 120), 'all are asked for');
diag sprintf '%d connections in %.1f s', $many, time - $start;
sleep 2;
$seen = $grantlink->control_sandbox(GET => 'requests')->json;
is($seen->{counts}{$media}, 2 * $many, 'each of them once, back to its last page, which is empty');
cmp_ok($seen->{most_at_once}{$media}, '<=', 25, 'no more at a time than its share of 256');
cmp_ok($seen->{most_at_once}{$media}, '>', 8, 'and not one after the other');

my (%of, $after);
do {
    my $page = $admin->get('/v1/posts?limit=200' . ($after ? "&after=$after" : ''))->json;
    $of{$_->{connection}}++ for @{$page->{posts}};
    $after = $page->{next};
} while $after;
is(scalar keys %of, $many + 1, 'each has posts');
is_deeply([grep { $_ != 1 } values %of], [], 'and none of them twice');
is($admin->connection($asked->{id})->{status}, 'active', 'and the daemon answers');

$grantlink->kill('daemon');    # it waits for the deaf providers
$grantlink->finish;
done_testing;

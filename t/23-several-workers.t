# Any worker can finish what another one began; they share nothing but the store and the key.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Background qw(in_background);

my $grantlink = Grantlink::Instance->running(
    workers => 4, tap => 1, server => 'add_header X-Worker $pid always;');
is(scalar $grantlink->worker_pids, 4, 'four workers serve');

my @asked    = map { request_connection($grantlink) } 1 .. 24;
my @outcomes = map { $_->result } map {
    my $link = $_->{link};
    in_background(sub {
        my $browser = $grantlink->browser;
        my %workers;
        my $noted = sub ($response) { $workers{$response->header('x-worker')}++; return $response };
        $noted->(open_page($browser, $link));
        my $press = $noted->($browser->post($link));
        my $back  = $noted->($browser->get(approve_at_provider($browser, $press->location, 'nike')));
        my $outcome = wait_for_outcome($browser, $back->location, 60);
        $noted->(follow($browser, $back));
        return {outcome => $outcome, workers => [keys %workers]};
    });
} @asked;

my %count;
$count{$_->{outcome}}++ for @outcomes;
is_deeply(\%count, {connected => 24}, 'all were connected, at the same time');
my %served = map { $_ => 1 } map { @{$_->{workers}} } @outcomes;
cmp_ok(scalar keys %served, '>', 1, 'by more than one worker');
is((grep { $grantlink->admin->connection($_->{id})->{status} ne 'active' } @asked), 0, 'all are active');
is(scalar $grantlink->mailbox->wait_for(24), 24, 'one mail each');
is(scalar $grantlink->tap->requests('POST /oauth/access_token'), 24, 'one exchange each');

$grantlink->finish;
done_testing;

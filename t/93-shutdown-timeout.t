# worker_shutdown_timeout closes the connections of an old worker, but an approval that it is writing
# is written. (Who only waits for an outcome has an answer at once: t/25.)

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Background qw(in_background);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Poll      qw(patient);
use Grantlink::Scrape;
use Grantlink::EdgeTool qw(hold_writer);
use Time::HiRes          qw(sleep);

my $grantlink = Grantlink::Instance->running(main => 'worker_shutdown_timeout 1s;', server => metrics_location());
my $browser   = $grantlink->browser;

sub old_workers ($old) {
    my %now = map { $_ => 1 } $grantlink->worker_pids;
    return grep { $now{$_} } @$old;
}

my $asked    = request_connection($grantlink);
my $callback = callback_for($browser, $asked->{link});
my $lock     = hold_writer($grantlink);
my $answer   = in_background(sub { $browser->get($callback)->status });
ok(eventually(sub { scrape($grantlink)->value('grantlink_spool_queue_depth') == 1 }), 'an approval waits for the lock');
my @old = $grantlink->worker_pids;
$grantlink->reload_nginx;
sleep patient(2.5);    # the time is over
is(scalar old_workers(\@old), 1, 'the old worker waits for what it writes');
ok(!$answer->ended, 'and whoever approved with it');
$lock->release;
is($answer->result, 0, 'nginx has given the connection up');
ok(eventually(sub { !old_workers(\@old) }), 'and leaves when it is written');
is(wait_for_status($grantlink, $asked->{id}, 'active')->{status}, 'active', 'nothing was lost');
is(come_back($browser, $callback)->status, 303, 'who comes back with the same callback');
is(wait_for_outcome($browser, come_back($browser, $callback)->location), 'connected', 'is told so');

$grantlink->finish;
done_testing;

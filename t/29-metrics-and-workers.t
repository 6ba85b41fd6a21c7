# The metrics of several workers: one sum, through reloads and kill -9, and nothing stays behind.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Background qw(in_background);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Scrape;
use Grantlink::EdgeTool qw(hold_writer);
use Grantlink::Url qw(query_of);
use Time::HiRes qw(sleep);

my $grantlink = Grantlink::Instance->running(
    workers => 4, server => 'add_header X-Worker $pid always;' . metrics_location());
my $browser = $grantlink->browser;
my $link    = request_connection($grantlink)->{link};

sub depth { return scrape($grantlink)->value('grantlink_spool_queue_depth') }

subtest 'several workers add up' => sub {
    my @clients = map {
        in_background(sub {
            my %workers;
            $workers{$grantlink->browser->get($link)->header('x-worker')}++ for 1 .. 50;
            return \%workers;
        });
    } 1 .. 4;
    my %workers = map { %{$_->result} } @clients;
    cmp_ok(scalar keys %workers, '>', 1, 'more than one served');
    is_deeply(eventually_requests($grantlink, 200), {'approve ready' => 200}, 'all of it is counted');
};

subtest 'a reload keeps what was counted' => sub {
    my %old = map { $_ => 1 } $grantlink->worker_pids;
    $grantlink->reload_nginx;
    ok(eventually(sub { !grep { $old{$_} } $grantlink->worker_pids }), 'the old workers have gone');
    is_deeply(requests_of(scrape($grantlink)), {'approve ready' => 200}, 'the count is the same');
    $browser->get($link) for 1 .. 10;
    is_deeply(eventually_requests($grantlink, 210), {'approve ready' => 210}, 'and goes on');
};

subtest 'a worker that is killed takes nothing along' => sub {
    for my $pid ($grantlink->worker_pids) {
        kill 'KILL', $pid;
        ok(eventually(sub { !grep { $_ == $pid } $grantlink->worker_pids }), 'one is killed');
    }
    ok(eventually(sub { $grantlink->worker_pids == 4 }), 'four others serve');
    $browser->get($link) for 1 .. 10;
    is_deeply(eventually_requests($grantlink, 220), {'approve ready' => 220}, 'the count goes on');
};

# Callbacks with codes that are made up: the edge cannot tell.
sub callback ($name) {
    my $mine  = $grantlink->browser;
    my $asked = request_connection($grantlink, notify => undef);
    my $state = query_of(press($mine, $asked->{link}))->{state};
    my $to    = $grantlink->public_url . "/callback/instagram?code=$name&state=$state";
    return sub { my $answer = $mine->get($to); return $answer->status . ' ' . $answer->location };
}

# kill -9, and until they are gone: a connection that wakes a dying worker (EPOLLEXCLUSIVE) would wait
# for the next one to come.
sub end_at_once (@pids) {
    kill 'KILL', @pids;
    eventually(sub { !grep { kill 0, $_ } @pids }) or die "workers survive kill -9\n";
}

subtest 'a queue is seen, and its commits' => sub {
    $grantlink->write_nginx_config(workers => 1);
    $grantlink->reload_nginx;
    ok(eventually(sub { $grantlink->worker_pids == 1 }), 'one worker serves');
    my @callbacks = map { callback("made-up-code-$_") } 1 .. 5;
    my $lock  = hold_writer($grantlink);
    my $first = in_background($callbacks[0]);
    ok(eventually(sub { depth() == 1 }), 'one approval waits for its commit');
    my @more = map { in_background($_) } @callbacks[1 .. 4];
    ok(eventually(sub { depth() == 5 }), 'then five');
    is(scrape($grantlink)->value('grantlink_spool_batch_size_count'), 0, 'nothing is committed');
    sleep 0.3;
    $lock->release;
    like($_->result, qr{\A303 .*/attempts/}, 'each is recorded') for $first, @more;
    my $metrics = scrape($grantlink);
    is($metrics->value('grantlink_spool_queue_depth'), 0, 'none waits');
    is($metrics->value('grantlink_approvals_total', result => 'stored'), 5, 'five are stored');
    my @batch = map { $metrics->value('grantlink_spool_batch_size_bucket', le => $_) } 1, 2, 4, 8, '+Inf';
    is("@batch", '1 1 2 2 2', 'in a batch of one and one of four');
    is($metrics->value('grantlink_spool_batch_size_sum'), 5, 'their sum is right');
    is($metrics->value('grantlink_spool_commit_seconds_bucket', le => '0.25'), 1, 'one of them had to wait');
    cmp_ok($metrics->value('grantlink_spool_commit_seconds_sum'), '>', 0.3, 'as long as the lock was held');
};

subtest 'kill -9 with approvals in the queue' => sub {
    $grantlink->write_nginx_config(workers => 2);
    $grantlink->reload_nginx;
    ok(eventually(sub { $grantlink->worker_pids == 2 }), 'two workers serve');
    my @callbacks = map { callback("made-up-code-$_") } 1 .. 8;
    my $before = scrape($grantlink)->sum('grantlink_requests_total');
    my $lock   = hold_writer($grantlink);
    my @waiting = map { in_background($_) } @callbacks;
    ok(eventually(sub { depth() == 8 }), 'eight approvals wait');
    my ($one, $other) = $grantlink->worker_pids;
    end_at_once($one);
    ok(eventually(sub { my $alive = grep { !$_->ended } @waiting; $alive < 8 || $alive == 8 && depth() == 8 }),
        'a worker is killed');
    ok(eventually(sub { depth() == grep { !$_->ended } @waiting }), 'those of the other still wait');
    end_at_once($other);
    ok(eventually(sub { depth() == 0 }), 'when that is killed, none waits');
    $lock->release;
    cmp_ok(scrape($grantlink)->sum('grantlink_requests_total'), '>=', $before, 'no counter went back');
    ok(eventually(sub { $grantlink->worker_pids == 2 }), 'nginx has its workers again');
    like(callback('made-up-code')->(), qr{\A303 .*/attempts/}, 'and approvals are recorded');
    is(depth(), 0, 'none waits');
};

# Nobody takes the place of an old worker that is killed: only its absence shows.
subtest 'kill -9 of a worker that was leaving' => sub {
    my @callbacks = map { callback("made-up-code-$_") } 1 .. 4;
    my $lock = hold_writer($grantlink);
    my @waiting = map { in_background($_) } @callbacks;
    ok(eventually(sub { depth() == 4 }), 'four approvals wait');
    my @old = $grantlink->worker_pids;
    $grantlink->reload_nginx;
    is(depth(), 4, 'also after a reload');
    end_at_once(@old);
    ok(eventually(sub { depth() == 0 }), 'none, when the old workers are killed');
    $lock->release;
    like(callback('made-up-code')->(), qr{\A303 .*/attempts/}, 'approvals are recorded');
};

# Each worker keeps one slot, which it uses again and again.
sub readers_of_spool {
    return scrape($grantlink)->value('grantlink_store_readers', store => 'spool', path => $grantlink->edge_store);
}

subtest 'many scrapes at once, under load' => sub {
    my $before   = requests_of(scrape($grantlink))->{'approve ready'};
    my $readers  = readers_of_spool();
    my @scrapers = map {
        in_background(sub {
            my ($last, $stores) = (0, 0);
            for (1 .. 60) {
                my $metrics = scrape($grantlink);
                my $now = $metrics->sum('grantlink_requests_total');
                die "went back from $last to $now\n" if $now < $last;
                $last = $now;
                $stores += $metrics->sum('grantlink_store_up');
            }
            return $stores;
        });
    } 1 .. 6;
    my @clients = map {
        in_background(sub { my $mine = $grantlink->browser; $mine->get($link) for 1 .. 100; return 1 });
    } 1 .. 3;
    is($_->result, 120, 'sixty scrapes, each whole, none going back, both stores up') for @scrapers;
    $_->result for @clients;
    is(eventually(sub { my $now = requests_of(scrape($grantlink))->{'approve ready'};
        $now >= $before + 300 && $now }), $before + 300, 'nothing was lost or counted twice');
    ok(eventually(sub { readers_of_spool() <= $readers }), 'no scrape keeps a reader');
};

$grantlink->finish;
done_testing;

# nginx may start first, and outlives a daemon that makes its stores anew.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::EdgeTool qw(age_links damage_links);
use File::Path qw(remove_tree);

my $grantlink = Grantlink::Instance->new(workers => 2);
$grantlink->start_smtp;
$grantlink->start_sandbox;
$grantlink->start_nginx;
my $browser = $grantlink->browser;
# Each worker looks at its store once a second, so one may serve that much later than the other.
sub in_both ($holds) {
    return eventually($holds, 10) && sleep(1.1) && 12 == grep { $holds->() } 1 .. 12;
}

sub all_serve ($link) {
    return in_both(sub { $browser->get($link)->page eq 'ready' });
}

my $early   = $browser->get($grantlink->public_url . '/approve/' . 'A' x 32);
is($early->status, 503, 'before the daemon ever ran, pages answer 503');
is($early->page, 'unavailable', 'and say that it will pass');
is($browser->get($grantlink->public_url . '/callback/instagram?code=x&state=y')->status, 303, 'a callback is refused in order');

$grantlink->start_daemon;
my $asked = request_connection($grantlink);
ok(all_serve($asked->{link}), 'once it has, the same nginx serves');
is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'to the end');

subtest 'links/ is deleted and made again from the vault' => sub {
    my $second = request_connection($grantlink);
    $grantlink->stop('daemon');
    remove_tree($grantlink->edge_store . '/links');
    $grantlink->start_daemon;
    ok(all_serve($second->{link}), 'the link works again');
    is($browser->get($asked->{link})->page, 'already_connected', 'and the old one says what it said');
    is(wait_for_outcome($browser, approve($browser, $second->{link})), 'connected', 'an approval goes through');
};

subtest 'links/ is deleted under the running system' => sub {
    my $third = request_connection($grantlink);
    remove_tree($grantlink->edge_store . '/links');
    ok(eventually(sub { eval { $browser->get($third->{link}); 1 } }, 5), 'nginx does not fall over');
    $grantlink->restart_daemon;
    ok(all_serve($third->{link}), 'the link works again');
};

# As when nginx was upgraded and grantlinkd was not: it has not made all databases yet.
subtest 'spool/ is not what nginx needs' => sub {
    my $early = request_connection($grantlink);
    $grantlink->stop('daemon');
    unlink map { $grantlink->edge_store . "/spool/$_" } qw(data.mdb lock.mdb) or die "spool/: $!\n";
    my $press = sub { my $pressed = $browser->post($early->{link}, {}); join ' ', $pressed->status, $pressed->page };
    ok(in_both(sub { $press->() eq '503 unavailable' }), 'nobody is sent to a provider in vain, but told that it will pass');
    $grantlink->start_daemon;
    ok(in_both(sub { $press->() =~ /^303/ }), 'with the daemon it does');
    is(wait_for_outcome($browser, approve($browser, $early->{link})), 'connected', 'to the end');
};

subtest 'links/ is damaged' => sub {
    my $link = request_connection($grantlink)->{link};
    ok(all_serve($link), 'both workers have the store open');
    damage_links($grantlink);
    my $page = $browser->get($link);
    is_deeply([$page->status, $page->page], [503, 'unavailable'], 'a link is not said to be unknown');
    like($grantlink->log('error'), qr/how links are spread cannot be read; stop grantlinkd, delete this directory/, 'the log says what to do');
    $grantlink->stop('daemon');
    remove_tree($grantlink->edge_store . '/links');
    $grantlink->start_daemon;
    ok(all_serve($link), 'which helps');
};

# As when grantlinkd was upgraded and nginx was not. Nothing is read for what it is not.
subtest 'links/ becomes one of another version' => sub {
    my $fourth = request_connection($grantlink);
    ok(all_serve($fourth->{link}), 'both workers have the store open');
    my $callback = made_up_callback($browser, $fourth->{link});
    age_links($grantlink);
    for my $time (1 .. 6) {
        is($browser->get($fourth->{link})->status, 503, "a page answers 503, time $time");
        is($browser->get($fourth->{link})->page, 'unavailable', 'and says that it will pass');
        my $back = $browser->get($callback);
        is_deeply([$back->status, $back->location], [303, '?problem=unavailable'], 'a callback leads to that page');
    }
    like($grantlink->log('error'), qr/has schema 999, this build reads schema \d+; install nginx module and grantlinkd of one version/, 'the log says what to do');
};

$grantlink->finish;
done_testing;

# Copies share their disk with the vault, which needs some of it; a file that cannot be erased is in nobody's way, and
# what is read slowly is read to its end.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Socket::UNIX;
use Test::More;
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::MediaHost;
use Grantlink::Publisher;

my %quick     = (fastest => '1s', slowest => '1s', retention => '3660d');
my $grantlink = Grantlink::Instance->new;
my $host      = Grantlink::MediaHost->new($grantlink);
sub configure (%media) {
    $grantlink->write_daemon_config(settings => {content => {%quick, media => {copy => \1, %media}}}, providers => {instagram => $host->provider});
}
configure(keep_free_mb => 100_000_000);    # more than there is
$grantlink->start;
my $admin = $grantlink->admin;

my $acme = Grantlink::Publisher->new($grantlink, 'acme');
is($acme->outcome, 'connected', 'an account without posts');


subtest 'what has to stay free' => sub {
    $acme->publish("free-$_") for 1 .. 3;
    ok(eventually(sub { $acme->post('free-3') }), 'posts are collected') or diag $grantlink->tail('daemon');
    ok(eventually(sub { $host->counted('unwritable') }, 30), 'a disk with less is as good as full');
    ok($acme->polled_again && $acme->polled_again, 'posts go on being collected');
    is_deeply([$host->asked], [], 'nothing is fetched');
    my @told = $grantlink->log('daemon') =~ /copies: they cannot be written.*bytes are free on the disk/g;
    is(scalar @told, 1, 'the log says it once');
    configure(keep_free_mb => 0);
    $grantlink->restart_daemon;
    ok(eventually(sub { 3 == grep { $acme->copy_of("free-$_") } 1 .. 3 }, 30), 'with another reserve they are copied') or diag $grantlink->tail('daemon');
};

subtest 'a small disk' => sub {
    plan skip_all => 'only root can mount one' if $> != 0;
    $grantlink->stop('daemon');
    my $directory = $host->directory;
    my $mounted   = run_command(['mount', '-t', 'tmpfs', '-o', 'size=8m,mode=0700', 'grantlink-test', $directory]);
    plan skip_all => 'nothing can be mounted here' if $mounted->{exit} != 0;
    configure();
    $grantlink->start_daemon;
    $host->behave("/small-$_.jpg", size => 1_100_000, unsized => 1) for 1 .. 12;
    $acme->publish("small-$_") for 1 .. 12;
    ok(eventually(sub { $host->counted('unwritable') }, 60), 'is full at some time') or diag $grantlink->tail('daemon');
    my $copies = grep { $acme->copy_of("small-$_") } 1 .. 12;
    cmp_ok($copies, '>=', 6, "$copies had room");
    cmp_ok($copies, '<=', 7, 'a twentieth of it stays free');
    is(scalar(() = $host->files), $copies, 'nothing is left of what did not');
    $grantlink->stop('daemon');
    is(run_command(['umount', $directory])->{exit}, 0, 'it is taken away');
    configure(keep_free_mb => 0);
    $grantlink->start_daemon;
    $acme->withdraw("small-$_") for 1 .. 12;
    ok(eventually(sub { !grep({ $acme->copy_of("small-$_") } 1 .. 12) && $host->files == 3 }), 'and the posts go');
};

subtest 'a file that cannot be erased' => sub {
    my ($path) = map { $host->directory . "/$_" } ($host->files)[0];
    unlink $path or die;
    mkdir $path or die;
    my @before = $host->files;
    $acme->withdraw("free-$_") for 1 .. 3;
    ok(eventually(sub { $host->files == @before - 2 }), 'stays alone') or diag $grantlink->tail('daemon');
    $grantlink->log_has('daemon', qr/copies: some could not be erased/, 'which the log says');
    $acme->publish('after');
    ok(eventually(sub { $acme->copy_of('after') }), 'others are copied');
    $acme->withdraw('after');
    ok(eventually(sub { $host->files == @before - 2 }), 'and erased');
    my @told = $grantlink->log('daemon') =~ /copies: some could not be erased/g;
    is(scalar @told, 1, 'it is said once');
    rmdir $path or die;
    $grantlink->restart_daemon;
    ok(eventually(sub { $admin->get('/metrics')->body =~ /^grantlink_media_bytes 0$/m }), 'when it can be, it is');
    is($grantlink->cli('check')->{exit}, 0, 'all is well');
};

subtest 'when copying is switched off' => sub {
    configure(copy => \0);
    $grantlink->restart_daemon;
    $acme->publish("late-$_") for 1 .. 3;
    ok(eventually(sub { $acme->post('late-3') }), 'posts are there');
    $host->behave("/late-$_.jpg", delay => 4000) for 1 .. 3;
    my $times = sub { my $sum = 0; $sum += $host->times("/late-$_.jpg") for 1 .. 3; return $sum };
    configure();
    $grantlink->reload_daemon;
    ok(eventually(sub { $times->() == 1 }, 30), 'the first is asked for');
    configure(copy => \0);
    $grantlink->reload_daemon;
    sleep 6;    # it comes meanwhile
    ok($acme->polled_again && $acme->polled_again, 'posts are read again');
    is($times->(), 1, 'no other was asked for');
    is(scalar(() = $host->files), 0, 'and none is kept');
};

subtest 'who reads slowly' => sub {
    configure();
    $grantlink->restart_daemon;
    $host->behave('/film.mp4', size => 3_000_001);
    $acme->publish('film', media_type => 'VIDEO');
    ok(eventually(sub { $acme->copy_of('film') }, 30), 'a video is copied') or diag $grantlink->tail('daemon');
    my $socket = IO::Socket::UNIX->new(Peer => $grantlink->socket) or die;
    print $socket 'GET ' . $acme->copy_of('film')->{url} . " HTTP/1.1\r\nHost: grantlink\r\n\r\n";
    sleep 13;    # a player that is paused
    my $answer = do { local $/; readline $socket };
    my ($head, $body) = split /\r\n\r\n/, $answer, 2;
    like($head, qr{\AHTTP/1.1 200 }, 'it is handed out');
    ok($body eq $host->bytes('/film.mp4'), 'to its end');
};

$grantlink->finish;
done_testing;

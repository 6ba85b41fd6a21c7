# nginx's binary is upgraded while recipients approve: USR2, WINCH, QUIT, as nginx.org describes it.
# Nobody gets an error, nothing is lost, nothing is done twice.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Background qw(in_background);
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Toml qw(write_file);

plan skip_all => 'under valgrind a process does not show what it is' if $ENV{GRANTLINK_VALGRIND};

# nginx hands no more of its environment to the new binary than it is told to; sanitizers need theirs.
my $grantlink = Grantlink::Instance->new(workers => 2, tap => 1,
    main => 'env LD_PRELOAD; env ASAN_OPTIONS; env UBSAN_OPTIONS;');
my $browser   = $grantlink->browser;
my $pid_file  = $grantlink->directory . '/nginx/nginx.pid';

# nginx upgrades only what has left the process that started it. It has a process group of its own
# then, which ends with the test whatever happens.
my $config = $grantlink->directory . '/nginx/nginx.conf';
write_file($config, $grantlink->nginx_config_text =~ s/daemon off;/daemon on;/r);
$grantlink->start_smtp;
$grantlink->start_sandbox;
$grantlink->start_daemon;
my $started = run_command([$grantlink->_nginx_command($config)],
    environment => $grantlink->{sanitizer}->environment(preload => 1));
is($started->{exit}, 0, 'nginx starts as a daemon') or diag $started->{err};
my $old = eventually(sub { pid_in($pid_file) }) or BAIL_OUT('nginx has not started');
my $test = $$;
END { if (defined $old && $$ == $test) { local $?; kill KILL => -$old } }
ok(eventually(sub { workers_of($old) == 2 }), 'with two workers');

sub pid_in ($path) {
    open my $file, '<', $path or return 0;
    return (readline($file) // 0) + 0;
}

sub workers_of ($master) {
    open my $file, '<', "/proc/$master/task/$master/children" or return;
    return grep { Grantlink::Evidence::_command_line("/proc/$_") =~ /worker process/ } split ' ', readline($file) // '';
}

# A recipient who waits at a worker of the old binary.
$grantlink->tap->hold('POST /oauth/access_token');
my $waiting = come_back($browser, callback_for($browser, request_connection($grantlink)->{link}))->location;
my $poll    = in_background(sub { $browser->get("$waiting/outcome")->json->{outcome} });
ok($grantlink->tap->wait_until_held, 'an exchange is under way');

# And others who begin and come back all the time.
my @asked   = map { request_connection($grantlink) } 1 .. 12;
my @clients = map {
    my @mine = @asked[$_ * 4 .. $_ * 4 + 3];
    in_background(sub {
        my $browser = $grantlink->browser;
        return [map { wait_for_outcome($browser, approve($browser, $_->{link}), 60) } @mine];
    });
} 0 .. 2;

my @old_workers = workers_of($old);
kill USR2 => $old;
my $new = eventually(sub { my $pid = pid_in($pid_file); $pid && $pid != $old && $pid });
isnt($new, undef, 'a new master has come');
is(pid_in("$pid_file.oldbin"), $old, 'beside the old one');
ok(eventually(sub { workers_of($new) == 2 }), 'with workers of its own');
is(open_page($browser, $_->{link})->page, 'ready', 'pages are there while both serve')
    for map { request_connection($grantlink) } 1 .. 4;

kill WINCH => $old;
$grantlink->tap->release;
like($poll->result, qr/\A(?:connected|pending)\z/, 'who waited at an old worker has an answer');
is(wait_for_outcome($browser, $waiting), 'connected', 'and the outcome');
ok(eventually(sub { !grep { kill 0, $_ } @old_workers }, 20), 'the old workers have gone');
kill QUIT => $old;
ok(eventually(sub { !kill 0, $old }), 'and the old master');
is(open_page($browser, request_connection($grantlink)->{link})->page, 'ready', 'the new binary serves alone');

is_deeply([map { my $got = eval { $_->result } // ["$@"]; @$got } @clients], [('connected') x 12],
    'twelve approvals on the way');
is(wait_for_status($grantlink, $_->{id}, 'active')->{status}, 'active', 'a connection is active') for @asked;
is(scalar(() = $grantlink->tap->requests('POST /oauth/access_token')), 13, 'each code was exchanged once');

kill QUIT => $new;
ok(eventually(sub { !kill 0, $new }, 20), 'the new master ends when asked');
$grantlink->finish;
done_testing;

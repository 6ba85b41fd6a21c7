package Grantlink::Bench::Load;

# wrk on core 1, one thread, with the scripts in load/. Answers figures, and dies of wrong answers.

use v5.36;
use Cwd            qw(abs_path);
use File::Basename qw(dirname);
use Time::HiRes    ();
use Grantlink::Command qw(run_command);
use Grantlink::Process;
use Grantlink::Bench::Figures qw(rounded);

our $scripts = dirname(dirname(dirname(dirname(abs_path(__FILE__))))) . '/load';
our $core    = 1;

# command(port =>, connections =>, seconds =>, script =>, arguments => [])
sub command (%with) {
    return ['taskset', '-c', $core, 'wrk', '--threads', 1, '--connections', $with{connections},
        '--duration', "$with{seconds}s", '--latency', '--timeout', '10s',
        '--script', "$scripts/$with{script}.lua", "http://127.0.0.1:$with{port}/",
        '--', map { "$_" } @{$with{arguments}}];
}

sub environment { return {GRANTLINK_BENCH_LOAD => $scripts} }

# Runs a load to its end.
sub run (%with) {
    my $ran = run_command(command(%with), environment => environment(), seconds => $with{seconds} + 30);
    die "wrk failed: $ran->{out}$ran->{err}" if $ran->{exit} != 0;
    return figures($ran->{out});
}

# Starts one in the background: more of log => file, nice => so much behind the others.
sub start (%with) {
    return Grantlink::Process->start(
        name => 'wrk', log => $with{log}, environment => environment(),
        command => ['nice', '-n', $with{nice}, @{command(%with)}],
    );
}

# Takes what nginx tells grantlinkd on these sockets.
sub start_listener ($log, @sockets) {
    return Grantlink::Process->start(name => 'wake.pl', log => $log,
        command => ['taskset', '-c', $core, $^X, "$scripts/wake.pl", @sockets]);
}

# Its figures; it has so many seconds to end by itself.
sub finish ($process, $seconds) {
    my $until = time + $seconds;
    while ($process->alive) {
        die "wrk does not end\n" if time > $until;
        Time::HiRes::sleep(0.05);
    }
    die 'wrk failed: ' . $process->log if $process->status != 0;
    return figures($process->log);
}

sub figures ($text) {
    my ($line) = $text =~ /^figures(.*)$/m or die "wrk printed no figures:\n$text";
    my %found = map { split /=/ } split ' ', $line;
    die "wrk met $found{socket_errors} socket errors:\n$text" if $found{socket_errors};
    die "wrk got no answer:\n$text" unless $found{requests};
    $found{seconds} = $found{microseconds} / 1e6;
    $found{rate}    = rounded($found{requests} / $found{seconds}, 1);
    return \%found;
}

# Every answer must have the status and the length that were seen before the run: an error page has
# another length. At the end of a run some of the requests that are under way may have got a piece of
# an answer.
sub require_answers ($figures, $length, $under_way, $what) {
    my $expected = $figures->{requests} * $length;
    my $surplus  = $figures->{bytes} - $expected;
    die "$what: $figures->{status_errors} answers were errors\n" if $figures->{status_errors};
    die "$what: $figures->{requests} answers of $length bytes are $expected bytes, but "
        . "$figures->{bytes} came: some were others\n"
        if $surplus < 0 || $surplus > $under_way * $length;
    return $figures;
}

1;

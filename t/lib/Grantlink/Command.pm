package Grantlink::Command;

# Runs a program to its end and answers what it printed and how it ended.

use v5.36;
use Exporter   'import';
use File::Temp ();
use POSIX      ();
use Grantlink::Poll qw(eventually);

our @EXPORT_OK = qw(run_command);

# run_command([program, arguments], input => '', environment => {}, seconds => 30)
# answers {exit, out, err}; exit is 128 + the signal when one ended it.
sub run_command ($command, %with) {
    my ($in, $out, $err) =
        map { File::Temp->new(TEMPLATE => 'grantlink-run-XXXXXX', TMPDIR => 1) } 1 .. 3;
    print {$in} $with{input} // '';
    $in->flush;

    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP PIPE);
        open STDIN,  '<', $in->filename;
        open STDOUT, '>', $out->filename;
        open STDERR, '>', $err->filename;
        %ENV = (%ENV, %{$with{environment} // {}});
        exec {$command->[0]} @$command or do {
            print STDERR "$command->[0]: $!\n";
            POSIX::_exit(127);
        };
    }

    my $status;
    my $seconds = $with{seconds} // 30;
    my $ended   = eventually(sub {
        return 0 if waitpid($pid, POSIX::WNOHANG()) == 0;
        $status = $?;
        return 1;
    }, $seconds);
    if (!$ended) {
        kill 'KILL', $pid;
        waitpid $pid, 0;
        die "$command->[0] was still running after $seconds s\n" . _text($out) . _text($err);
    }
    my $exit = $status & 127 ? 128 + ($status & 127) : $status >> 8;
    return {exit => $exit, out => _text($out), err => _text($err)};
}

sub _text ($file) {
    open my $read, '<', $file->filename or return '';
    local $/;
    return readline($read) // '';
}

1;

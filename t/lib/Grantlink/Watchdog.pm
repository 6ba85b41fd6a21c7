package Grantlink::Watchdog;

# Ends a test file that hangs, and says where it hung: a suite that never ends tells nothing.

use v5.36;
use Carp  ();
use POSIX ();
use Grantlink::Poll qw(patient);
use Grantlink::Process;

my $seconds = patient(240);

# An unsafe signal handler: perl's deferred ones wait for the end of what hangs, for instance of a
# regular expression.
sub bite {
    print STDERR Carp::longmess("$0: still running after $seconds s, ended");
    Grantlink::Process::end_all();
    POSIX::_exit(124);
}

my $action = POSIX::SigAction->new(\&bite);
$action->safe(0);
POSIX::sigaction(POSIX::SIGALRM(), $action) or die "sigaction: $!\n";
alarm $seconds;

1;

package Grantlink::Poll;

# Waiting for something to become true, without guessing how long it takes.

use v5.36;
use Exporter 'import';
use Time::HiRes qw(sleep time);

our @EXPORT_OK = qw(eventually patient);

# Under valgrind all takes longer: each limit of the harness goes through here.
my $patience = $ENV{GRANTLINK_PATIENCE} // 1;

sub patient ($seconds) { return $seconds * $patience }

# The first true answer of `check`, asked again and again; nothing when `seconds` have passed.
# The pauses grow, so that what is quick is noticed at once and what is slow costs little.
sub eventually ($check, $seconds = 15) {
    my $deadline = time + patient($seconds);
    my $pause    = 0.005;
    while (1) {
        my $answer = $check->();
        return $answer if $answer;
        return         if time > $deadline;
        sleep $pause;
        $pause *= 1.5 if $pause < 0.1;
    }
}

1;

package Grantlink::Bench::Priority;

# Whoever may (root) measures before all other programs of the machine, so that these disturb less.
# Everything that is compared inherits it alike.

use v5.36;

my $owner = $$;
my $before;    # of the session, where the kernel groups processes by sessions (sched_autogroup)

sub raise {
    return if $> != 0;
    eval { setpriority 0, 0, -20 };
    open my $file, '<', '/proc/self/autogroup' or return;
    ($before) = (readline($file) // '') =~ /nice (-?\d+)/ or return;
    set_session(-20);
}

sub set_session ($nice) {
    open my $file, '>', '/proc/self/autogroup' or return;
    print {$file} $nice;
}

END { set_session($before) if defined $before && $$ == $owner }

1;

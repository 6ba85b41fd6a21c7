package Grantlink::Valgrind;

# nginx under valgrind's memcheck (GRANTLINK_VALGRIND=1): how it is started, and what was reported.
# Meant for the debug build of nginx, whose pools do not hide what runs over the end of an allocation.

use v5.36;

my $suppressions = $INC{'Grantlink/Valgrind.pm'} =~ s{Grantlink/Valgrind\.pm\z}{valgrind.supp}r;

sub new ($class, $directory) {
    my $self = bless {directory => $directory, enabled => $ENV{GRANTLINK_VALGRIND} ? 1 : 0}, $class;
    if ($self->{enabled}) {
        mkdir $directory or die "$directory: $!\n";
        chmod 01777, $directory;    # nginx's workers are another user
    }
    return $self;
}

# What stands before the program; one report a process.
sub command ($self) {
    return unless $self->{enabled};
    # "access" leaves leaks out: what nginx and ld.so leave at their end differs from run to run.
    my @leaks = $ENV{GRANTLINK_VALGRIND} eq 'access' ? '--leak-check=no'
        : qw(--leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite);
    return (qw(valgrind --quiet --num-callers=25), @leaks, "--suppressions=$suppressions",
        "--log-file=$self->{directory}/report.%p");
}

# How a process's command line shows its title: under valgrind not at all.
sub title_of ($self, $title) { return $self->{enabled} ? qr/valgrind/ : qr/\Q$title\E/ }

# How many processes have begun a report, be it an empty one.
sub processes ($self) { return scalar(() = glob "$self->{directory}/report.*") }

sub reports ($self) {
    return map {
        open my $file, '<', $_ or die "$_: $!\n";
        local $/;
        my $text = readline($file) // '';
        length $text ? "$_:\n$text" : ();
    } glob "$self->{directory}/report.*";
}

1;

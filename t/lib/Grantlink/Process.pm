package Grantlink::Process;

# A child process in a process group of its own, its output in a file.
#
# Whatever happens to the test (it ends, dies, is interrupted), nothing that was started here
# outlives it: END and the signal handlers below see to that.

use v5.36;
use POSIX qw(WNOHANG setpgid);
use Grantlink::Poll qw(eventually);

my $owner = $$;    # forked copies of the test must not end what the test has started
my %running;       # pid → process

# start(name =>, command => [program, arguments], log => file, environment => {}, directory =>)
sub start ($class, %with) {
    my $self = bless {%with, ended => undef}, $class;
    my $pid  = fork // die "cannot fork for $with{name}: $!\n";
    if (!$pid) {
        eval { $self->_become };
        print STDERR "cannot start $with{name} ($with{command}[0]): $@";
        POSIX::_exit(127);
    }
    setpgid($pid, $pid);    # both sides do it, so that neither has to wait for the other
    $self->{pid} = $pid;
    $running{$pid} = $self;
    return $self;
}

sub _become ($self) {
    setpgid(0, 0);
    $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP PIPE CHLD);
    open STDIN,  '<',  '/dev/null'  or die "/dev/null: $!\n";
    open STDERR, '>>', $self->{log} or die "$self->{log}: $!\n";
    open STDOUT, '>&', \*STDERR     or die "stdout: $!\n";
    if (defined $self->{directory}) {
        chdir $self->{directory} or die "$self->{directory}: $!\n";
    }
    %ENV = (%ENV, %{$self->{environment} // {}});
    my @command = @{$self->{command}};
    exec {$command[0]} @command or die "$!\n";
}

sub pid ($self)  { return $self->{pid} }
sub name ($self) { return $self->{name} }

sub alive ($self) {
    $self->_reap(WNOHANG) unless defined $self->{ended};
    return !defined $self->{ended};
}

# As perl's $?, once the process has ended.
sub status ($self) { return $self->alive ? undef : $self->{ended} }

sub _reap ($self, $flags) {
    my $pid = waitpid $self->{pid}, $flags;
    return if $pid == 0;
    $self->{ended} = $pid < 0 ? -1 : $?;
    delete $running{$self->{pid}};
}

# Waits until `check` is true; dies with the end of the log when it is not, or the process ends.
sub ready_when ($self, $check, $seconds = 20) {
    my $ready = eventually(sub { $check->() ? 'yes' : $self->alive ? '' : 'ended' }, $seconds);
    return $self if ($ready // '') eq 'yes';
    my $why = $ready ? 'ended at once' : "was not ready after $seconds s";
    die "$self->{name} $why\n" . $self->log_tail;
}

# Waits until `pattern` stands in the log; answers what its first group caught.
sub ready_line ($self, $pattern, $seconds = 20) {
    my $caught;
    $self->ready_when(sub { $self->log =~ $pattern ? do { $caught = $1; 1 } : 0 }, $seconds);
    return $caught;
}

sub log ($self) {
    open my $file, '<', $self->{log} or return '';
    local $/;
    return readline($file) // '';
}

sub log_tail ($self) { return tail($self->{name}, $self->log) }

# The end of a log, for a message: 25 lines, cut where they are endless.
sub tail ($name, $text) {
    my @lines = split /\n/, $text;
    splice @lines, 0, @lines - 25 if @lines > 25;
    return join '', map { "  $name| " . (length > 300 ? substr($_, 0, 300) . ' ...' : $_) . "\n" } @lines;
}

sub signal ($self, $signal) { return kill $signal, $self->{pid} }

# Asks with a signal, insists with SIGKILL after `seconds`. Answers the exit status as in $?. QUIT, which
# is for nginx, is repeated: without a master it looks for signals only before it waits for events, so that
# one in between is seen with the next event.
sub stop ($self, $signal = 'TERM', $seconds = 15) {
    return $self->{ended} unless $self->alive;
    $self->{asked} = 1;
    my $asked = 0;
    $self->{insisted} = 1 unless eventually(sub {
        return 1 unless $self->alive;
        $self->signal($signal) if !$asked++ || $signal eq 'QUIT' && $asked % 20 == 0;
        return 0;
    }, $seconds);
    return $self->kill;
}

# That it ends by itself is what the test wants.
sub may_end ($self) { $self->{asked} = 1 }

# The test ended it; otherwise it ended by itself.
sub was_asked ($self) { return $self->{asked} // 0 }

# The stop had to insist: the process did not end when asked.
sub insisted ($self) { return $self->{insisted} // 0 }

# SIGKILL for the whole group at once, as when the machine's power goes.
sub kill ($self) {
    $self->{asked} = 1 if $self->alive;
    CORE::kill('KILL', -$self->{pid});
    $self->_reap(0) unless defined $self->{ended};
    return $self->{ended};
}

# SIGKILL for this one process; children of its own live on.
sub kill_alone ($self) {
    $self->{asked} = 1 if $self->alive;
    CORE::kill('KILL', $self->{pid});
    $self->_reap(0) unless defined $self->{ended};
    return $self->{ended};
}

sub end_all {
    return if $$ != $owner;
    local ($?, $!);
    $_->kill for values %running;
}

for my $signal (qw(INT TERM HUP)) {
    $SIG{$signal} = sub { exit 130 };    # through the END blocks
}

END { end_all() }

1;

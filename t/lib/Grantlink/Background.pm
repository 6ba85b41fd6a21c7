package Grantlink::Background;

# A piece of the test itself, run beside it in a forked copy; its answer comes back as JSON.

use v5.36;
use Exporter   'import';
use IO::Select ();
use JSON::PP   ();
use POSIX      ();

our @EXPORT_OK = qw(in_background);

my $json = JSON::PP->new->allow_nonref->utf8;

# in_background(sub { …; return $data })->result
sub in_background ($work) {
    pipe my $read, my $write or die "pipe: $!\n";
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        close $read;
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
        my $answer = eval { {value => $work->()} } // {error => "$@"};
        print {$write} $json->encode($answer);
        close $write;
        POSIX::_exit(0);    # no END blocks: they belong to the test
    }
    close $write;
    return bless {pid => $pid, read => $read, owner => $$}, __PACKAGE__;
}

# Whether it has ended, without waiting.
sub ended ($self) {
    return IO::Select->new($self->{read})->can_read(0) ? 1 : 0;
}

# Waits for the end; dies as the work did.
sub result ($self) {
    local $/;
    my $text = readline($self->{read}) // '';
    $self->_reap;
    my $answer = eval { $json->decode($text) } // {error => "the background work was killed\n"};
    die $answer->{error} if defined $answer->{error};
    return $answer->{value};
}

sub _reap ($self) {
    waitpid delete $self->{pid}, 0 if $self->{pid};
}

sub DESTROY ($self) {
    return unless $self->{pid} && $self->{owner} == $$;
    local ($?, $!, $@);
    kill 'KILL', $self->{pid};
    $self->_reap;
}

1;

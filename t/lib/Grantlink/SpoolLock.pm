package Grantlink::SpoolLock;

# The spool's writer lock, held by another process: what nginx wants to write stays in its thread
# pool until release().

use v5.36;
use IPC::Open2 qw(open2);

sub hold ($class, $grantlink) {
    my $self = bless {owner => $$}, $class;
    $self->{pid} = open2($self->{out}, $self->{in},
        Grantlink::Instance::program('unit/hold_spool'), $grantlink->edge_store);
    my $line = readline $self->{out};
    die "the spool's lock was not taken\n" unless ($line // '') eq "held\n";
    return $self;
}

sub release ($self) {
    return unless $self->{pid} && $self->{owner} == $$;
    local ($?, $!);
    close $self->{in};
    waitpid delete $self->{pid}, 0;
}

sub DESTROY ($self) { $self->release }

1;

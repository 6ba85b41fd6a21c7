package Grantlink::Port;

# A free TCP port of the loopback interface that stays ours.
#
# The socket is bound but never listens. With SO_REUSEADDR on both sides Linux lets a server bind
# the same port beside it, and gives the port to nobody who asks for any: tests may run in parallel.

use v5.36;
use IO::Socket::INET;
use Grantlink::Poll qw(patient);

sub reserve ($class, @wanted) {
    for my $port (@wanted, 0) {
        my $socket = IO::Socket::INET->new(
            LocalAddr => '127.0.0.1', LocalPort => $port, Proto => 'tcp', ReuseAddr => 1,
        ) or next;
        return bless {socket => $socket, number => $socket->sockport}, $class;
    }
    die "no free TCP port on 127.0.0.1: $!\n";
}

sub number ($self) { return $self->{number} }

sub answers ($self) {
    return defined IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{number}, Timeout => patient(2));
}

1;

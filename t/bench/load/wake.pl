# Stands for grantlinkd at the wake.sock of edge stores: takes what a worker tells of visits, so that
# telling costs it what it costs in service.
#
#   wake.pl SOCKET...

use v5.36;
use IO::Select ();
use IO::Socket::UNIX;
use Socket qw(SOCK_DGRAM);

my $sockets = IO::Select->new(map {
    unlink $_;
    IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $_) or die "$_: $!\n";
} @ARGV);
while (my @ready = $sockets->can_read) {
    for my $socket (@ready) {
        defined $socket->recv(my $datagram, 65536) or die "recv: $!\n";
    }
}

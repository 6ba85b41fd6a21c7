package Grantlink::Wire;

# One connection to nginx, byte by byte: what is sent is sent as it is, and responses are taken one
# after the other. For keep-alive, pipelining, requests in pieces, and going away in the middle.

use v5.36;
use IO::Select ();
use IO::Socket::INET;
use Socket      qw(SOL_SOCKET SO_LINGER);
use Time::HiRes qw(time);
use Grantlink::Poll qw(patient);
use Grantlink::Response;

# At another address than nginx's own, if one is given.
sub connect ($class, $grantlink, $address = $grantlink->url =~ s{\Ahttp://}{}r) {
    my $socket  = IO::Socket::INET->new(PeerAddr => $address, Timeout => patient(10))
        or die "cannot connect to $address: $!\n";
    return bless {socket => $socket, bytes => '', sent => '', address => $address,
        evidence => $grantlink->evidence}, $class;
}

# Answers the connection itself, so that one line can connect, send and receive.
sub send ($self, @pieces) {
    local $SIG{PIPE} = 'IGNORE';
    for my $piece (@pieces) {
        $self->{sent} .= $piece;
        print {$self->{socket}} $piece;
        $self->{socket}->flush;
    }
    $self->{evidence}->learn_from($self->{sent});
    return $self;
}

# A request as text: request("GET /x", Host => …, body => …)
sub request ($self, $line, %with) {
    my $body    = delete $with{body};
    my %headers = (Host => $self->{address}, %with);
    $headers{'Content-Length'} //= length $body if defined $body;
    return "$line HTTP/1.1\r\n"
        . join('', map { "$_: $headers{$_}\r\n" } grep { defined $headers{$_} } sort keys %headers)
        . "\r\n" . ($body // '');
}

# The next response; status 0 when the peer closed instead. with: method, seconds (30)
sub response ($self, %with) {
    my $deadline = time + patient($with{seconds} // 30);
    until (defined $self->_length($with{method} // 'GET')) {
        my $left = $deadline - time;
        die "no response in time, but: $self->{bytes}\n" if $left <= 0;
        next unless IO::Select->new($self->{socket})->can_read($left);
        next if sysread $self->{socket}, $self->{bytes}, 65536, length $self->{bytes};
        $self->{closed} = 1;
        last;
    }
    my $length = $self->_length($with{method} // 'GET') // length $self->{bytes};
    my $raw    = substr $self->{bytes}, 0, $length, '';
    my $response = Grantlink::Response->parse($raw, request => 'a request', url => "http://$self->{address}/");
    $self->{evidence}->learn_from($raw);
    return $response;
}

# What has come so far, once it matches; it stays there.
sub peek ($self, $pattern, $seconds = 10) {
    my $deadline = time + patient($seconds);
    while ($self->{bytes} !~ $pattern && time < $deadline) {
        next unless IO::Select->new($self->{socket})->can_read(0.1);
        last unless sysread $self->{socket}, $self->{bytes}, 65536, length $self->{bytes};
    }
    return $self->{bytes};
}

# How long the first response in the buffer is, once all of it is there.
sub _length ($self, $method) {
    my ($interim) = $self->{bytes} =~ m{\A(HTTP/1\.1 100 [^\n]*\r\n\r\n)};
    my $at = length($interim // '');
    my ($head) = substr($self->{bytes}, $at) =~ /\A(.*?\r\n\r\n)/s or return;
    $at += length $head;
    return $at if $method eq 'HEAD' || $head =~ m{\AHTTP/1\.1 (?:204|304)};
    if ($head =~ /^Content-Length:\s*(\d+)/mi) {
        return length $self->{bytes} >= $at + $1 ? $at + $1 : undef;
    }
    return unless $head =~ /^Transfer-Encoding:\s*chunked/mi;
    while (substr($self->{bytes}, $at) =~ /\A([0-9a-fA-F]+)\r\n/) {
        $at += length($1) + 4 + hex $1;
        return if $at > length $self->{bytes};
        return $at if hex $1 == 0;
    }
    return;
}

# Whether the server has closed and nothing is left to read.
sub ended ($self, $seconds = 10) {
    return 0 if length $self->{bytes};
    return 1 if $self->{closed};
    return 0 unless IO::Select->new($self->{socket})->can_read(patient($seconds));
    return !sysread $self->{socket}, $self->{bytes}, 65536, length $self->{bytes};
}

sub shut_writing ($self) { shutdown $self->{socket}, 1; return $self }
sub close ($self)        { CORE::close $self->{socket} }

# With a reset instead of an orderly end.
sub reset ($self) {
    setsockopt $self->{socket}, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
    CORE::close $self->{socket};
}

1;

package Grantlink::Http2;

# An HTTP/2 connection in clear with prior knowledge (RFC 9113), frame by frame, as far as tests need
# it that do what no client does: reset streams, send a body in pieces, go away in the middle.
# Header blocks are literals without indexing (RFC 7541, section 6.2.2); those of responses are not
# decoded, only the first byte is looked at, which tells the status of the static table.

use v5.36;
use IO::Select ();
use IO::Socket::INET;
use Time::HiRes qw(time);
use Grantlink::Poll qw(patient);

use constant {DATA => 0, HEADERS => 1, RST_STREAM => 3, SETTINGS => 4, PING => 6, GOAWAY => 7, WINDOW_UPDATE => 8};
use constant {END_STREAM => 1, ACK => 1, END_HEADERS => 4, CANCEL => 8};

sub connect ($class, $address) {
    my $socket = IO::Socket::INET->new(PeerAddr => $address, Timeout => patient(10))
        or die "cannot connect to $address: $!\n";
    my $self = bless {socket => $socket, address => $address, bytes => '', next => 1, streams => {}}, $class;
    print {$socket} "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    return $self->frame(SETTINGS, 0, 0, '');
}

sub frame ($self, $type, $flags, $stream, $payload) {
    local $SIG{PIPE} = 'IGNORE';
    my $length = length $payload;
    print {$self->{socket}} pack('Cn CC N', $length >> 16, $length & 0xffff, $type, $flags, $stream), $payload;
    $self->{socket}->flush;
    return $self;
}

# Sends the head of a request and answers its stream. `open` leaves the stream open for a body.
sub request ($self, $method, $path, $headers = {}, %with) {
    my $stream = $self->{next};
    $self->{next} += 2;
    my @fields = ([':method', $method], [':scheme', 'http'], [':path', $path], [':authority', $self->{address}],
        map { [$_, $headers->{$_}] } sort keys %$headers);
    my $block = join '', map { "\0" . _string($_->[0]) . _string($_->[1]) } @fields;
    $self->frame(HEADERS, END_HEADERS | ($with{open} ? 0 : END_STREAM), $stream, $block);
    return $stream;
}

sub _string ($text) {
    my $length = length $text;
    return chr($length) . $text if $length < 127;
    $length -= 127;
    my $bytes = chr 127;
    for (; $length >= 128; $length >>= 7) { $bytes .= chr($length & 127 | 128) }
    return $bytes . chr($length) . $text;
}

sub body ($self, $stream, $bytes, %with) {
    return $self->frame(DATA, $with{more} ? 0 : END_STREAM, $stream, $bytes);
}

sub reset ($self, $stream) { return $self->frame(RST_STREAM, 0, $stream, pack 'N', CANCEL) }

# Reads frames until `check` is true; false when the connection ended or nothing came.
sub read_until ($self, $check, $seconds = 20) {
    my $deadline = time + patient($seconds);
    until ($check->()) {
        my $left = $deadline - time;
        return 0 if $left <= 0 || $self->{ended};
        next unless IO::Select->new($self->{socket})->can_read($left);
        $self->{ended} = 1 unless sysread $self->{socket}, $self->{bytes}, 65536, length $self->{bytes};
        $self->_take_frames;
    }
    return 1;
}

sub _take_frames ($self) {
    while (length $self->{bytes} >= 9) {
        my ($high, $low, $type, $flags, $stream) = unpack 'Cn CC N', $self->{bytes};
        my $length = $high << 16 | $low;
        last if length $self->{bytes} < 9 + $length;
        my $payload = substr $self->{bytes}, 9, $length;
        substr $self->{bytes}, 0, 9 + $length, '';
        my $seen = $self->{streams}{$stream} //= {body => '', ended => 0};
        $self->frame(WINDOW_UPDATE, 0, 0, pack 'N', $length) if $type == DATA && $length;
        $self->frame(SETTINGS, ACK, 0, '') if $type == SETTINGS && !($flags & ACK);
        $self->{pongs}++                   if $type == PING;
        $seen->{head} //= $payload         if $type == HEADERS;
        $seen->{body} .= $payload          if $type == DATA;
        $seen->{reset} = 1                 if $type == RST_STREAM;
        $seen->{ended} = 1 if $type == RST_STREAM || ($flags & END_STREAM && ($type == DATA || $type == HEADERS));
        $self->{ended} = 1 if $type == GOAWAY;
    }
}

# The whole response: {status, head, body, reset}
sub response ($self, $stream, $seconds = 20) {
    $self->read_until(sub { $self->{streams}{$stream}{ended} }, $seconds) or die "stream $stream never ended\n";
    my $seen = $self->{streams}{$stream};
    return {%$seen, status => _status($seen->{head} // '')};
}

# `:status` stands first: an index of the static table, or its name's index and a literal.
sub _status ($head) {
    my %indexed = (8 => 200, 9 => 204, 10 => 206, 11 => 304, 12 => 400, 13 => 404, 14 => 500);
    my ($first) = unpack 'C', $head =~ s/\A[\x20-\x3f]//sr;    # a table size update
    return 0                      unless defined $first;
    return $indexed{$first & 127} if $first & 128;
    return $head =~ /\A.{1,2}\x03(\d{3})/s ? $1 : $head =~ /\A.{1,2}\x82(..)/s ? _huffman($1) : 0;
}

# Three digits in Huffman code (RFC 7541, appendix B): 0, 1 and 2 have five bits, others six.
sub _huffman ($bytes) {
    my $bits   = unpack 'B*', $bytes;
    my $digits = '';
    while (length $digits < 3) {
        if    ($bits =~ s/\A000(00|01|10)//) { $digits .= oct "0b$1" }
        elsif ($bits =~ s/\A0(\d{5})//)      { $digits .= oct("0b$1") - 0b11001 + 3 }
        else                                 { return 0 }
    }
    return $digits;
}

# Whether the connection still answers.
sub alive ($self) {
    my $before = $self->{pongs} // 0;
    $self->frame(PING, 0, 0, 'grantlnk');
    return $self->read_until(sub { ($self->{pongs} // 0) > $before }, 10);
}

sub close ($self) { CORE::close $self->{socket} }

1;

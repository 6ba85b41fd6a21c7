package Grantlink::Admin;

# The admin API: HTTP and JSON over a Unix socket.

use v5.36;
use File::Temp ();
use IO::Socket::UNIX;
use JSON::PP ();
use Grantlink::Response;

my $json = JSON::PP->new->utf8->canonical;

# new(socket path, witness => sub ($response, $sent) {})
sub new ($class, $socket, %with) {
    return bless {socket => $socket, %with}, $class;
}

sub get ($self, $path) { return $self->request(GET => $path) }

sub post ($self, $path, $data = undef) {
    return $self->request(POST => $path, defined $data ? $json->encode($data) : undef);
}

# Answers a Grantlink::Response; the body, when there is one, is sent as it is.
sub request ($self, $method, $path, $body = undef, %headers) {
    my $bytes = "$method $path HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    $headers{'Content-Type'} //= 'application/json' if defined $body;
    $headers{'Content-Length'} //= length($body // '') if $method ne 'GET';
    $bytes .= "$_: $headers{$_}\r\n" for sort keys %headers;
    my $response = $self->send_raw($bytes . "\r\n" . ($body // ''), "$method $path");
    _record($method, $path, $response);
    return $response;
}

# For t/99-answers-fit-openapi.t, which compares all answers of all tests with the documentation.
my ($record, $recorder);

sub _record ($method, $path, $response) {
    my $dir = $ENV{GRANTLINK_ANSWERS_DIR} // return;
    return if !-w $dir || !$response->status;    # a test that has become another user; no answer
    ($record, $recorder) = (File::Temp->new(DIR => $dir, TEMPLATE => 'XXXXXXXX', SUFFIX => '.jsonl', UNLINK => 0), $$)
        if ($recorder // 0) != $$;    # copies of a test do not write into one file
    print {$record} $json->encode({test => $0, method => $method, path => $path, status => 0 + $response->status,
        type => $response->header('content-type') // '', body => $response->body}), "\n";
    $record->flush;
}

sub send_raw ($self, $bytes, $name = 'raw bytes') {
    my $socket = IO::Socket::UNIX->new(Peer => $self->{socket})
        or die "cannot connect to $self->{socket}: $!\n";
    local $SIG{PIPE} = 'IGNORE';
    print {$socket} $bytes;
    $socket->flush;
    my $response = Grantlink::Response->read_from($socket, request => "admin $name", seconds => 30);
    $self->{witness}->($response, $bytes) if $self->{witness};
    return $response;
}

# The connection as the daemon sees it now; dies when there is none.
sub connection ($self, $id) {
    my $response = $self->get("/v1/connections/$id");
    die $response->summary . ': ' . $response->body . "\n" if $response->status != 200;
    return $response->json;
}

sub answers ($self) {
    my $response = eval { $self->get('/healthz') } or return 0;
    return $response->status == 200;
}

1;

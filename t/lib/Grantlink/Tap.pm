package Grantlink::Tap;

# Stands between the daemon and a provider: writes down each exchange, and on request holds one back
# or answers in the provider's place. So a test knows what was really sent, and can stop the world
# between two steps.
#
#   my $tap = Grantlink::Tap->new($directory);
#   Grantlink::Instance->new(provider_origin => $tap->url);
#   $tap->start($provider_url);

use v5.36;
use File::Path qw(make_path);
use IO::Socket::INET;
use JSON::PP ();
use POSIX    ();
use Time::HiRes qw(sleep time);
use Grantlink::Poll qw(eventually);
use Grantlink::Port;
use Grantlink::Process;
use Grantlink::Response;

my $json = JSON::PP->new->latin1->canonical;

sub new ($class, $directory) {
    make_path($directory);
    return bless {directory => $directory, port => Grantlink::Port->reserve}, $class;
}

sub url ($self) { return 'http://127.0.0.1:' . $self->{port}->number }

# `to` is the provider's host and port. With `keep_host` it is asked by our name: proofs of possession
# say the URL that the client has asked.
sub start ($self, $to, %with) {
    my $library = $INC{'Grantlink/Tap.pm'} =~ s{/Grantlink/Tap\.pm\z}{}r;
    $self->{process} = Grantlink::Process->start(
        name => 'tap', log => "$self->{directory}/tap.out",
        command => [$^X, "-I$library", '-MGrantlink::Tap', '-e', 'Grantlink::Tap::serve(@ARGV)',
            $self->{port}->number, $to =~ s{\Ahttp://}{}r, $self->{directory}, $with{keep_host} ? 1 : 0],
    );
    return $self->{process}->ready_when(sub { $self->{port}->answers });
}

sub stop ($self) { $self->{process}->kill if $self->{process} }

# Requests whose first line matches wait before they reach the provider, or, with `after`, before
# its answer reaches the daemon. One rule at a time; no pattern: none.
sub hold ($self, $pattern, %with) { $self->_rule({hold => $pattern, %with}) }

# The next `times` matching requests are answered with these bytes and never reach the provider.
sub answer ($self, $pattern, $bytes, $times = 1e9) {
    $self->_rule({answer => $pattern, bytes => $bytes, id => time, times => $times});
}

sub release ($self) { $self->_rule({}) }

# The pattern as text; it is matched by another process.
sub _rule ($self, $rule) {
    _write("$self->{directory}/rule.new", $json->encode($rule));
    rename "$self->{directory}/rule.new", "$self->{directory}/rule";
}

# Waits until `count` requests have been held back, ever.
sub wait_until_held ($self, $count = 1, $seconds = 15) {
    return eventually(sub { $self->_count('held') >= $count }, $seconds);
}

# All exchanges so far: [{request, response}, …] as raw text.
sub exchanges ($self) {
    my @files = sort glob "$self->{directory}/*.exchange";
    return map { $json->decode(_read($_)) } @files;
}

# The requests whose first line matches.
sub requests ($self, $pattern) {
    return grep { /\A[^\r\n]*$pattern/ } map { $_->{request} } $self->exchanges;
}

sub _count ($self, $kind) {
    my @files = glob "$self->{directory}/*.$kind";
    return scalar @files;
}

# The other process.

sub serve ($port, $to, $directory, $keep_host) {
    my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 64,
        ReuseAddr => 1) or die "port $port: $!\n";
    $SIG{CHLD} = 'IGNORE';
    $SIG{PIPE} = 'IGNORE';
    my $number = 0;
    while (1) {
        my $socket = $server->accept or next;
        my $name = sprintf '%s/%06d', $directory, ++$number;
        if (!fork) {
            close $server;
            eval { _relay($socket, $to, $directory, $name, $keep_host); 1 } or print STDERR $@;
            POSIX::_exit(0);
        }
    }
}

sub _relay ($socket, $to, $directory, $name, $keep_host) {
    my $request = _read_request($socket);
    return unless length $request;
    my ($line) = $request =~ /\A([^\r\n]*)/;
    my $text = -e "$directory/rule" ? _read("$directory/rule") : '{}';
    my $rule = $json->decode($text);
    my $response;
    if (defined $rule->{answer} && $line =~ /$rule->{answer}/ && _take_turn($directory, $rule)) {
        $response = $rule->{bytes};
    } else {
        my $hold = defined $rule->{hold} && $line =~ /$rule->{hold}/;
        _wait_for_release($directory, $name, $text) if $hold && !$rule->{after};
        $response = _forward($request, $to, $keep_host);
        _keep($name, $request, $response);
        _wait_for_release($directory, $name, $text) if $hold && $rule->{after};
    }
    _keep($name, $request, $response);
    print {$socket} $response;
    $socket->flush;
    close $socket;
}

sub _read_request ($socket) {
    my $request = '';
    while (sysread $socket, $request, 65536, length $request) {
        my ($head, $body) = $request =~ /\A(.*?\r\n)\r\n(.*)\z/s or next;
        my ($length) = $head =~ /^Content-Length:\s*(\d+)/mi;
        last if length $body >= ($length // 0);
    }
    return $request;
}

sub _forward ($request, $to, $keep_host) {
    my $provider = IO::Socket::INET->new(PeerAddr => $to) or return '';
    $request =~ s/^Connection:[^\n]*\n//mi;
    $request =~ s/^Host:[^\n]*/Host: $to\r/mi if !$keep_host;
    $request =~ s/\r\n\r\n/\r\nConnection: close\r\n\r\n/;
    print {$provider} $request;
    $provider->flush;
    return Grantlink::Response->read_from($provider, request => 'tap')->raw;
}

# Until another rule is in force than the one that made it wait.
sub _wait_for_release ($directory, $name, $rule) {
    _write("$name.held", '');
    sleep 0.01 while _read("$directory/rule") eq $rule;
}

# True as long as the rule has answers left; several relays may ask at once.
sub _take_turn ($directory, $rule) {
    for my $turn (1 .. ($rule->{times} < 1000 ? $rule->{times} : 1000)) {
        return 1 if mkdir "$directory/turn-$rule->{id}-$turn";
    }
    return $rule->{times} >= 1000;
}

sub _keep ($name, $request, $response) {
    _write("$name.new", $json->encode({request => $request, response => $response}));
    rename "$name.new", "$name.exchange";
}

sub _read ($path) {
    open my $file, '<:raw', $path or die "$path: $!\n";
    local $/;
    return readline($file) // '';
}

sub _write ($path, $content) {
    open my $file, '>:raw', $path or die "$path: $!\n";
    print {$file} $content;
    close $file or die "$path: $!\n";
}

1;

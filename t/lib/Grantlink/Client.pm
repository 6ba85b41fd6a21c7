package Grantlink::Client;

# A browser in miniature: a cookie jar and nothing that happens by itself. Redirects are answers.

use v5.36;
use IO::Socket::INET;
use Grantlink::Poll qw(patient);
use Grantlink::Response;
use Grantlink::Url qw(split_url encode_form);

my $agent = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15';

# new(witness => sub ($response, $sent) {}, connect => {'https://public.example' => '127.0.0.1:8080'})
# The witness sees each exchange; `connect` says where an origin is really served, in clear.
sub new ($class, %with) {
    return bless {jar => {}, agent => $agent, %with}, $class;
}

sub get ($self, $url, %with)  { return $self->request(GET => $url, %with) }
sub head ($self, $url, %with) { return $self->request(HEAD => $url, %with) }

# As a browser posts a form of a page that has `Referrer-Policy: no-referrer`: `Origin: null`.
sub post ($self, $url, $form = {}, %with) {
    my %headers = (
        'Content-Type' => 'application/x-www-form-urlencoded',
        Origin         => 'null',
        %{$with{headers} // {}},
    );
    return $self->request(POST => $url, %with, headers => \%headers, body => encode_form($form));
}

# request(METHOD => url, headers => {}, body =>, seconds =>, cookies => 0)
sub request ($self, $method, $url, %with) {
    my $to      = split_url($url);
    my $body    = $with{body};
    my %headers = (
        Host         => $to->{origin} =~ s{\A\w+://}{}r,
        'User-Agent' => $self->{agent},
        Accept       => 'text/html,*/*;q=0.8',
        Connection   => 'close',
        %{$with{headers} // {}},
    );
    my $cookies = $self->_cookies_for($to);
    $headers{Cookie} //= $cookies if length $cookies && ($with{cookies} // 1);
    $headers{'Content-Length'} //= length $body if defined $body;

    my $bytes = "$method $to->{target} HTTP/1.1\r\n"
        . join('', map { "$_: $headers{$_}\r\n" } grep { defined $headers{$_} } sort keys %headers)
        . "\r\n" . ($body // '');
    my $response = $self->_exchange($to, $bytes, method => $method, url => $url,
        seconds => $with{seconds}, request => "$method $to->{path}");
    $self->_keep_cookies($to, $response);
    return $response;
}

# These bytes and no others, to the server of `url`.
sub send_raw ($self, $url, $bytes, %with) {
    return $self->_exchange(split_url($url), $bytes, url => $url, request => 'raw bytes', %with);
}

sub _exchange ($self, $to, $bytes, %with) {
    my $address = $self->{connect}{$to->{origin}} // "$to->{host}:$to->{port}";
    my $socket  = IO::Socket::INET->new(PeerAddr => $address, Timeout => patient(10))
        or die "cannot connect to $address: $!\n";
    local $SIG{PIPE} = 'IGNORE';    # a server may refuse before it has read all
    print {$socket} $bytes;
    $socket->flush;
    delete $with{seconds} unless defined $with{seconds};
    my $response = Grantlink::Response->read_from($socket, %with);
    $self->{witness}->($response, $bytes) if $self->{witness};
    return $response;
}

# The jar (RFC 6265): per host, whatever the port. Loopback counts as secure, as in browsers.

sub _cookies_for ($self, $to) {
    my $jar    = $self->{jar}{$to->{host}} // {};
    my $secure = $to->{scheme} eq 'https' || $to->{host} =~ /\A(?:127\.|localhost\z)/;
    my @match  = grep {
               ($_->{expires} // 'inf') > time
            && (!$_->{secure} || $secure)
            && _path_matches($to->{path}, $_->{path})
    } map { $jar->{$_} } sort keys %$jar;
    return _cookie_header(@match);
}

sub _path_matches ($path, $cookie) {
    return 1 if $path eq $cookie;
    return index($path, $cookie =~ m{/\z} ? $cookie : "$cookie/") == 0;
}

sub _keep_cookies ($self, $to, $response) {
    for my $line ($response->headers('set-cookie')) {
        my ($pair, @attributes) = split /\s*;\s*/, $line;
        my ($name, $value) = split /=/, $pair, 2;
        my %has = map { my ($n, $v) = split /=/, $_, 2; lc $n => $v // 1 } @attributes;
        my $path = ($has{path} // '') =~ m{\A/} ? $has{path} : $to->{path} =~ s{/[^/]*\z}{}r || '/';
        next if $name =~ /\A__Host-/ && !($has{secure} && $path eq '/' && !defined $has{domain});
        my $cookie = {name => $name, value => $value // '', path => $path, secure => $has{secure}};
        $cookie->{expires} = time + $has{'max-age'} if defined $has{'max-age'};
        $self->{jar}{$to->{host}}{"$name $path"} = $cookie;
    }
}

sub cookies ($self) {
    return map { values %$_ } values %{$self->{jar}};
}

# All of them, as the value of a Cookie header.
sub cookie_header ($self) { return _cookie_header($self->cookies) }

sub _cookie_header (@cookies) { return join '; ', map { "$_->{name}=$_->{value}" } @cookies }

sub forget_cookies ($self) { $self->{jar} = {} }

1;

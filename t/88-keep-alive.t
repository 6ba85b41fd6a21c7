# Many requests on one connection: kept alive, pipelined in one segment, in HTTP/1.0, with
# Expect: 100-continue and chunked bodies. Answers come in order, and none is lost.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(query_of encode_form);
use Grantlink::Wire;

my $grantlink = Grantlink::Instance->running(log_level => 'debug');
my $form_type = 'application/x-www-form-urlencoded';

sub path_of ($url) { return $url =~ s{\A\w+://[^/]+}{}r }

# A callback as a request on the wire, by GET or as a form_post; with another parameter, if asked.
sub callback_request ($wire, $method, %with) {
    my $browser  = $grantlink->browser;
    my $callback = made_up_callback($browser, request_connection($grantlink)->{link});
    my %headers  = (Cookie => $browser->cookie_header, %with);
    return $wire->request('GET ' . path_of($callback), %headers) if $method eq 'GET';
    return $wire->request('POST /callback/instagram', %headers, 'Content-Type' => $form_type,
        body => encode_form(query_of($callback)));
}

subtest 'kept alive' => sub {
    my $wire = Grantlink::Wire->connect($grantlink);
    my $asked = request_connection($grantlink);
    my $path  = path_of($asked->{link});
    for my $round (1 .. 3) {
        is($wire->send($wire->request("GET $path"))->response->page, 'ready', 'a page');
        is($wire->send($wire->request("HEAD $path"))->response(method => 'HEAD')->status, 200, 'HEAD');
        is($wire->send($wire->request("POST $path", body => 'a=b'))->response->status, 303, 'the button, whose body is passed over');
        is($wire->send($wire->request("DELETE $path", body => 'x' x 5000))->response->status, 405, 'a method of none, with a body');
        is($wire->send(callback_request($wire, 'GET'))->response->status, 303, 'a callback');
        is($wire->send(callback_request($wire, 'POST'))->response->status, 303, 'a posted callback');
        is($wire->send($wire->request('GET /approve/nothing'))->response->page, 'not_found', 'an error');
    }
};

subtest 'pipelined' => sub {
    my $wire  = Grantlink::Wire->connect($grantlink);
    my $path  = path_of(request_connection($grantlink)->{link});
    my @order = (qw(page callback page form callback form button callback page)) x 4;
    my %make  = (
        page     => sub { $wire->request("GET $path") },
        button   => sub { $wire->request("POST $path", body => 'a=b') },
        callback => sub { callback_request($wire, 'GET') },
        form     => sub { callback_request($wire, 'POST') },
    );
    my %status = (page => 200, button => 303, callback => 303, form => 303);
    my %where  = (page => qr/\A\z/, button => qr/authorize/, callback => qr{/attempts/}, form => qr{/attempts/});
    $wire->send(join '', map { $make{$_}->() } @order);
    my (@statuses, %attempts, $astray);
    for my $kind (@order) {
        my $response = $wire->response;
        push @statuses, $response->status;
        $astray ||= $response->location !~ $where{$kind};
        $attempts{$response->location} = 1 if $kind =~ /callback|form/;
    }
    is_deeply(\@statuses, [map { $status{$_} } @order], scalar(@order) . ' answers in order');
    ok(!$astray, 'each to its own request');
    is(scalar keys %attempts, scalar(grep { /callback|form/ } @order), 'each callback is recorded as one of its own');
    my $browser = $grantlink->browser;
    my %outcomes;
    $outcomes{wait_for_outcome($browser, $_)}++ for keys %attempts;
    is_deeply(\%outcomes, {provider_error => scalar keys %attempts}, 'and has its outcome');
};

subtest 'HTTP/1.0' => sub {
    my $path = path_of(request_connection($grantlink)->{link});
    my $wire = Grantlink::Wire->connect($grantlink);
    is($wire->send("GET $path HTTP/1.0\r\n\r\n")->response->page, 'ready', 'without Host');
    ok($wire->ended, 'the connection is closed');
    $wire = Grantlink::Wire->connect($grantlink);
    is($wire->send("GET $path HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")->response->page, 'ready', 'or kept alive')
        for 1, 2;
    my $callback = callback_request($wire, 'GET') =~ s{HTTP/1.1}{HTTP/1.0}r;
    is($wire->send($callback)->response->status, 303, 'a callback');
    ok($wire->ended, 'is answered, and the connection is closed');
};

subtest 'Expect: 100-continue' => sub {
    my $wire = Grantlink::Wire->connect($grantlink);
    my ($head, $body) = split /(?<=\r\n\r\n)/, callback_request($wire, 'POST', Expect => '100-continue');
    $wire->send($head);
    like($wire->peek(qr/\r\n\r\n/), qr{\AHTTP/1.1 100 }, 'nginx asks for the body');
    is($wire->send($body)->response->status, 303, 'and the callback is recorded');
    my $path = path_of(request_connection($grantlink)->{link});
    is($wire->send($wire->request("POST $path", Expect => '100-continue', 'Content-Length' => 3) . 'a=b')->response->status,
        303, 'the button, which reads no body, works too');
};

subtest 'chunked bodies' => sub {
    my $wire = Grantlink::Wire->connect($grantlink);
    for my $size (1, 7, 1000) {
        my ($head, $body) = split /(?<=\r\n\r\n)/, callback_request($wire, 'POST', 'Content-Length' => undef,
            'Transfer-Encoding' => 'chunked') =~ s/^Content-Length:[^\n]*\n//mr;
        my @chunks = map { sprintf "%x\r\n%s\r\n", length, $_ } $body =~ /.{1,$size}/gs;
        is($wire->send($head, @chunks, "0\r\n\r\n")->response->status, 303, "a callback in chunks of $size");
    }
    my $path = path_of(request_connection($grantlink)->{link});
    is($wire->send($wire->request("POST $path", 'Transfer-Encoding' => 'chunked') . "3\r\na=b\r\n0\r\n\r\n")->response->status,
        303, 'the button');
    my $broken = $wire->send($wire->request('POST /callback/instagram', 'Transfer-Encoding' => 'chunked') . "zz\r\n")->response;
    is($broken->status, 400, 'chunks that are none are refused by nginx');
};

$grantlink->logs_are_clean('no secret is in a log, at debug level');
$grantlink->finish;
done_testing;

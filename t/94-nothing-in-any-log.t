# A log format with each variable that can hold a secret, and the error log at debug level: each route, to each of its
# ends, and what nginx and its limits refuse, leave no secret in either.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::NginxConfig qw(every_variable);
use Grantlink::Url qw(query_of);
use Grantlink::Walk;
use Grantlink::Wire;

my $grantlink = Grantlink::Instance->new(
    workers => 1, log_level => 'debug',
    http => 'limit_req_zone $binary_remote_addr zone=few:1m rate=1r/m;' . "\n" . every_variable(),
);
my $every = $grantlink->directory . '/logs/every.log';
$grantlink->write_nginx_config(server => <<~"END");
    access_log $every every;
    client_header_timeout 2s;
    location /limited/approve/ { grantlink_approve; limit_req zone=few; }
    location /limited/callback/ { grantlink_callback; limit_req zone=few; }
    END
$grantlink->start;
walk($grantlink);

# limit_req logs an error with the request in it, before any handler has seen that.
my $browser  = $grantlink->browser;
my $asked    = request_connection($grantlink);
my $callback = callback_for($browser, $asked->{link});
my @limited  = map { s{(//[^/]+)/}{$1/limited/}r } $asked->{link}, $callback;
is($browser->get($limited[0])->status, 200, 'the first is let through');
is($browser->get($_)->status, 503, 'another is refused') for @limited;
is($browser->post($limited[1] =~ s/\?.*//sr, query_of($callback))->status, 503, 'also when it is posted');
$grantlink->log_has('error', qr/limiting requests/, 'the error log tells of it');

# Requests that never become one, and one whose client did not wait for the answer.
my $fresh = made_up_callback($browser, request_connection($grantlink)->{link});
my ($path, $query) = $fresh =~ m{\A\w+://[^/]+([^?]*)(.*)};
my $cookies = 'Cookie: ' . $browser->cookie_header;
my ($token) = $asked->{link} =~ m{([^/]+)\z};
sub wire () { return Grantlink::Wire->connect($grantlink) }
is(wire->send("GET /approve/$token?" . 'a' x 40_000 . " HTTP/1.1\r\nHost: x\r\n\r\n")->response->status, 414, 'a target that is too long');
is(wire->send("GET $path$query HTTP/1.1\r\nHost: x\r\n$cookies\r\nX: " . 'a' x 40_000 . "\r\n\r\n")->response->status, 400, 'a header that is too long');
my $slow = wire->send("GET $path$query HTTP/1.1\r\nHost: x\r\n$cookies");
ok($slow->ended, 'a head that does not come to its end: the connection is closed');
$grantlink->stop('daemon');
my $status = come_back($browser, $fresh)->location =~ s{\A\w+://[^/]+}{}r;
my $gone = wire->send("GET $status/outcome HTTP/1.1\r\nHost: x\r\nReferer: $fresh\r\n$cookies\r\n\r\n");
sleep 1;
$gone->reset;
ok(eventually(sub { $grantlink->log('every') =~ /^499 /m }), 'a client that goes while it waits for the outcome');
$grantlink->log_has('every', qr/^$_ /m, "$_ is in the log") for 408, 414, 400, 499;

$grantlink->stop('nginx');
cmp_ok(scalar(() = $grantlink->log('every') =~ /\n/g), '>', 50, 'many lines in that format');
$grantlink->log_has('every', qr/^303 .* sent_http_location=\*/m, 'with each variable');
$grantlink->logs_are_clean('no secret is in any of them', qw(every error));
$grantlink->finish;
done_testing;

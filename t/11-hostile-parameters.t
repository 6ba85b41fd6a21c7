# Whatever stands in a callback's query, it is refused in good order and nothing is recorded.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(encode_value query_of);

my $grantlink = Grantlink::Instance->running(
    server => 'large_client_header_buffers 4 64k;', callback => 'client_max_body_size 1m;');
my $browser  = $grantlink->browser;
my $asked    = request_connection($grantlink);
my $callback = callback_for($browser, $asked->{link});
my $base     = $callback =~ s/\?.*//sr;
my ($state, $code) = @{query_of($callback)}{qw(state code)};
my $spool    = $grantlink->store_digest('spool');

my $encoded = join '', map { sprintf '%%%02x', ord } split //, $state;
my @refused = (
    'state twice'                  => "state=$state&code=$code&state=$state",
    'code twice'                   => "state=$state&code=$code&code=$code",
    'code twice, the first empty'  => "state=$state&code=&code=$code",
    'error twice'                  => "state=$state&error=access_denied&error=access_denied",
    'iss twice'                    => "state=$state&code=$code&iss=a&iss=b",
    'code and error'               => "state=$state&code=$code&error=access_denied",
    'neither code nor error'       => "state=$state",
    'code without state'           => "code=$code",
    'an empty state'               => "state=&code=$code",
    'an empty code'                => "state=$state&code=",
    'NUL behind the state'         => "state=$state%00&code=$code",
    'NUL behind the code'          => "state=$state&code=$code%00",
    'NUL in another name'          => "state=$state&code=$code&a%00b=c",
    'a line break in the code'     => "state=$state&code=$code%0d%0aSet-Cookie:%20a=b",
    'a tab in the error'           => "state=$state&error=access%09denied",
    'a lone percent sign'          => "state=$state&code=$code%",
    'half a percent-encoding'      => "state=$state&code=$code%4",
    'no hexadecimal digit'         => "state=$state&code=%zz",
    'an encoded equals sign'       => "state%3d$state&code=$code",
    'a state encoded twice'        => 'state=' . encode_value($encoded) . "&code=$code",
    'a very long state'            => 'state=' . ('A' x 5000) . "&code=$code",
    'a very long code'             => "state=$state&code=" . ('c' x 20_000),
    'a very long error'            => "state=$state&error=" . ('e' x 5000),
    'a very long name'             => "state=$state&code=$code&" . ('n' x 5000) . '=1',
    'a semicolon for an ampersand' => "state=$state;code=$code",
    'names in capitals'            => "STATE=$state&CODE=$code",
    'array brackets'               => "state[]=$state&code[]=$code",
    'nothing'                      => '',
    'ampersands'                   => '&' x 2000,
    'bytes that are no UTF-8'      => 'state=%ff%fe%80&code=%c3%28',
);

while (my ($name, $query) = splice @refused, 0, 2) {
    for my $method (qw(GET POST)) {
        my $response =
            $method eq 'GET' ? $browser->get("$base?$query") : $browser->post($base, $query);
        if ($response->status == 303) {
            unlike($response->location, qr/\Q$code\E|\Q$state\E/,
                "$name ($method): nothing of it is in the next URL");
            $response = follow($browser, $response);
        }
        is($response->status, 400, "$name ($method): 400") or diag $response->summary;
    }
}

my @raw = (
    'a NUL byte in the target' => "GET /callback/instagram?state=$state\0&code=$code HTTP/1.1\r\nHost: a\r\n",
    'a bare line feed'         => "GET /callback/instagram?state=$state\n&code=$code HTTP/1.1\r\nHost: a\r\n",
    'blanks in the target'     => "GET /callback/instagram?state=$state &code=$code HTTP/1.1\r\nHost: a\r\n",
    'an empty body'            => "POST /callback/instagram HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n",
    'a body that is too long'  => "POST /callback/instagram HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n",
);
while (my ($name, $bytes) = splice @raw, 0, 2) {
    my $response = $browser->send_raw($base, "${bytes}Connection: close\r\n\r\n");
    cmp_ok($response->status, '<', 500, "$name is no server error");
    isnt($response->status, 200, 'and no success');
}

# A cookie header can be as odd as a query.
my ($cookie) = grep { $_->{name} =~ /grantlink/ } $browser->cookies;
my $stranger = $grantlink->browser;
for my $odd (';;;', '=', '=;=', "$cookie->{name}", "$cookie->{name}=", 'grantlink-=x',
    "$cookie->{name}=\"$cookie->{value}\"", "$cookie->{name}=" . 'x' x 7000,
    join('; ', map { "grantlink-$_=x" } 1 .. 500)) {
    my $response = $stranger->get($callback, headers => {Cookie => $odd});
    like($response->location, qr{/confirm\z}, 'an odd cookie is none: ' . substr $odd, 0, 30);
}

is($grantlink->store_digest('spool'), $spool, 'nothing was written');
is($grantlink->admin->connection($asked->{id})->{status}, 'pending', 'nothing is connected');

my $unusual = "$base?foo=bar&state=$encoded&empty&code=$code&=&utm_source=%20";
is(wait_for_outcome($browser, come_back($browser, $unusual)->location), 'connected',
    'percent-encoded where it need not be, and with parameters of others: that is legal');

$grantlink->finish;
done_testing;

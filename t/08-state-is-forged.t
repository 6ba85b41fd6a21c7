# A state that differs in one bit, or in length, is nobody's.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use MIME::Base64 qw(decode_base64url encode_base64url);
use Grantlink::Url qw(query_of with_parameter);

my $grantlink = Grantlink::Instance->running;
my $browser   = $grantlink->browser;
my $asked     = request_connection($grantlink);
my $callback  = callback_for($browser, $asked->{link});
my $state     = query_of($callback)->{state};
my $spool     = $grantlink->store_digest('spool');

sub page_for ($forged) {
    my $response = $browser->get(with_parameter($callback, state => $forged));
    return 'status ' . $response->status if $response->status != 303;
    return follow($browser, $response)->page;
}

my $bytes = decode_base64url($state);
for my $position (0 .. length($bytes) - 1) {
    my $forged = $bytes;
    substr($forged, $position, 1) ^.= chr(1 << int rand 8);
    is(page_for(encode_base64url($forged)), 'bad_request', "a flipped bit in byte $position");
}
is(page_for(substr $state, 0, $_), 'bad_request', "only the first $_ characters") for 1, 4, 36, 71;
is(page_for($state . 'A'),  'bad_request', 'one character too many');
is(page_for($state . '='),  'bad_request', 'with padding');
is(page_for("$state "),     'bad_request', 'with a blank behind it');
is(page_for(lc $state),     'bad_request', 'in lower case');
is(page_for('A' x 72),      'bad_request', 'made up');

is($grantlink->store_digest('spool'), $spool, 'nothing was written');
is(wait_for_outcome($browser, come_back($browser, $callback)->location), 'connected', 'the true one still works');

$grantlink->finish;
done_testing;

# A state works once, however often and by whomever it is sent.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Background qw(in_background);
use Grantlink::Url qw(with_parameter);

my $grantlink = Grantlink::Instance->running(tap => 1, workers => 2);

subtest 'one after the other' => sub {
    my $asked    = request_connection($grantlink);
    my $browser  = $grantlink->browser;
    my $callback = callback_for($browser, $asked->{link});
    my $first    = come_back($browser, $callback);
    my $second   = come_back($browser, $callback);
    is($second->location, $first->location, 'the second time shows the same attempt');
    is(wait_for_outcome($browser, $first->location), 'connected', 'which is connected');

    my $stranger = $grantlink->browser;
    is(come_back($stranger, $callback)->location, $first->location, 'after the outcome, too, and in any browser');
    my $other = with_parameter($callback, code => 'another-code-for-the-same-state');
    is(come_back($browser, $other)->location, $first->location, 'another code with the same state changes nothing');
    my $denied = with_parameter(with_parameter($callback, code => undef), error => 'access_denied');
    is(come_back($browser, $denied)->location, $first->location, 'nor does an error');
    is($grantlink->admin->connection($asked->{id})->{status}, 'active', 'the connection is active');
    is(scalar $grantlink->tap->requests('/oauth/access_token'), 1, 'one code was exchanged');
    is(scalar $grantlink->mailbox->wait_for(1), 1, 'one mail came');
};

subtest 'eight at once' => sub {
    my $asked     = request_connection($grantlink);
    my $browser   = $grantlink->browser;
    my $callback  = callback_for($browser, $asked->{link});
    my $exchanged = $grantlink->tap->requests('/oauth/access_token');
    my @locations = map { $_->result }
        map { in_background(sub { come_back($browser, $callback)->location }) } 1 .. 8;
    my %distinct  = map { $_ => 1 } @locations;
    is(scalar keys %distinct, 1, 'all are sent to the same attempt');
    is(wait_for_outcome($browser, $locations[0]), 'connected', 'which is connected');
    is($grantlink->tap->requests('/oauth/access_token'), $exchanged + 1, 'one code was exchanged');
    is(scalar $grantlink->mailbox->wait_for(2), 2, 'one more mail came');
};

$grantlink->finish;
done_testing;

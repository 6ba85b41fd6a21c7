# A state is good for one link, one provider and one browser.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(query_of with_parameter);

my $grantlink = Grantlink::Instance->new;
$grantlink->write_daemon_config(providers => {second => $grantlink->sandbox_provider});
$grantlink->start;

subtest 'another provider' => sub {
    my $asked    = request_connection($grantlink);
    my $browser  = $grantlink->browser;
    my $callback = callback_for($browser, $asked->{link});
    my $spool    = $grantlink->store_digest('spool');
    my $page     = follow($browser, come_back($browser, $callback =~ s{/callback/instagram}{/callback/second}r));
    is($page->page, 'bad_request', 'the callback of another provider refuses it');
    is($page->status, 400, 'with 400');
    $page = follow($browser, come_back($browser, $callback =~ s{/callback/instagram}{/callback/nobody}r));
    is($page->page, 'bad_request', 'so does that of a provider that does not exist');
    is($grantlink->store_digest('spool'), $spool, 'nothing was written');
    is(wait_for_outcome($browser, come_back($browser, $callback)->location), 'connected',
        'and the right one takes it');
};

subtest 'another browser' => sub {
    my $asked    = request_connection($grantlink);
    my $first    = $grantlink->browser;
    my $callback = callback_for($first, $asked->{link});
    my $second   = $grantlink->browser;
    my $spool    = $grantlink->store_digest('spool');
    my $response = come_back($second, $callback);
    like($response->location, qr{/attempts/[0-9a-f-]{36}/confirm\z}, 'a browser that pressed nothing is asked to confirm');
    is($grantlink->store_digest('spool'), $spool, 'nothing was written');
    is($grantlink->browser->get($response->location)->status, 400, 'a third one cannot confirm for it');
};

subtest 'another link' => sub {
    my ($mine, $yours) = map { request_connection($grantlink) } 1 .. 2;
    my ($attacker, $victim) = map { $grantlink->browser } 1 .. 2;
    press($victim, $yours->{link});
    my $planted  = callback_for($attacker, $mine->{link});
    my $response = come_back($victim, $planted);
    like($response->location, qr{/confirm\z}, 'the cookie of one link does not serve the state of another');
    is($grantlink->admin->connection($_->{id})->{status}, 'pending', 'nothing is connected') for $mine, $yours;
};

subtest 'another attempt of the same browser' => sub {
    my $asked   = request_connection($grantlink);
    my $browser = $grantlink->browser;
    my $first   = callback_for($browser, $asked->{link});
    my $second  = callback_for($browser, $asked->{link});
    isnt(query_of($first)->{state}, query_of($second)->{state}, 'two presses, two states');
    my $back = come_back($browser, $first);
    unlike($back->location, qr/confirm/, 'each finds its own cookie');
    is(wait_for_outcome($browser, $back->location), 'connected', 'the first to come back connects');
    is(follow($browser, come_back($browser, $second))->page, 'already_connected', 'the other one comes too late');
};

subtest 'a cookie with another value' => sub {
    my $asked    = request_connection($grantlink);
    my $browser  = $grantlink->browser;
    my $callback = callback_for($browser, $asked->{link});
    $_->{value} = reverse $_->{value} for grep { $_->{name} =~ /grantlink/ } $browser->cookies;
    like(come_back($browser, $callback)->location, qr{/confirm\z}, 'is as good as none');
};

$grantlink->finish;
done_testing;

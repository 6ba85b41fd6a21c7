# Regenerating a link kills the old one from that instant, wherever its recipient is.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Background qw(in_background);
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->running(tap => 1);
my $admin     = $grantlink->admin;

sub regenerate ($connection) {
    my $response = $admin->post("/v1/connections/$connection->{id}/regenerate");
    is($response->status, 200, 'regenerated');
    return $response->json;
}

subtest 'before anybody pressed the button' => sub {
    my $asked = request_connection($grantlink);
    my $new   = regenerate($asked);
    is($new->{generation}, 2, 'the generation is 2');
    isnt($new->{link}, $asked->{link}, 'the link is another one');
    my $browser = $grantlink->browser;
    my $old     = $browser->get($asked->{link});
    is($old->status, 410, 'the old link answers 410');
    is($old->page, 'replaced', 'and says that there is a newer one');
    unlike($old->body, qr/<form/, 'it has no button');
    is($browser->post($asked->{link})->status, 410, 'pressing it all the same starts nothing');
    is(wait_for_outcome($browser, approve($browser, $new->{link})), 'connected', 'the new link works');
};

subtest 'between the press and the callback' => sub {
    my $asked    = request_connection($grantlink);
    my $browser  = $grantlink->browser;
    my $callback = callback_for($browser, $asked->{link});
    my $new      = regenerate($asked);
    my $before   = $grantlink->tap->requests('/oauth/access_token');
    my $response = $browser->get($callback);
    is($response->status, 303, 'the callback answers 303');
    my $page = follow($browser, $response);
    is($page->page, 'replaced', 'to the page that says so');
    is($page->status, 410, 'with 410');
    is($admin->connection($asked->{id})->{status}, 'pending', 'nothing is connected');
    is($grantlink->tap->requests('/oauth/access_token'), $before, 'the code was not exchanged');
    is(wait_for_outcome($browser, approve($browser, $new->{link})), 'connected', 'the new link works');
};

subtest 'while the approval waits for the daemon' => sub {
    my $asked    = request_connection($grantlink);
    my $browser  = $grantlink->browser;
    my $callback = callback_for($browser, $asked->{link});
    $grantlink->tap->hold('access_token');
    my $back = come_back($browser, $callback);
    ok($grantlink->tap->wait_until_held, 'the daemon is about to exchange the code');
    my $new = regenerate($asked);
    $grantlink->tap->release;
    is(wait_for_outcome($browser, $back->location), 'replaced', 'the outcome is replaced');
    is(follow($browser, $back)->page, 'replaced', 'the page says so');
    my $now = $admin->connection($asked->{id});
    is($now->{status}, 'pending', 'nothing is connected');
    is($now->{token}, undef, 'no token was kept');
    is(wait_for_outcome($browser, approve($browser, $new->{link})), 'connected', 'the new link works');
};

subtest 'an approval in the spool of an older generation' => sub {
    my $asked    = request_connection($grantlink);
    my $browser  = $grantlink->browser;
    my $callback = callback_for($browser, $asked->{link});

    # Frozen, the daemon cannot take the approval; the regeneration waits in its socket before it.
    my $daemon = $grantlink->process('daemon');
    $daemon->signal('STOP');
    my $back = come_back($browser, $callback);
    is(follow($browser, $back)->page, 'finishing', 'the recipient sees that it was taken down');
    my $request = in_background(
        sub { $admin->post("/v1/connections/$asked->{id}/regenerate")->status });
    $daemon->signal('CONT');
    is($request->result, 200, 'regenerated');
    my $outcome = wait_for_outcome($browser, $back->location);
    my $now     = $admin->connection($asked->{id});
    ok(($outcome eq 'replaced' && $now->{status} eq 'pending')
        || ($outcome eq 'connected' && $now->{status} eq 'active'),
        "outcome and connection agree ($outcome, $now->{status})");
};

$grantlink->finish;
done_testing;

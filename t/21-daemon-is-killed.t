# kill -9 of the daemon between any two steps: an approval ends in one outcome and one mail.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Time::HiRes qw(sleep);

my $grantlink = Grantlink::Instance->running(tap => 1);
my $browser   = $grantlink->browser;
my $held      = 0;

# The distinct mails about a connection: one that was sent twice has one Message-ID.
sub messages_about ($id) {
    my %ids = map { $_->{headers}{'message-id'} => 1 }
        grep { $_->{raw} =~ /\Q$id\E/ } $grantlink->mailbox->mails;
    return scalar keys %ids;
}

# Kills the daemon while a request that matches is on its way to the provider, or back from it.
sub killed_at ($pattern, %when) {
    my $asked    = request_connection($grantlink);
    my $callback = callback_for($browser, $asked->{link});
    $grantlink->tap->hold($pattern, %when);
    my $back = come_back($browser, $callback);
    ok($grantlink->tap->wait_until_held(++$held), 'the daemon is at that step') or return;
    $grantlink->kill('daemon');
    $grantlink->tap->release;
    is($browser->head($back->location . '/outcome')->status, 200, 'the edge works on without it');
    $grantlink->start_daemon;
    return ($asked, $back->location);
}

for my $step (['the upgrade to the long-lived token', 'ig_exchange_token'], ['the identity request', '/me\?']) {
    for my $after (0, 1) {
        my $moment = $after ? 'answer to' : 'request for';
        subtest "killed at the $moment $step->[0]" => sub {
            my ($asked, $status_url) = killed_at($step->[1], after => $after) or return;
            is(wait_for_outcome($browser, $status_url), 'connected', 'the approval is connected');
            is($grantlink->admin->connection($asked->{id})->{status}, 'active', 'the connection is active');
            ok(eventually(sub { messages_about($asked->{id}) }), 'a mail came');
            is(messages_about($asked->{id}), 1, 'and only one');
        };
    }
}

# A code works once. Who dies while it is being exchanged cannot know whether it was.
for my $after (0, 1) {
    subtest 'killed at the ' . ($after ? 'answer to' : 'request for') . ' the first token' => sub {
        my ($asked, $status_url) = killed_at('POST /oauth/access_token', after => $after) or return;
        my $outcome = wait_for_outcome($browser, $status_url);
        like($outcome, qr/\A(?:connected|provider_error)\z/, "there is an outcome: $outcome");
        my $status = $grantlink->admin->connection($asked->{id})->{status};
        is($status, $outcome eq 'connected' ? 'active' : 'pending', "and the connection agrees: $status");
        if ($outcome ne 'connected') {
            is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected',
                'pressing the button again connects');
        }
        ok(eventually(sub { messages_about($asked->{id}) }), 'a mail came');
        is(messages_about($asked->{id}), 1, 'and only one');
    };
}

subtest 'killed at random moments, with twelve approvals under way' => sub {
    my @asked     = map { request_connection($grantlink) } 1 .. 12;
    my @callbacks = map { callback_for($browser, $_->{link}) } @asked;
    my @locations;
    for my $callback (@callbacks) {
        push @locations, come_back($browser, $callback)->location;
        sleep rand 0.05;
        if (@locations % 3 == 0) {
            $grantlink->kill('daemon');
            $grantlink->start_daemon;
        }
    }
    my %count;
    for my $i (0 .. $#asked) {
        my $outcome = wait_for_outcome($browser, $locations[$i]);
        $count{$outcome}++;
        my $status = $grantlink->admin->connection($asked[$i]{id})->{status};
        is($status, $outcome eq 'connected' ? 'active' : 'pending', "approval $i: $outcome and $status agree");
        is($browser->get("$locations[$i]/outcome")->json->{outcome}, $outcome, 'the outcome stays what it is');
    }
    is($count{connected} // 0, 12 - ($count{provider_error} // 0), 'there is no other outcome');
    my @connected = grep { $grantlink->admin->connection($_->{id})->{status} eq 'active' } @asked;
    ok(eventually(sub { !grep { !messages_about($_->{id}) } @connected }), 'each active connection has its mail');
    is_deeply([grep { messages_about($_->{id}) > 1 } @asked], [], 'and none has two');
    is($grantlink->admin->get('/healthz')->json->{spool}{approvals}, 0, 'the spool is empty');
};

$grantlink->finish;
done_testing;

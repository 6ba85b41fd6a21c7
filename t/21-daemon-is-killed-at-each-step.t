# kill -9 of the daemon before and after every write that lasts, every request to a provider, every mail
# and every webhook, one after the other, until it lives through the whole story. What is there after a restart
# is compared with what may be.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Webhooks qw(new_webhook_secret);
use Time::HiRes qw(sleep);

my $grantlink = Grantlink::Instance->new;
my $issuer    = $grantlink->start_oidc('--token-lifetime', 600);
my $secret    = new_webhook_secret();
my $receiver  = $grantlink->start_webhooks($secret);
my $webhooks  = Grantlink::Webhooks->new($grantlink, $receiver);
$grantlink->write_daemon_config(
    providers => {oidc => $grantlink->oidc_provider($issuer)},
    settings  => {webhooks => {crm => {url => "$receiver/crm", secrets => [$secret], events => ['connection.active'], trusted_origins => [$receiver]}}},
);
$grantlink->start;
my $browser = $grantlink->browser;

sub outbox () { return $grantlink->admin->get('/healthz')->json->{outbox}{waiting} }

# A mail that was sent twice has one Message-ID.
sub messages_about ($id, $pattern) {
    my %ids = map { $_->{headers}{'message-id'} => 1 }
        grep { $_->{raw} =~ /\Q$id\E/ && ($_->{headers}{subject} // '') =~ $pattern } $grantlink->mailbox->mails;
    return scalar keys %ids;
}

# The same of a webhook.
sub calls_about ($id) {
    my %ids = map { $_->{headers}{'webhook-id'} => 1 } grep { $_->{event}{data}{connection} eq $id } $webhooks->calls;
    return scalar keys %ids;
}

# Tells the story again and again, the daemon ending one fault point later each time. `prepare`:
# with a daemon that lives, answers what the others are given. `act`: with one that ends, answers
# true when it is through. `judge`: with one that lives; answers a word for what there is.
sub at_each_fault_point (%story) {
    my %seen;
    for my $at (1 .. 200) {
        $browser = $grantlink->browser;    # one that does not carry the cookies of all stories
        my $about = $story{prepare}->();
        $grantlink->stop('daemon');
        my $process = $grantlink->start_daemon_until($at);
        my $through = eval { $story{act}->($about, $process) };
        # Who is cut off may see it before the process is gone.
        my $lived = $through ? $process->alive : !eventually(sub { !$process->alive }, 5);
        is($process->status & 127, 9, "fault point $at: it ended there") unless $lived;
        $grantlink->stop('daemon') if $lived;
        $grantlink->start_daemon;
        my $word = $story{judge}->($about, "fault point $at");
        push @{$seen{$word}}, $at;
        next if !$lived;
        ok($through, 'it lived through all of it') or diag $@;
        diag join '; ', map { "$_: @{$seen{$_}}" } sort keys %seen;
        return (\%seen, $at - 1);
    }
    die "it never ended\n";
}

sub until_ended_or ($process, $check) {
    return eventually(sub { !$process->alive || eval { $check->() } }, 30) && $process->alive;
}

sub token_works ($token) { return $browser->get("$issuer/me", headers => {Authorization => "Bearer $token"})->status == 200 }
sub token_of ($id) { return $grantlink->admin->get("/v1/connections/$id/token")->json->{access_token} }
sub exchanged () { return scalar(() = $grantlink->process('oidc')->log =~ /^granted: authorization_code$/mg) }

# Points at which nobody can know what became of a request that must not be repeated: its mark is
# written, it is sent, it is answered, what came is not yet written.
sub in_a_row (@points) { return !grep { $points[$_] != $points[$_ - 1] + 1 } 1 .. $#points }

subtest 'an approval' => sub {
    my ($seen, $points) = at_each_fault_point(
        prepare => sub {
            my $asked = request_connection($grantlink, provider => 'oidc', account => 'nike');
            return {%$asked, callback => callback_for($browser, $asked->{link}), exchanged => exchanged()};
        },
        act => sub ($about, $process) {
            $about->{status_url} = come_back($browser, $about->{callback})->location;
            return until_ended_or($process, sub {
                my $health = $grantlink->admin->get('/healthz')->json;
                !$health->{spool}{approvals} && !$health->{outbox}{waiting} && messages_about($about->{id}, qr/./) && calls_about($about->{id});
            });
        },
        judge => sub ($about, $when) {
            my $outcome = wait_for_outcome($browser, $about->{status_url});
            my $status  = $grantlink->admin->connection($about->{id})->{status};
            cmp_ok(exchanged() - $about->{exchanged}, '<=', 1, "$when: the code was used once at most");
            if ($outcome eq 'connected') {
                is($status, 'active', "$when: connected is active");
                ok(token_works(token_of($about->{id})), "$when: and its token works");
            } else {
                is("$outcome $status", 'provider_error pending', "$when: or it can be approved again");
                is(wait_for_outcome($browser, approve($browser, $about->{link})), 'connected', "$when: which connects");
            }
            ok(eventually(sub { messages_about($about->{id}, qr/./) && outbox() == 0 }), "$when: a mail came");
            is(messages_about($about->{id}, qr/./), 1, "$when: and no other");
            is(calls_about($about->{id}), 1, "$when: nor another call of the webhook than one");
            is($grantlink->admin->get('/healthz')->json->{spool}{approvals}, 0, "$when: nothing is left to do");
            return $outcome;
        },
    );
    cmp_ok($points, '>=', 15, 'there were that many moments');
    my @lost = @{$seen->{provider_error} // []};
    cmp_ok(scalar @lost, '>=', 2, 'between the mark and the tokens it cannot be known');
    cmp_ok(scalar @lost, '<=', 5, 'and only there');
    ok(in_a_row(@lost), 'in one stretch');
};

# A connection that is active, with its token.
sub connected () {
    my $asked = request_connection($grantlink, provider => 'oidc', account => 'nike');
    is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'a connection');
    ok(eventually(sub { outbox() == 0 }), 'of which was told');
    return {%$asked, token => token_of($asked->{id})};
}

subtest 'a refresh, of a refresh token that rotates' => sub {
    my ($seen, $points) = at_each_fault_point(
        prepare => \&connected,
        act => sub ($about, $process) {
            my $answer = $grantlink->admin->post("/v1/connections/$about->{id}/refresh");
            return $answer->status == 200 && $process->alive;
        },
        judge => sub ($about, $when) {
            my $id     = $about->{id};
            my $answer = $grantlink->admin->post("/v1/connections/$id/refresh");
            my $status = $grantlink->admin->connection($id)->{status};
            if ($answer->status == 200) {
                is($status, 'active', "$when: it is refreshed");
                isnt(token_of($id), $about->{token}, "$when: its token is another one");
                ok(token_works(token_of($id)), "$when: which works");
            } else {
                is($status, 'broken', "$when: or it is broken, and says so");
                ok(eventually(sub { messages_about($id, qr/./) == 2 && outbox() == 0 }), "$when: by mail too");
            }
            return $status;
        },
    );
    cmp_ok($points, '>=', 6, 'there were that many moments');
    my @lost = @{$seen->{broken} // []};
    cmp_ok(scalar @lost, '<=', 3, 'a refresh token is lost only between the answer and its keeping');
    ok(in_a_row(@lost), 'in one stretch');
};

subtest 'a removal' => sub {
    my ($seen, $points) = at_each_fault_point(
        prepare => \&connected,
        act => sub ($about, $process) {
            my $answer = $grantlink->admin->request(DELETE => "/v1/connections/$about->{id}");
            $about->{acknowledged} = $answer->status == 200 || $answer->status == 204;
            return until_ended_or($process, sub { !token_works($about->{token}) }) && do { sleep 0.5; $process->alive };
        },
        judge => sub ($about, $when) {
            my $status = $grantlink->admin->connection($about->{id})->{status};
            if ($status eq 'active') {
                ok(!$about->{acknowledged}, "$when: it was not acknowledged");
                ok(token_works($about->{token}), "$when: and nothing has happened");
            } else {
                is($status, 'revoked', "$when: it is removed");
                ok(eventually(sub { !token_works($about->{token}) }), "$when: and its token given back");
            }
            return $status;
        },
    );
    cmp_ok($points, '>=', 4, 'there were that many moments');
};

$grantlink->finish;
done_testing;

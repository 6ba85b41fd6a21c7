# kill -9 of the daemon before and after every write that lasts, every request to a provider, every mail
# and every webhook, one after the other, until it lives through the whole story. What is there after a restart
# is compared with what has to be, by what the dead daemon had written and what the provider had done.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::FaultPoints;
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

sub token_works ($token) { return $browser->get("$issuer/me", headers => {Authorization => "Bearer $token"})->status == 200 }
sub token_of ($id) { return $grantlink->admin->get("/v1/connections/$id/token")->json->{access_token} }
sub granted ($type) { return scalar(() = $grantlink->process('oidc')->log =~ /^granted: $type$/mg) }

# How far a connection's attempt had come when the daemon ended: see the table in docs/architecture.md.
sub stage_of_attempt ($id) {
    my ($record) = grep { $_->{connection} eq $id } values %{table_of($grantlink, 'attempts')};
    return $record ? (qw(exchanging exchanged done))[$record->{stage} - 1] : 'none';
}

# Whether a refresh token had been sent, or was about to be, and nothing was known of its end.
sub refresh_is_marked ($id) {
    return table_of($grantlink, 'connections')->{$id =~ tr/-//dr}{refresh_asked} > 0;
}

sub refreshes_of ($id) {
    return scalar grep { $_->{event} eq 'refreshed' } @{$grantlink->admin->get("/v1/connections/$id/events")->json->{events}};
}

subtest 'an approval' => sub {
    my ($seen, $points) = at_each_fault_point($grantlink,
        prepare => sub {
            $browser = $grantlink->browser;    # one that does not carry the cookies of all stories
            my $asked = request_connection($grantlink, provider => 'oidc', account => 'nike');
            return {%$asked, callback => callback_for($browser, $asked->{link}), exchanged => granted('authorization_code')};
        },
        act => sub ($about, $process) {
            $about->{status_url} = come_back($browser, $about->{callback})->location;
            return until_ended_or($process, sub {
                my $health = $grantlink->admin->get('/healthz')->json;
                !$health->{spool}{approvals} && !$health->{outbox}{waiting} && messages_about($about->{id}, qr/./) && calls_about($about->{id});
            });
        },
        look  => sub ($about) { $about->{stage} = stage_of_attempt($about->{id}) },
        judge => sub ($about, $when) {
            my $outcome = wait_for_outcome($browser, $about->{status_url});
            my $status  = $grantlink->admin->connection($about->{id})->{status};
            my $used    = granted('authorization_code') - $about->{exchanged};
            cmp_ok($used, '<=', 1, "$when: the code was used once at most");
            # With the mark and without tokens nobody can know what became of the code.
            is($outcome, $about->{stage} eq 'exchanging' ? 'provider_error' : 'connected', "$when: found $about->{stage}, it ends so");
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
    cmp_ok(scalar @{$seen->{provider_error} // []}, '>=', 2, 'some of them between the mark and the tokens');
};

# A connection that is active, with its token.
sub connected () {
    $browser = $grantlink->browser;
    my $asked = request_connection($grantlink, provider => 'oidc', account => 'nike');
    is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'a connection');
    ok(eventually(sub { outbox() == 0 }), 'of which was told');
    return {%$asked, token => token_of($asked->{id})};
}

# Asked again while the provider cannot be reached.
sub refresh ($id) {
    my $answer;
    eventually(sub { $answer = $grantlink->admin->post("/v1/connections/$id/refresh"); return $answer->status != 503 }, 30);
    return $answer->status;
}

subtest 'a refresh, of a refresh token that rotates' => sub {
    my ($seen, $points) = at_each_fault_point($grantlink,
        prepare => sub () { return {%{connected()}, granted => granted('refresh_token')} },
        act     => sub ($about, $process) { return refresh($about->{id}) == 200 && $process->alive },
        look  => sub ($about) { $about->{marked} = refresh_is_marked($about->{id}) },
        judge => sub ($about, $when) {
            my $id    = $about->{id};
            my $again = $about->{marked} ? $grantlink->admin->post("/v1/connections/$id/refresh")->status : refresh($id);
            my $given = granted('refresh_token') - $about->{granted};
            is($grantlink->admin->connection($id)->{status}, 'active', "$when: it is active");
            ok(token_works(token_of($id)), "$when: and its token works");
            # t/44-refresh-answer-is-lost.t waits until the access token has ended.
            if ($about->{marked}) {
                is($again, 503, "$when: a refresh token that may have been used is not sent again for now");
                cmp_ok($given, '<=', 1, "$when: and was not");
                is(token_of($id), $about->{token}, "$when: the access token that there is serves on");
                return 'marked';
            }
            is($again, 200, "$when: it is refreshed");
            isnt(token_of($id), $about->{token}, "$when: its token is another one");
            is($given, refreshes_of($id), "$when: what the provider has given was kept");
            return 'refreshed';
        },
    );
    cmp_ok($points, '>=', 6, 'there were that many moments');
    cmp_ok(scalar @{$seen->{marked} // []}, '>=', 3, 'some of them between the mark and what is kept');
};

subtest 'a removal' => sub {
    my ($seen, $points) = at_each_fault_point($grantlink,
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

# kill -9 of the daemon before and after every write and every request of a webhook's life: sent, refused for
# good, replayed. What the dead daemon had in its outbox, and what the receiver had seen by then, say what has to
# come after a restart: nothing that was acknowledged is lost, and nothing comes again that was struck out.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::FaultPoints;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Webhooks qw(new_webhook_secret);

my $grantlink = Grantlink::Instance->new;
my $secret    = new_webhook_secret();
my $receiver  = $grantlink->start_webhooks($secret);
my $webhooks  = Grantlink::Webhooks->new($grantlink, $receiver);
$grantlink->write_daemon_config(settings => {webhooks => {crm => {
    url => "$receiver/crm", secrets => [$secret], events => ['connection.removed'], trusted_origins => [$receiver],
}}});
$grantlink->start;
my $admin = $grantlink->admin;

sub status_of ($id) { return $admin->connection($id)->{status} }
sub calls_about ($id) { return grep { $_->{event}{data}{connection} eq $id } $webhooks->calls }
sub listed ($state, $id) { return grep { $_->{connection} eq $id } @{$admin->get("/v1/notifications?state=$state")->json->{notifications}} }
sub at_rest () { my $outbox = $admin->get('/healthz')->json->{outbox}; return $outbox->{waiting} == 0 }

# Taking the request back is what the webhook is told of.
sub cancel ($about) {
    $about->{acknowledged} = $admin->post("/v1/connections/$about->{id}/cancel")->status == 200;
    return $about->{acknowledged};
}

sub waiting_connection (@answer) {
    $webhooks->answer_with(@answer);
    return {id => request_connection($grantlink)->{id}};
}

# What is known of a story's notification while no daemon runs.
sub look ($about) {
    for my $table (qw(outbox dead_letters)) {
        $about->{$table} = grep { $_->{connection} eq $about->{id} } values %{table_of($grantlink, $table)};
    }
    $about->{seen} = calls_about($about->{id});
}

# What is in the outbox is sent once more, whether it had been seen or not; always under one id.
sub judge_calls ($about, $when) {
    ok(eventually(\&at_rest, 30), "$when: the outbox is empty in the end");
    my @calls = calls_about($about->{id});
    is(scalar @calls, $about->{seen} + $about->{outbox}, "$when: seen $about->{seen} times and in the outbox $about->{outbox} times, it came so often");
    my %ids = map { $_->{headers}{'webhook-id'} => 1 } @calls;
    cmp_ok(scalar keys %ids, '<=', 1, "$when: under one id");
    ok(!(grep { "@{$_->{taken_with}}" ne '0' } @calls), "$when: each is signed");
    return scalar @calls;
}

# Whoever was told that it is done finds it done, and told of.
sub judge_cancelled ($about, $when) {
    my $gone = status_of($about->{id}) eq 'revoked';
    ok($gone || !$about->{acknowledged}, "$when: what was acknowledged has happened");
    is($about->{outbox} + $about->{dead_letters} + $about->{seen} > 0, $gone, "$when: what has happened is told, and nothing else");
    return $gone;
}

subtest 'a webhook' => sub {
    my ($seen, $points) = at_each_fault_point($grantlink,
        prepare => sub { waiting_connection(200) },
        act     => sub ($about, $process) {
            return cancel($about) && until_ended_or($process, sub { at_rest() && calls_about($about->{id}) });
        },
        look  => \&look,
        judge => sub ($about, $when) {
            my $calls = judge_calls($about, $when);
            is($calls > 0, judge_cancelled($about, $when), "$when: it came if it had to");
            is(scalar(listed(dead => $about->{id})), 0, "$when: and is no dead letter");
            return "$calls calls";
        },
    );
    cmp_ok($points, '>=', 6, 'there were that many moments');
    ok($seen->{"$_ calls"}, "some led to $_ calls") for 0 .. 2;
};

subtest 'a webhook that is refused for good' => sub {
    my ($seen, $points) = at_each_fault_point($grantlink,
        prepare => sub { waiting_connection(410) },
        act     => sub ($about, $process) { return cancel($about) && until_ended_or($process, sub { listed(dead => $about->{id}) }) },
        look    => \&look,
        judge   => sub ($about, $when) {
            judge_calls($about, $when);
            my $gone = judge_cancelled($about, $when);
            is(scalar(listed(dead => $about->{id})), $gone ? 1 : 0, "$when: it is one dead letter if there was anything to tell");
            return $gone ? 'a dead letter' : 'nothing';
        },
    );
    cmp_ok($points, '>=', 6, 'there were that many moments');
};

subtest 'a dead letter that is replayed' => sub {
    my ($seen, $points) = at_each_fault_point($grantlink,
        prepare => sub {
            my $about = waiting_connection(410);
            cancel($about);
            delete $about->{acknowledged};
            ok(eventually(sub { ($about->{letter}) = listed(dead => $about->{id}) }, 30), 'a dead letter');
            $webhooks->answer_with(200);
            return $about;
        },
        act => sub ($about, $process) {
            $about->{acknowledged} = $admin->post("/v1/notifications/$about->{letter}{id}/replay")->status == 200;
            return $about->{acknowledged} && until_ended_or($process, sub { at_rest() && calls_about($about->{id}) == 2 });
        },
        look  => \&look,
        judge => sub ($about, $when) {
            judge_calls($about, $when);
            is(scalar(listed(dead => $about->{id})), $about->{dead_letters}, "$when: it is a dead letter as long as it was not replayed");
            ok(!($about->{acknowledged} && $about->{dead_letters}), "$when: which was acknowledged only when it was so");
            is($about->{dead_letters} + $about->{outbox} + ($about->{seen} > 1) > 0, 1, "$when: it is somewhere");
            return $about->{dead_letters} ? 'dead' : 'sent';
        },
    );
    cmp_ok($points, '>=', 6, 'there were that many moments');
    ok($seen->{$_}, "some left it $_") for qw(dead sent);
};

$grantlink->finish;
done_testing;

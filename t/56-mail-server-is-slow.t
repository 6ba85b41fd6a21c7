# A mail server that is slow, or takes connections and says nothing, holds up its own mail alone.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Webhooks qw(new_webhook_secret);

my $grantlink = Grantlink::Instance->new(smtp => [qw(--mute)]);
my $secret    = new_webhook_secret();
my $origin    = $grantlink->start_webhooks($secret);
my $received  = Grantlink::Webhooks->new($grantlink, $origin);
$grantlink->write_daemon_config(settings => {webhooks => {crm => {url => "$origin/crm", secrets => [$secret], trusted_origins => [$origin]}}});
$grantlink->start;

sub outbox () { return $grantlink->admin->get('/healthz')->json->{outbox}{waiting} }
sub connect_one () {
    my $browser = $grantlink->browser;
    is(wait_for_outcome($browser, approve($browser, request_connection($grantlink)->{link})), 'connected', 'a connection');
}

subtest 'one that says nothing' => sub {
    connect_one();
    my ($call) = $received->wait_for(1, '/crm', 8);
    ok($call, 'the webhook is called meanwhile');
    is(outbox(), 1, 'the mail waits');
    connect_one();
    ok($received->wait_for(2, '/crm', 8) == 2, 'and so is the next');
    ok(eventually(sub { $grantlink->log('daemon') =~ /\(mail\): no mail to 127\.0\.0\.1:\d+: Timeout.*; it is tried again/ }, 60), 'after a while it is given up');
    is(outbox(), 2, 'for now');
};

subtest 'one that is slow' => sub {
    $grantlink->stop('smtp');
    $grantlink->{smtp} = [qw(--slow 2500)];
    $grantlink->start_smtp;
    my @mails = $grantlink->mailbox->wait_for(2, 90);
    is(scalar @mails, 2, 'gets both mails');
    ok(eventually(sub { outbox() == 0 }), 'once');
    my %ids = map { $_->{headers}{'message-id'} => 1 } $grantlink->mailbox->mails;
    is(scalar keys %ids, 2, 'each of them');
};

subtest 'one that is slow, when the daemon is to stop' => sub {
    connect_one();
    ok(eventually(sub { outbox() == 1 }), 'a mail is under way');
    my $began = time;
    $grantlink->stop('daemon');
    cmp_ok(time - $began, '<', 20, 'the daemon does not wait for long');
    $grantlink->start_daemon;
    ok(eventually(sub { outbox() == 0 }, 60), 'and the mail is sent after it');
};

$grantlink->finish;
done_testing;

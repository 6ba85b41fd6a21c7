# A mail server that is away or busy delays a mail, and nothing else.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->new(smtp => [qw(--reject 451 --reject-times 2)]);
$grantlink->start;
my $browser = $grantlink->browser;

my $asked = request_connection($grantlink);
is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'the recipient does not wait for the mail');
is($grantlink->admin->connection($asked->{id})->{status}, 'active', 'nor does the connection');
my $again = request_connection($grantlink, notify => 'second@example.com');
is(wait_for_outcome($browser, approve($browser, $again->{link})), 'connected', 'nor does the next one');

my @mails = $grantlink->mailbox->wait_for(2, 90);
is(scalar @mails, 2, 'after two refusals for now (451) both mails come');
is_deeply([sort map { $_->{headers}{to} } @mails], [qw(me@example.com second@example.com)], 'each to its reader');
ok(eventually(sub { $grantlink->admin->get('/healthz')->json->{outbox}{waiting} == 0 }), 'nothing waits any more');

subtest 'the server is away, and the daemon restarts meanwhile' => sub {
    $grantlink->stop('smtp');
    my $asked = request_connection($grantlink, notify => 'third@example.com');
    is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'connected');
    is($grantlink->admin->get('/healthz')->json->{outbox}{waiting}, 1, 'the mail waits');
    $grantlink->restart_daemon;
    $grantlink->{smtp} = [];
    $grantlink->start_smtp;
    my @mails = $grantlink->mailbox->wait_for(3, 90);
    is($mails[2] && $mails[2]{headers}{to}, 'third@example.com', 'and comes');
};

subtest 'a server that takes a mail and is gone before it says so' => sub {
    $grantlink->stop('smtp');
    $grantlink->{smtp} = [qw(--drop-times 1)];
    $grantlink->start_smtp;
    my $asked = request_connection($grantlink, notify => 'twice@example.com');
    is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'connected');
    my @twice = ($grantlink->mailbox->wait_for(5, 60))[3, 4];
    is_deeply([map { $_->{headers}{to} } @twice], [('twice@example.com') x 2], 'gets it once more');
    is($twice[1]{headers}{'message-id'}, $twice[0]{headers}{'message-id'}, 'with the same Message-ID, so that nobody has to read it twice');
    ok(eventually(sub { $grantlink->admin->get('/healthz')->json->{outbox}{waiting} == 0 }), 'and no third time');
};

subtest 'a server that refuses for good' => sub {
    $grantlink->stop('smtp');
    $grantlink->{smtp} = [qw(--reject 550)];
    $grantlink->start_smtp;
    my $asked = request_connection($grantlink, notify => 'gone@example.com');
    is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'connected');
    ok(eventually(sub { $grantlink->admin->get('/healthz')->json->{outbox}{waiting} == 0 }, 30), 'the mail is given up');
    $grantlink->log_has(daemon => qr/550/, 'and the log says why');
};

$grantlink->finish;
done_testing;

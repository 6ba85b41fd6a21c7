# What could not be delivered is kept, listed, replayed under its id, or deleted.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Webhooks qw(new_webhook_secret);

my $grantlink = Grantlink::Instance->new(smtp => [qw(--reject 550)]);
my $secret    = new_webhook_secret();
my $origin    = $grantlink->start_webhooks($secret);
my $received  = Grantlink::Webhooks->new($grantlink, $origin);
$grantlink->write_daemon_config(settings => {webhooks => {crm => {
    url => "$origin/crm", secrets => [$secret], trusted_origins => [$origin], events => ['connection.active', 'connection.removed'],
}}});
$grantlink->start;
my $admin = $grantlink->admin;
$received->answer_with(410);

sub listed ($query = '') { return $admin->get("/v1/notifications$query")->json->{notifications} }
sub outbox ($state) { return $admin->get('/healthz')->json->{outbox}{$state} }

is_deeply($admin->get('/v1/notifications')->json, {notifications => [], next => undef}, 'at first nothing is dead');
my $asked   = request_connection($grantlink);
my $browser = $grantlink->browser;
is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'a connection');
ok(eventually(sub { outbox('dead') == 2 }, 30), 'its mail and its webhook are refused for good');
is(outbox('waiting'), 0, 'so they do not wait');

my %dead = map { $_->{kind} => $_ } @{listed()};
is_deeply([sort keys %dead], [qw(mail webhook)], 'both are listed');
my ($mail, $webhook) = @dead{qw(mail webhook)};
is($mail->{to}, 'me@example.com', 'with the address');
is($webhook->{to}, 'crm', 'and the name of the webhook');
is($mail->{about}, 'connected', 'what it is about');
is($mail->{connection}, $asked->{id}, 'which connection');
is($mail->{state}, 'dead', 'that it is dead');
is($mail->{tries}, 1, 'after one try');
ok($mail->{given_up_at} && !$mail->{due_at}, 'and not due');
like($mail->{fault}, qr/550/, 'with what the server said');
like($webhook->{fault}, qr/answered 410/, 'and what the webhook did');
is_deeply(listed('?state=waiting'), [], 'nothing waits');

subtest 'pages' => sub {
    my $first  = $admin->get('/v1/notifications?limit=1')->json;
    my $second = $admin->get("/v1/notifications?limit=1&after=$first->{next}")->json;
    is($second->{next}, undef, 'two make two pages of one');
    isnt($first->{notifications}[0]{id}, $second->{notifications}[0]{id}, 'with one each');
    is($admin->get("/v1/notifications?$_")->status, 400, "$_ is refused") for qw(state=lost limit=0 after=x status=dead);
};

subtest 'replayed, and refused again' => sub {
    my $answer = $admin->post("/v1/notifications/$mail->{id}/replay");
    is($answer->status, 200, 'a mail is replayed');
    is($answer->json->{state}, 'waiting', 'and waits');
    ok(eventually(sub { outbox('dead') == 2 }), 'until it is refused again');
};

subtest 'a restart and a mended server' => sub {
    $grantlink->restart_daemon;
    $grantlink->stop('smtp');
    $grantlink->{smtp} = [];
    $grantlink->start_smtp;
    my $ran = $grantlink->cli('notifications');
    like($ran->{out}, qr/ABOUT.*FAULT\n.*connected.*(?:550|410)/s, 'the command lists them too');
    is($grantlink->cli(qw(notifications replay))->{exit}, 2, 'none is replayed without a name');
    is($grantlink->cli(qw(notifications replay 00000000))->{exit}, 1, 'nor one that is none');
    $ran = $grantlink->cli(qw(notifications replay), substr $mail->{id}, 0, 36);
    is($ran->{exit}, 0, 'one is replayed by name') or diag $ran->{err};
    my ($came) = $grantlink->mailbox->wait_for(1);
    like($came && $came->{headers}{'message-id'}, qr/\A<\Q$mail->{id}\E@/, 'it comes under its id');
    ok(eventually(sub { outbox('dead') == 1 && outbox('waiting') == 0 }), 'and is gone from the list');

    $received->answer_with(200);
    my $ids = sub { map { $_->{headers}{'webhook-id'} } $received->calls('/crm') };
    my $before = () = $ids->();
    $ran = $grantlink->cli(qw(notifications replay --all --json));
    is($ran->{exit}, 0, 'and all that are left');
    my @calls = $received->wait_for($before + 1, '/crm');
    is($calls[-1]{headers}{'webhook-id'}, $webhook->{id}, 'the webhook has its id again');
    is_deeply($calls[-1]{taken_with}, [0], 'and is signed anew');
    is_deeply($calls[-1]{event}, $calls[0]{event}, 'and says what it said');
    ok(eventually(sub { outbox('dead') == 0 && outbox('waiting') == 0 }), 'nothing is left');
};

subtest 'deleted' => sub {
    $received->answer_with(410);
    $admin->post("/v1/connections/@{[request_connection($grantlink)->{id}]}/cancel") for 1, 2;
    ok(eventually(sub { outbox('dead') == 2 }), 'two more');
    my ($id, $other) = map { $_->{id} } @{listed()};
    is($admin->request(DELETE => "/v1/notifications/$id")->status, 200, 'one is deleted');
    is($admin->request(DELETE => "/v1/notifications/$id")->status, 404, 'and is gone');
    is($admin->post("/v1/notifications/$id/replay")->status, 404, 'nor can it be replayed');
    is_deeply([map { $_->{id} } @{listed()}], [$other], 'the other one stays');
    is($grantlink->cli(qw(notifications delete --all))->{exit}, 0, 'until it is deleted too');
    is_deeply(listed(), [], 'nothing is left');
    # One that waits.
    $received->answer_with(503);
    $admin->post("/v1/connections/@{[request_connection($grantlink)->{id}]}/cancel");
    ok(eventually(sub { (listed('?state=waiting')->[0] // {})->{tries} }), 'one that is tried');
    my $waiting = listed('?state=waiting')->[0];
    ok($waiting->{due_at} && !$waiting->{given_up_at}, 'is due at some time');
    like($grantlink->cli(qw(notifications --waiting))->{out}, qr/removed.*webhook crm.*503/, 'as the command says');
    is($admin->request(DELETE => "/v1/notifications/$waiting->{id}")->status, 200, 'and can be deleted');
    is(outbox('waiting'), 0, 'so that it waits no more');
};

# Three days are not waited for: the vault is changed as if they had passed.
subtest 'what cannot be delivered for three days' => sub {
    $grantlink->stop('smtp');
    $grantlink->{smtp} = [qw(--reject 451)];
    $grantlink->start_smtp;
    $received->answer_with(503);
    my $day   = 24 * 3600 * 1000;
    my %asked = map { $_ => request_connection($grantlink, account => undef) } qw(young old);
    for my $about (values %asked) {
        my $one = $grantlink->browser;
        is(wait_for_outcome($one, approve($one, $about->{link})), 'connected', 'a connection');
    }
    my $waiting = sub ($name) { grep { $_->{connection} eq $asked{$name}{id} } @{listed('?state=waiting')} };
    my $dead    = sub ($name) { grep { $_->{connection} eq $asked{$name}{id} } @{listed()} };
    for my $name (qw(young old)) {
        ok(eventually(sub { 2 == grep { $_->{tries} } $waiting->($name) }), "$name: a mail and a webhook are tried, and wait");
    }
    $grantlink->stop('daemon');
    my %ago = (young => 3 * $day - 600_000, old => 3 * $day);
    for (split /\n/, $grantlink->vault_tool(list => 'outbox')) {
        my ($key, $value) = split;
        my $record = pack 'H*', $value;
        for my $name (grep { index($record, $asked{$_}{id}) >= 0 } keys %ago) {
            $record =~ s/"since":\K(\d+)/$1 - $ago{$name}/e or die "it does not say since when\n";
            $grantlink->vault_tool(put => 'outbox', $key, unpack 'H*', $record);
        }
    }
    $grantlink->start_daemon;
    ok(eventually(sub { $dead->('old') == 2 }, 60), 'after three days both are dead letters');
    like($_->{fault}, qr/451|503/, "the $_->{kind}, with what was said last") for $dead->('old');
    ok(eventually(sub { 2 == grep { $_->{tries} > 1 } $waiting->('young') }, 60), 'those that are ten minutes younger are tried again');
    is(scalar(my @none = $dead->('young')), 0, 'and go on');
    $grantlink->log_has(daemon => qr/answered 503; given up/, 'the log says what was given up');

    # Replayed, a letter has three days again.
    my ($letter) = grep { $_->{kind} eq 'webhook' } $dead->('old');
    is($admin->post("/v1/notifications/$letter->{id}/replay")->status, 200, 'one is replayed');
    ok(eventually(sub { grep { $_->{id} eq $letter->{id} && $_->{fault} =~ /503/ } $waiting->('old') }, 30), 'and waits again when it fails');
};

is($admin->request(PUT => '/v1/notifications')->status, 405, 'other methods are refused');
is($admin->get('/v1/notifications/x/replay')->status, 404, 'and ids that are none');
is($admin->get("/v1/notifications/$mail->{id}/resend")->status, 404, 'and actions that are none');

$grantlink->finish;
done_testing;

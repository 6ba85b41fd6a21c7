# On request the recipient gets the link by mail, in their language, and reminders until they approve;
# the requester is told before a link expires.

use v5.36;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Webhooks qw(new_webhook_secret);
use Time::HiRes qw(sleep);

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output todo_output);
my $grantlink = Grantlink::Instance->new;
my $secret    = new_webhook_secret();
my $origin    = $grantlink->start_webhooks($secret);
my $received  = Grantlink::Webhooks->new($grantlink, $origin);
$grantlink->write_daemon_config(settings => {link_warning => '5s', webhooks => {crm => {
    url => "$origin/crm", secrets => [$secret], trusted_origins => [$origin], events => ['connection.expiring'],
}}});
$grantlink->start;
my $admin = $grantlink->admin;
my $count = 0;

sub outbox () { return $admin->get('/healthz')->json->{outbox}{waiting} }
sub link_of ($id) { return $admin->get("/v1/connections/$id/link")->json->{link} }

sub next_mail ($name, $seconds = 20) {
    my @mails = $grantlink->mailbox->wait_for($count + 1, $seconds);
    my $mail  = $mails[$count++] or return fail("$name: a mail comes");
    pass("$name: a mail comes");
    return $mail;
}

sub no_mail ($name, $seconds = 4) {
    sleep $seconds;
    is($grantlink->mailbox->count, $count, $name);
}

# That links were sent, as the connection's history has it, oldest first.
sub sent ($id) {
    return join ', ', map { $_->{detail} } grep { $_->{event} eq 'link_shown' && $_->{by}{kind} eq 'grantlinkd' }
        reverse @{$admin->get("/v1/connections/$id/events?limit=500")->json->{events}};
}

sub is_sent ($id, $expected, $name) {
    my $sent;
    ok(eventually(sub { ($sent = sent($id)) eq $expected }, 5), $name) or diag "sent: $sent";
}

subtest 'an invitation and reminders' => sub {
    my $asked = request_connection($grantlink, recipient_email => 'her@example.com', remind => ['8s', '3s'], notify => '');
    my $mail  = next_mail('an invitation');
    is($mail->{headers}{to}, 'her@example.com', 'to the recipient');
    is($mail->{headers}{subject}, 'Example Agency asks for access', 'which says who asks');
    like($mail->{text}, qr/^\Q$asked->{link}\E$/m, 'with the link');
    like($mail->{html}, qr/href="\Q$asked->{link}\E"/, 'and a button');
    like($mail->{text}, qr/Example Agency asks for access to your Instagram account/, 'and for what');
    like($mail->{text}, qr/as \@nike/, 'and the account');
    like($mail->{text}, qr/This link works until \d+ [A-Z]\w+ \d{4}\./, 'and until when');
    unlike($mail->{text}, qr/[<>]|\{\{/, 'without mark-up in the text');
    is($mail->{headers}{'list-unsubscribe'}, undef, 'it is of no list');
    is($admin->connection($asked->{id})->{recipient_email}, 'her@example.com', 'the connection says to whom');
    is_deeply($admin->connection($asked->{id})->{remind}, ['8s', '3s'], 'and when it reminds them');
    is(open_page($grantlink->browser, $asked->{link})->status, 200, 'the link works');

    my $reminder = next_mail('a reminder', 10);
    is($reminder->{headers}{subject}, 'Reminder: Example Agency asks for access', 'which says that it is one');
    like($reminder->{text}, qr/^\Q$asked->{link}\E$/m, 'with the same link');
    isnt($reminder->{headers}{'message-id'}, $mail->{headers}{'message-id'}, 'it is another mail');
    my $browser = $grantlink->browser;
    is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'approved');
    no_mail('there is no other reminder', 6);
    is_sent($asked->{id}, 'by mail to the recipient, by mail to the recipient', 'the history has both');
};

subtest 'a regenerated link, and a cancelled request' => sub {
    my $asked = request_connection($grantlink, recipient_email => 'her@example.com', remind => ['5s'], notify => '');
    next_mail('an invitation');
    my $again = $admin->post("/v1/connections/$asked->{id}/regenerate")->json->{link};
    my $mail  = next_mail('one for the new link');
    isnt($again, $asked->{link}, 'which is another one');
    like($mail->{text}, qr/^\Q$again\E$/m, 'is in it');
    is($admin->post("/v1/connections/$asked->{id}/cancel")->status, 200, 'cancelled');
    no_mail('nothing comes any more', 6);
};

subtest 'a mail server that is away' => sub {
    $grantlink->stop('smtp');
    my $approved = request_connection($grantlink, recipient_email => 'her@example.com', notify => '');
    my $replaced = request_connection($grantlink, recipient_email => 'him@example.com', notify => '');
    my $browser  = $grantlink->browser;
    is(wait_for_outcome($browser, approve($browser, $approved->{link})), 'connected', 'one is approved meanwhile');
    is($admin->request(DELETE => "/v1/connections/$replaced->{id}")->status, 200, 'another one removed');
    $grantlink->restart_daemon;
    $grantlink->start_smtp;
    ok(eventually(sub { outbox() == 0 }, 30), 'nothing waits for long');
    is(sent($_->{id}), '', 'no link is said to have been sent') for $approved, $replaced;
    is($grantlink->mailbox->count, $count, 'and nobody is asked for what is over');
    $grantlink->log_has(daemon => qr/not sent, its link waits no more/, 'as the log says');
};

subtest 'languages' => sub {
    my %says = (
        de => qr/bittet um Zugriff auf Ihr Konto bei Instagram/, es => qr/solicita acceso a su cuenta de Instagram/,
        fr => qr/demande l’accès à votre compte Instagram/, 'pt-BR' => qr/solicita acesso à sua conta em Instagram/,
        ja => qr/Instagramアカウントへのアクセスを求めています/, ar => qr/للوصول إلى حسابك على Instagram/,
        nl => qr/asks for access to your Instagram account/,    # which is none of the pages' languages
    );
    for my $language (sort keys %says) {
        request_connection($grantlink, recipient_email => 'her@example.com', language => $language, notify => '', requester => 'A & B <c>');
        my $mail = next_mail($language) or next;
        like($mail->{text}, $says{$language}, "$language: the text");
        like($mail->{text}, qr/A & B <c>/, "$language: who asks, as it is");
        like($mail->{html}, qr/A &amp; B &lt;c&gt;/, "$language: but escaped in HTML");
        like($mail->{headers}{subject}, qr/A & B <c>/, "$language: and in the subject");
        my $tag = $language eq 'nl' ? 'en' : substr $language, 0, 2;
        like($mail->{html}, qr/<html lang="$tag" dir="@{[$tag eq 'ar' ? 'rtl' : 'ltr']}"/, "$language: marked as such");
    }
};

subtest 'before a link expires' => sub {
    my $asked = request_connection($grantlink, link_lifetime => '11s');
    my $short = request_connection($grantlink, link_lifetime => '8s', notify => 'short@example.com');
    my $mail  = next_mail('a warning');
    is($mail->{headers}{to}, 'me@example.com', 'to the requester');
    is($mail->{headers}{subject}, 'Instagram: the link for @nike expires soon', 'which says what is up');
    like($mail->{text}, qr/stops working on \d\d? \w+ \d{4}, \d\d:\d\d UTC/, 'and when');
    like($mail->{$_}, qr/\Q$asked->{link}\E/, "with the link ($_)") for qw(text html);
    my ($call) = $received->wait_for(1, '/crm');
    is($call->{event}{type}, 'connection.expiring', 'a webhook is told as well');
    is($call->{event}{data}{link}, $asked->{link}, 'with the link');
    is_deeply($call->{taken_with}, [0], 'signed');
    no_mail('once, and not of a link that lives for a short time only');
    my $told = join ', ', sort split /, /, sent($asked->{id});
    is($told, 'by mail to the requester, to webhook crm', 'the history says to whom the link went');
};

subtest 'what is refused' => sub {
    my %bad = (
        'recipient_email'  => {recipient_email => 'nobody'},
        'remind without'   => {remind => ['3d']},
        'remind as a text' => {recipient_email => 'her@example.com', remind => '3d'},
        'remind of none'   => {recipient_email => 'her@example.com', remind => ['soon']},
        'too many'         => {recipient_email => 'her@example.com', remind => [map { "${_}d" } 1 .. 6]},
    );
    is($admin->post('/v1/connections', {provider => 'instagram', %{$bad{$_}}})->status, 400, $_) for sort keys %bad;
    no_mail('and nobody gets a mail', 1);
};

subtest 'the command' => sub {
    my $ran = $grantlink->cli(qw(request instagram @adidas --email her@example.com --remind), '3d,7d');
    is($ran->{exit}, 0, 'takes --email and --remind') or diag $ran->{err};
    my ($made) = grep { $_->{account} eq '@adidas' } @{$admin->get('/v1/connections')->json->{connections}};
    is_deeply($made->{remind}, ['3d', '7d'], 'as the API has them');
    my ($link) = $ran->{out} =~ /^(\S+)$/;
    like(next_mail('an invitation')->{text}, qr/^\Q$link\E$/m, 'and mails the link that it prints');
    isnt($grantlink->cli(qw(request instagram @adidas --remind 3d))->{exit}, 0, '--remind needs --email');
};

$grantlink->logs_are_clean('no link is in a log', qw(daemon access error));
$grantlink->finish;
done_testing;

# Invitation, reminder and warning of a link for several accounts: one mail for all that still wait; and
# what becomes of the link when one of its connections breaks.

use v5.36;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Together;
use Grantlink::Url      qw(resolve_url);
use Grantlink::Webhooks qw(new_webhook_secret);

my $grantlink = Grantlink::Instance->new;
my $secret    = new_webhook_secret();
my $origin    = $grantlink->start_webhooks($secret);
my $received  = Grantlink::Webhooks->new($grantlink, $origin);
add_facebook($grantlink, settings => {link_warning => '4s', webhooks => {crm => {
    url => "$origin/crm", secrets => [$secret], trusted_origins => [$origin], events => ['connection.expiring'],
}}});
$grantlink->start;
my $admin = $grantlink->admin;
my $count = 0;

sub ids ($asked) { return map { $_->{id} } @{$asked->{connections}} }

sub next_mail ($name, $seconds = 20) {
    my @mails = $grantlink->mailbox->wait_for($count + 1, $seconds);
    my $mail  = $mails[$count++] or return fail("$name: a mail comes");
    pass("$name: a mail comes");
    return $mail;
}

sub connect_one ($link, $id, $account) {
    my $browser = $grantlink->browser;
    my $at      = press_button($browser, open_page($browser, $link), $id);
    my $back    = come_back($browser, approve_at_provider($browser, $at, $account));
    return wait_for_outcome($browser, resolve_url($back->url, $back->location));
}

subtest 'an invitation, and a reminder of the rest' => sub {
    my $asked = request_together($grantlink, recipient_email => 'her@example.com', remind => ['25s'], notify => '',
        message => "Hello Ann,\nfor the <summer>.");
    my ($nike) = ids($asked);
    my $mail = next_mail('an invitation');
    is($mail->{headers}{to}, 'her@example.com', 'to the recipient');
    like($mail->{text}, qr/access to several of your accounts/, 'for several');
    like($mail->{text}, qr/^\s+- \@nike on Instagram$/m,  'the one');
    like($mail->{text}, qr/^\s+- \@adidas on Facebook$/m, 'and the other');
    like($mail->{text}, qr/^> Hello Ann,\n> for the <summer>\.$/m, 'with the message');
    like($mail->{html}, qr/Hello Ann,<br>for the &lt;summer&gt;\.<br>/, 'escaped in HTML');
    like($mail->{html}, qr{<strong><bdi>\@adidas</bdi></strong> on <bdi>Facebook</bdi>}, 'where the accounts are as well');
    like($mail->{text}, qr/^\Q$asked->{link}\E$/m, 'and the one link');
    is(connect_one($asked->{link}, $nike, 'nike'), 'connected', 'one is connected');
    my $reminder = next_mail('a reminder', 40);
    like($reminder->{headers}{subject}, qr/\AReminder: /, 'says that it is one');
    like($reminder->{text}, qr/your Facebook account/, 'and is of the one that is left');
    like($reminder->{text}, qr/as \@adidas/, 'by its name');
    unlike($reminder->{text}, qr/nike/, 'and of no other');
    like($reminder->{text}, qr/^\Q$asked->{link}\E$/m, 'with the same link');
};

subtest 'before it expires' => sub {
    my $asked = request_together($grantlink, link_lifetime => '10s');
    my $mail  = next_mail('a warning');
    is($mail->{headers}{subject}, 'Instagram, Facebook: the link for @nike, @adidas expires soon', 'of both accounts');
    like($mail->{text}, qr/Asked for: \@nike, \@adidas/, 'by their names');
    my @calls = $received->wait_for(2, '/crm');
    is_deeply([sort map { $_->{event}{data}{connection} } @calls], [sort { $a cmp $b } ids($asked)],
        'a webhook is told of each connection');
};

subtest 'cancelled' => sub {
    my $asked = request_together($grantlink, recipient_email => 'her@example.com', remind => ['3s'], notify => '');
    my ($nike, $adidas) = ids($asked);
    next_mail('an invitation');
    is($admin->post("/v1/connections/$adidas/cancel")->status, 200, 'by one of the two');
    my $last = request_connection($grantlink, recipient_email => 'him@example.com', remind => ['5s'], notify => '');
    is(next_mail('of another request')->{headers}{to}, 'him@example.com', 'comes');
    my $next = next_mail('its reminder');
    is($next->{headers}{to}, 'him@example.com', 'and nobody is reminded of the cancelled ones');
    like($next->{text}, qr/\Q$last->{link}\E/, 'but of that');
};

sub break_connection ($user, $id) {
    $grantlink->control_sandbox(POST => 'tokens/expire', {user => $user});
    $admin->post("/v1/connections/$id/refresh");
    return wait_for_status($grantlink, $id, 'broken')->{status};
}

$grantlink->control_sandbox(POST => 'settings', {refresh_min_age => 0});

subtest 'one breaks while another waits' => sub {
    my $asked = request_together($grantlink, notify => '');
    my ($nike, $adidas) = ids($asked);
    is(connect_one($asked->{link}, $nike, 'nike'), 'connected', 'the first is connected');
    is(break_connection('nike', $nike), 'broken', 'and breaks');
    my $own = $admin->get("/v1/connections/$nike/link")->json->{link};
    isnt($own, $asked->{link}, 'it has a link of its own');
    is_deeply([map { $admin->connection($_)->{shares_link_with} } $nike, $adidas], [[], []], 'which it shares with nobody');
    my $browser = $grantlink->browser;
    is($browser->get($own)->page, 'ready', 'the page of one account');
    is($admin->get("/v1/connections/$adidas/link")->json->{link}, $asked->{link}, 'the other has the link that was sent');
    my $page = open_page($browser, $asked->{link});
    is($browser->post("$asked->{link}?account=$nike")->page, 'bad_request', 'an old button of the broken one starts nothing');
    is($browser->get($asked->{link})->page, 'ready', 'the link asks for the one account that is left');
    is(wait_for_outcome($browser, approve($browser, $asked->{link}, 'adidas')), 'connected', 'and works');
    is(wait_for_outcome($browser, approve($browser, $own, 'nike')), 'connected', 'as does the broken one\'s own');
};

subtest 'one breaks when all are connected' => sub {
    my $asked = request_together($grantlink, notify => '');
    my ($nike, $adidas) = ids($asked);
    is(connect_one($asked->{link}, $nike, 'nike'),     'connected', 'the first is connected');
    is(connect_one($asked->{link}, $adidas, 'adidas'), 'connected', 'and the second');
    is(break_connection('adidas', $adidas), 'broken', 'which breaks');
    my $browser = $grantlink->browser;
    is($browser->get($asked->{link})->page, 'replaced', 'there is a newer link');
    my $new  = $admin->get("/v1/connections/$adidas/link")->json->{link};
    my $page = open_page($browser, $new);
    is($page->page, 'accounts', 'of the same accounts');
    is(state_on($page, '@nike'), 'Connected', 'it says which is well');
    is_deeply([keys %{{buttons_on($page)}}], [$adidas], 'and asks for the other');
    is(connect_one($new, $adidas, 'adidas'), 'connected', 'which brings it back');
};

my $check = $grantlink->cli('check');
is($check->{exit}, 0, 'all is well in the vault') or diag "$check->{out}$check->{err}";

$grantlink->logs_are_clean('no link is in a log', qw(daemon access error));
$grantlink->finish;
done_testing;

# Names and handles of others get into mails; none gets out of its place.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use utf8;

my $grantlink = Grantlink::Instance->running;
my $browser   = $grantlink->browser;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $requester = "Zoë & Söhne <b>\x{1F680}</b> \"GmbH\"";
my $asked     = request_connection($grantlink, account => '@zoe.und.soehne', requester => $requester, notify => 'Zoë <zoe@example.com>');
is(wait_for_outcome($browser, approve($browser, $asked->{link}, 'zoe.und.soehne')), 'connected', 'connected');
my ($mail) = $grantlink->mailbox->wait_for(1);

is($mail->{headers}{to}, 'Zoë <zoe@example.com>', 'a name with an umlaut is read as it was written');
like($mail->{text}, qr/\Q$requester\E/, 'so is the requester, in the text');
like($mail->{html}, qr/Zoë &amp; Söhne &lt;b&gt;/, 'and in the HTML, escaped');
unlike($mail->{html}, qr/Söhne <b>/, 'with no mark-up of its own');

my ($head) = split /\r?\n\r?\n/, $mail->{raw}, 2;
unlike($head, qr/[^\x00-\x7f]/, 'headers are ASCII');
is((grep { length > 998 } split /\r?\n/, $mail->{raw}), 0, 'no line is longer than 998 bytes');
is((grep { length > 78 } split /\r?\n/, $head), 0, 'no header line is longer than 78');
like($mail->{headers}{$_} // '', qr/\S/, "there is $_") for qw(date from message-id mime-version);
like($mail->{headers}{'content-type'}, qr{\Amultipart/alternative}, 'text and HTML are alternatives');
unlike($mail->{raw}, qr/(?<!\r)\n/, 'lines end in CR LF');
like($mail->{headers}{'auto-submitted'} // '', qr/auto-generated/, 'machines are told not to answer (RFC 3834)');

my %tried = (
    'a line break in the account'  => {account => "\@nike\r\nBcc: victim\@example.com"},
    'a line break in the requester' => {requester => "Agency\r\nBcc: victim\@example.com\r\n\r\nbody"},
    'a line break in the address'  => {notify => "me\@example.com\r\nBcc: victim\@example.com"},
);
for my $name (sort keys %tried) {
    my $response = $grantlink->admin->post('/v1/connections', {provider => 'instagram', %{$tried{$name}}});
    cmp_ok($response->status, '>=', 400, "$name is refused");
}
$grantlink->control_sandbox(POST => 'faults', {path => '/me', times => 1, body =>
    '{"user_id":"17841400000000001","id":"1","username":"nike\r\nBcc: victim@example.com","name":"x\r\nSubject: y"}'});
my $odd = request_connection($grantlink, account => undef);
my $outcome = wait_for_outcome($browser, approve($browser, $odd->{link}));
note "a handle with a line break: $outcome";
eventually(sub { $grantlink->mailbox->count > 1 }, 3);
for my $mail ($grantlink->mailbox->mails) {
    my ($head) = split /\r?\n\r?\n/, $mail->{raw}, 2;
    unlike($head, qr/^(?:Bcc:|Subject: y)/mi, 'no header was smuggled in');
}

$grantlink->finish;
done_testing;

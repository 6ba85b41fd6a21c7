# The recipient was signed in to another account than the one that was asked for: nothing is kept.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->running(tap => 1);
my $browser   = $grantlink->browser;
my $asked     = request_connection($grantlink, account => '@nike');

my $status_url = approve($browser, $asked->{link}, 'adidas');
is(wait_for_outcome($browser, $status_url), 'wrong_account', 'the outcome is wrong_account');
my $page = $browser->get($status_url);
is($page->page, 'wrong_account', 'the page says so');
like($page->text, qr/\@?adidas\b/, 'it names the account that approved');
like($page->text, qr/\@nike\b/,    'and the one that was asked for');
like($page->text, qr/sign (?:in|out)|log (?:in|out)|switch/i, 'it says what to do');
like($page->text, qr/Instagram in this browser and use its menu to switch/, 'as the preset has it');
like($page->body, qr{href="\Q@{[$grantlink->sandbox_provider->{origins}{'https://www.instagram.com'}]}\E/"}, 'with a way there');
like($grantlink->browser->get("$status_url?lang=de")->text, qr/wechseln Sie im/, 'also in another language');

my $now = $grantlink->admin->connection($asked->{id});
is($now->{status}, 'pending', 'the connection still waits');
is($now->{last_outcome}, 'wrong_account', 'and its last outcome is wrong_account');
is($now->{approved_account}, undef, 'no account was taken over');
is($now->{token}, undef, 'and no token');

my ($mail) = $grantlink->mailbox->wait_for(1);
like($mail->{text}, qr/another account|wrong account/i, 'the requester is told');

$grantlink->restart_daemon;
is($grantlink->admin->connection($asked->{id})->{token}, undef, 'nothing appears after a restart');

is(wait_for_outcome($browser, approve($browser, $asked->{link}, 'nike')), 'connected',
    'the same link works with the right account');

my $any = request_connection($grantlink, account => undef);
is(wait_for_outcome($browser, approve($browser, $any->{link}, 'adidas')), 'connected',
    'a request that names no account takes whoever approves');
is($grantlink->admin->connection($any->{id})->{approved_account}{handle}, 'adidas', 'and says who it was');

my $loose = request_connection($grantlink, account => 'NIKE');
is(wait_for_outcome($browser, approve($browser, $loose->{link}, 'nike')), 'connected',
    'handles are compared without regard to case and the leading @');

$grantlink->finish;
done_testing;

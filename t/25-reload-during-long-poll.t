# nginx reloads while recipients wait for their outcome: nobody gets an error.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Background qw(in_background);
use Time::HiRes qw(sleep time);

my $grantlink = Grantlink::Instance->running(workers => 2, tap => 1);
my $browser   = $grantlink->browser;
my @asked     = map { request_connection($grantlink) } 1 .. 4;
my @callbacks = map { callback_for($browser, $_->{link}) } @asked;

$grantlink->tap->hold('POST /oauth/access_token');
my @urls  = map { come_back($browser, $_)->location } @callbacks;
my @polls = map { my $url = $_; in_background(sub { $browser->get("$url/outcome")->json->{outcome} }) } @urls;
sleep 0.5;
is((grep { $_->ended } @polls), 0, 'four recipients wait');

my %old = map { $_ => 1 } $grantlink->worker_pids;
$grantlink->reload_nginx;
pass('nginx reloads');
my $asked = request_connection($grantlink);
is(open_page($browser, $asked->{link})->page, 'ready', 'the new workers serve');
my $late = come_back($browser, callback_for($browser, $asked->{link}))->location;

$grantlink->tap->release;
like($_->result, qr/\A(?:connected|pending)\z/, 'a poll begun before the reload gets an answer') for @polls;
is(wait_for_outcome($browser, $_), 'connected', 'and the outcome is connected') for @urls, $late;
ok(eventually(sub { !grep { $old{$_} } $grantlink->worker_pids }, 15), 'the old workers have gone');

subtest 'reloads under traffic' => sub {
    my @asked   = map { request_connection($grantlink) } 1 .. 12;
    my @clients = map {
        my @mine = @asked[$_ * 4 .. $_ * 4 + 3];
        in_background(sub {
            my $browser = $grantlink->browser;
            return [map { wait_for_outcome($browser, approve($browser, $_->{link}), 60) } @mine];
        });
    } 0 .. 2;
    my $reloads = 0;
    while (grep { !$_->ended } @clients) {
        $grantlink->reload_nginx;
        ++$reloads;
    }
    my @outcomes = map { my $got = eval { $_->result } // ["$@"]; @$got } @clients;
    is_deeply(\@outcomes, [('connected') x 12], "twelve approvals, $reloads reloads");
};

$grantlink->finish;
done_testing;

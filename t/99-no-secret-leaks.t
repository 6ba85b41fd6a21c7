# After every route, and every error: no link token, code, state, verifier, cookie or access token
# stands in a log, an error page, a process list or a store.
#
# With GRANTLINK_SECRETS_DIR set while the whole suite runs, all of that suite is searched as well.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Temp ();
use Test::More;
use Grantlink::Evidence qw(find_leaks);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(query_of with_parameter);

my $suite = $ENV{GRANTLINK_SECRETS_DIR};
my $own   = File::Temp->newdir('grantlink-evidence-XXXXXX', TMPDIR => 1);
$ENV{GRANTLINK_SECRETS_DIR} = "$own";

my $grantlink = Grantlink::Instance->running(tap => 1, workers => 2);
my $public    = $grantlink->public_url;
my $origin    = {Referer => "$public/approve/SECRETREFERERTOKENAAAAAAAAAAAAAA?code=SECRETREFERERCODE0&state=SECRETREFERERSTATE"};
my $browser   = $grantlink->browser;

# Each route, to each of its ends.
my $asked = request_connection($grantlink);
my $link  = $asked->{link};
$browser->$_($link) for qw(get head);
$browser->get($link, headers => $origin);
my $callback = callback_for($browser, $link);
my $back = come_back($browser, $callback);
is(wait_for_outcome($browser, $back->location), 'connected', 'an approval');
follow($browser, $back);
$browser->get($callback);
$browser->get($link);

my $second = request_connection($grantlink);
my $declined = come_back($browser, decline_at_provider($browser, press($browser, $second->{link}), 'nike'));
is(wait_for_outcome($browser, $declined->location), 'declined', 'a refusal');
is(wait_for_outcome($browser, approve($browser, $second->{link}, 'adidas')), 'wrong_account', 'a wrong account');
my $late = callback_for($browser, $second->{link});
my $new  = $grantlink->admin->post("/v1/connections/$second->{id}/regenerate")->json;
is(follow($browser, come_back($browser, $late))->page, 'replaced', 'a link that was replaced');
is($browser->get($second->{link})->page, 'replaced', 'and its page');

my $stranger = $grantlink->browser;
my $confirm  = come_back($stranger, callback_for($browser, $new->{link}));
$stranger->get($confirm->location);
my $done = $stranger->post($confirm->location);
is(wait_for_outcome($stranger, $done->location), 'connected', 'a confirmed approval');

my $third = request_connection($grantlink);
my $form  = callback_for($browser, $third->{link});
$browser->post($form =~ s/\?.*//sr, query_of($form));
$grantlink->admin->post("/v1/connections/$third->{id}/cancel");
is($browser->get($third->{link})->page, 'cancelled', 'a request that was taken back');

# Each way to be refused, with true secrets in the request.
my $fourth = request_connection($grantlink);
my $token  = $fourth->{link} =~ s{.*/}{}r;
my $valid  = callback_for($browser, $fourth->{link});
my %query  = %{query_of($valid)};
for my $wrong (
    "$valid&code=again", with_parameter($valid, state => $query{state} . 'A'), with_parameter($valid, state => undef),
    with_parameter($valid, code => undef), $valid =~ s{/instagram}{/nobody}r, $valid =~ s{/instagram}{/instagram/x}r,
    $valid =~ s{/instagram}{/inst%61gram}r, "$public/callback/?code=$query{code}&state=$query{state}",
    "$public/approve/$token/", "$public/approve/$token?code=$query{code}", "$public/approve/%2e/$token",
    "$public/approve/x$token", "$public//approve//$token", "$public/approve/./$token", "$public/approve/attempts/../$token",
    "$public/approve/attempts/$token", "$public/approve/assets/$token", "$public/approve/" . $token =~ s/(.)/sprintf '%%%02x', ord $1/er,
) {
    my $response = $browser->get($wrong, headers => $origin);
    follow($browser, $response) if $response->status == 303;
    $browser->request(DELETE => $wrong);
    $browser->head($wrong);
}
$browser->send_raw($public, $_) for (
    "GET $public/approve/$token HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "GET /approve/$token HTTP/1.0\r\n\r\n",
    "PUT /approve/$token HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\nConnection: close\r\n\r\n",
    "POST /callback/instagram HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\nConnection: close\r\n\r\ncode=$query{code}&state=$query{state}",
    "POST /callback/instagram?code=$query{code}&state=$query{state} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: odd\r\nConnection: close\r\n\r\n",
);
$grantlink->cli($_, $fourth->{id}) for qw(show link);
$grantlink->cli('regenerate', $fourth->{id}, '--yes');
$grantlink->cli('list');

# A provider that fails, and a daemon that stops and starts.
$grantlink->control_sandbox(POST => 'faults', {path => '/oauth/access_token', status => 500});
my $fifth = request_connection($grantlink);
wait_for_outcome($browser, approve($browser, $fifth->{link}));
my $sixth = request_connection($grantlink);
my $waits = callback_for($browser, $sixth->{link});
$grantlink->stop('daemon');
my $spooled = come_back($browser, $waits);
follow($browser, $spooled);
$grantlink->start_daemon;
is(wait_for_outcome($browser, $spooled->location), 'connected', 'an approval that waited');

# What nginx refuses before any module sees it, in the logs as it writes them by default.
my $seventh = request_connection($grantlink);
my $early   = callback_for($browser, $seventh->{link});
my %early   = %{query_of($early)};
my $secret  = $seventh->{link} =~ s{.*/}{}r;
$browser->send_raw($public, "$_\r\nConnection: close\r\n\r\n") for (
    "GET /approve/$secret%00 HTTP/1.1\r\nHost: x",
    "GET /approve/$secret%zz HTTP/1.1\r\nHost: x",
    "GET /approve/$secret HTTP/1.1",
    "GET /approve/$secret HTTP/1.1\r\nHost: a b",
    "GET /approve/$secret HTTP/1.1\r\nHost: x\r\nHost: y",
    "GET /approve/$secret HTTP/3.9\r\nHost: x",
    "GET /approve/$secret/../../../.. HTTP/1.1\r\nHost: x",
    "GET /callback/instagram?code=$early{code}&state=$early{state} HTTP/1.1\r\nHost: x\r\nContent-Length: x",
    "GET /callback/instagram?code=$early{code}&state=$early{state} HTTP/1.1\r\nHost: x\r\nX: " . 'y' x 40_000,
    "GET /callback/instagram?code=$early{code}&state=$early{state}&x=" . 'y' x 40_000 . " HTTP/1.1\r\nHost: x",
);

$grantlink->finish;

my %kinds = map { $_ => 1 } qw(link state code cookie token secret);
delete $kinds{$_} for grep { $grantlink->evidence->secrets($_) } keys %kinds;
is_deeply([sort keys %kinds], [], 'secrets of each kind were seen');

sub clean ($directory, $name) {
    subtest $name => sub {
        my ($secrets, $places, $found) = find_leaks($directory);
        note "$secrets secrets, $places places";
        cmp_ok($secrets, '>', 20, 'there were secrets to look for');
        cmp_ok($places, '>', 10, 'and places to look at');
        my %by_place;
        $by_place{$_->{place} =~ s/[0-9a-f]{64}/…/r}{$_->{kind}} = 1 for @$found;
        my @all = map { "$_: " . join ' ', sort keys %{$by_place{$_}} } sort keys %by_place;
        is(join("\n", @all[0 .. ($#all < 29 ? $#all : 29)]), '', 'none of them is anywhere');
    };
}

# The search finds what is there.
mkdir "$own/planted";
mkdir "$own/planted/places";
my $leak = (grep { length == 32 } $grantlink->evidence->secrets('link'))[0];

sub is_found ($name, @parts) {
    my $path = "$own/planted/places/x.log";
    open my $planted, '>:raw', $path or die "$path: $!\n";
    for my $part (@parts) {
        ref $part ? seek($planted, $$part, 1) : print {$planted} $part;
    }
    close $planted;
    is_deeply((find_leaks("$own"))[2], [{kind => 'link', place => 'planted/places/x.log'}], $name);
    unlink $path;
}

is_found('a secret that was planted is found', "GET /approve/$leak HTTP/1.1\n");
is_found('also across pieces', 'x' x ((1 << 20) - 16), $leak);
is_found('also behind a hole of gigabytes', 'x', \(5 << 30), $leak);

clean("$own", 'this run');
clean($suite, 'the whole suite') if defined $suite && glob "$suite/*/secrets";

done_testing;

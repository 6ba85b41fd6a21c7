package Grantlink::Walk;

# Every route of the edge, to every end it has, and every way to be refused; for tests that look at
# what is left behind afterwards (secrets, valgrind's reports).
#
#   my $grantlink = Grantlink::Instance->running(workers => 2);
#   walk($grantlink);
#
# The ends of approvals are tests by themselves: a walk that did not arrive shows nothing.

use v5.36;
use Exporter 'import';
use Test::More;
use Grantlink::Flow;
use Grantlink::Url qw(query_of with_parameter);

our @EXPORT = qw(walk);

sub walk ($grantlink) {
    my $browser = $grantlink->browser;
    $_->($grantlink, $browser)
        for \&_approvals, \&_ends_of_a_link, \&_refusals, \&_failures, \&_refused_by_nginx;
}

# A page that leaks its address, secrets and all, as Referer.
sub _origin ($grantlink) {
    my $page = $grantlink->public_url . '/approve/SECRETREFERERTOKENAAAAAAAAAAAAAA';
    return {Referer => "$page?code=SECRETREFERERCODE0&state=SECRETREFERERSTATE"};
}

# An approval, seen from each side.
sub _approvals ($grantlink, $browser) {
    my $asked = request_connection($grantlink);
    my $link  = $asked->{link};
    $browser->$_($link) for qw(get head);
    $browser->get($link, headers => _origin($grantlink));
    my $callback = callback_for($browser, $link);
    my $back = come_back($browser, $callback);
    is(wait_for_outcome($browser, $back->location), 'connected', 'an approval');
    follow($browser, $back);
    $browser->get($callback);
    $browser->get($link);
}

# Refused, wrong, replaced, confirmed, taken back.
sub _ends_of_a_link ($grantlink, $browser) {
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
    my $fourth = request_connection($grantlink);    # the third may be connected by now
    $grantlink->admin->post("/v1/connections/$fourth->{id}/cancel");
    is($browser->get($fourth->{link})->page, 'cancelled', 'a request that was taken back');
}

# Each way to be refused, with true secrets in the request.
sub _refusals ($grantlink, $browser) {
    my $public = $grantlink->public_url;
    my $origin = _origin($grantlink);
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
}

# A provider that fails, and a daemon that stops and starts.
sub _failures ($grantlink, $browser) {
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
}

# What nginx refuses before any module sees it, in the logs as it writes them by default.
sub _refused_by_nginx ($grantlink, $browser) {
    my $public  = $grantlink->public_url;
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
}

1;

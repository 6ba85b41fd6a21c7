# In-app browsers lose cookies and come back as another browser: a person confirms with one button.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(query_of resolve_url split_url);

my $grantlink = Grantlink::Instance->running;

sub with_another_character ($text, $position) {
    substr($text, $position, 1) = substr($text, $position, 1) eq 'A' ? 'B' : 'A';
    return $text;
}

subtest 'confirmed' => sub {
    my $asked    = request_connection($grantlink);
    my $callback = callback_for($grantlink->browser, $asked->{link});
    my $browser  = $grantlink->browser;
    my $spool    = $grantlink->store_digest('spool');

    my $back = come_back($browser, $callback);
    like($back->location, qr{\A\Q@{[$grantlink->public_url]}\E/approve/attempts/[0-9a-f-]{36}/confirm\z},
        'the callback answers 303 to a confirm page, with no code in its URL');
    unlike(join("\n", $back->headers('set-cookie')), qr/\Q@{[query_of($callback)->{code}]}\E/,
        'the cookie holds the code sealed only');
    my $confirm = $back->location;
    my $page    = $browser->get($confirm);
    is($page->status, 200, 'the confirm page opens');
    is($page->page, 'confirm', 'and is one');
    like($page->text, qr/\@nike\b/, 'it names the account');
    like($page->text, qr/Example Agency/, 'and who asks');
    my @forms = $page->forms;
    is(scalar @forms, 1, 'it has one form');
    is($forms[0]{method}, 'POST', 'which is sent by POST');
    is($grantlink->store_digest('spool'), $spool, 'looking at it writes nothing');

    my $done = $browser->post(resolve_url($confirm, $forms[0]{action}), $forms[0]{fields});
    is($done->status, 303, 'the button answers 303');
    is($done->location, $confirm =~ s{/confirm\z}{}r, 'to the status page');
    is(wait_for_outcome($browser, $done->location), 'connected', 'the outcome is connected');
    is($browser->get($done->location)->page, 'connected', 'the page says so');
    is($grantlink->admin->connection($asked->{id})->{status}, 'active', 'the connection is active');
    is(come_back($browser, $callback)->location, $done->location, 'a replay shows the same attempt');
};

subtest 'only with the cookie of the confirm page, and by a POST of our own page' => sub {
    my $asked    = request_connection($grantlink);
    my $callback = callback_for($grantlink->browser, $asked->{link});
    my $browser  = $grantlink->browser;
    my $confirm  = come_back($browser, $callback)->location;
    my $spool    = $grantlink->store_digest('spool');

    is($browser->get($confirm)->status, 200, 'GET shows the page');
    is($browser->head($confirm)->status, 200, 'HEAD as well');
    is($grantlink->browser->get($confirm)->status, 400, 'without the cookie there is no page');
    is($grantlink->browser->post($confirm)->status, 400, 'and no confirming');
    is($browser->post($confirm, {}, headers => {'Sec-Fetch-Site' => $_})->status, 400,
        "a form of another page is refused (Sec-Fetch-Site: $_)") for qw(cross-site same-site none);
    my ($cookie) = grep { $_->{name} =~ /confirm/ } $browser->cookies;
    my $value = $cookie->{value};
    for my $position (0, 40, 71) {
        $cookie->{value} = with_another_character($value, $position);
        is($browser->post($confirm)->status, 400, "a cookie with another character $position is refused");
    }
    is($grantlink->store_digest('spool'), $spool, 'nothing of all that was written');

    # nginx cannot open the sealed code, so only the daemon can tell that it is none.
    $cookie->{value} = with_another_character($value, length($value) - 8);
    my $done = $browser->post($confirm);
    is(wait_for_outcome($browser, $done->location), 'provider_error', 'a changed sealed code connects nothing');
    is($grantlink->admin->connection($asked->{id})->{status}, 'pending', 'nothing is connected');
};

subtest 'form_post: the provider makes the browser POST, without SameSite cookies' => sub {
    my $asked    = request_connection($grantlink);
    my $pressed  = $grantlink->browser;
    my $callback = callback_for($pressed, $asked->{link});
    my $url      = $callback =~ s/\?.*//sr;
    my $browser  = $grantlink->browser;
    my $back     = $browser->post($url, query_of($callback));
    is($back->status, 303, 'the callback takes a POST');
    like($back->location, qr{/confirm\z}, 'and asks to confirm');
    my $done = $browser->post($back->location);
    is(wait_for_outcome($browser, $done->location), 'connected', 'the outcome is connected');
};

subtest 'the link was regenerated while the confirm page was open' => sub {
    my $asked    = request_connection($grantlink);
    my $browser  = $grantlink->browser;
    my $callback = callback_for($grantlink->browser, $asked->{link});
    my $confirm  = come_back($browser, $callback)->location;
    $grantlink->admin->post("/v1/connections/$asked->{id}/regenerate");
    my $late = $browser->post($confirm);
    is($late->status, 410, 'the button answers 410');
    is($late->page, 'replaced', 'and says why');
};

$grantlink->finish;
done_testing;

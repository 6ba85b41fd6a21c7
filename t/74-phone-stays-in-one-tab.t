# On a phone everything happens in one tab, with JavaScript and without; a browser that comes back as
# another one is asked to confirm.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Path qw(remove_tree);
use Test::More;
use Grantlink::Chromium qw(desktop phone);
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->running(tap => 1);
my $chromium  = Grantlink::Chromium->start($grantlink->directory);
my $public    = $grantlink->public_url;

sub begin ($tab, $asked = request_connection($grantlink)) {
    $tab->goto($asked->{link});
    $tab->wait_for_page('ready');
    $tab->click('#start button');
    $tab->wait_for_page('login');
    return $asked;
}

# The sandbox adds #_ to its redirect as Instagram does, and browsers take a fragment along through
# every redirect (RFC 9110, section 10.2.2).
sub done ($tab, $page) {
    like($tab->wait_for_page($page), qr{\A\Q$public\E/approve/attempts/[0-9a-f-]+\??(?:\#_)?\z}, "it ends at $page, at a clean URL");
    my @ours = grep { /\A\Q$public\E/ } $tab->history;
    is_deeply([grep { /[?&](?:code|state)=/ } @ours], [], 'no code and no state in the history');
    is_deeply([grep { !/favicon|status of 404/ } $tab->said], [], 'the console has nothing to say');
}

for my $javascript (\1, \0) {
    my $with = $$javascript ? 'with JavaScript' : 'without JavaScript';

    subtest "approved, and the outcome takes a while, $with" => sub {
        my $tab = $chromium->person(phone(javaScriptEnabled => $javascript));
        begin($tab);
        $tab->choose_account('nike');
        $grantlink->tap->hold('POST /oauth/access_token');
        $tab->decide('approve');
        $tab->wait_for_page('finishing');
        $grantlink->tap->release;
        done($tab, 'connected');
        $tab->leave;
    };

    subtest "the wrong account, then the right one, $with" => sub {
        my $tab = $chromium->person(phone(javaScriptEnabled => $javascript));
        begin($tab);
        $tab->approve_as('adidas');
        done($tab, 'wrong_account');
        my $text = $tab->look->{text};
        like($text, qr/adidas/, 'both accounts are named: that which approved');
        like($text, qr/\@nike/, 'and that which was asked for');
        $tab->click('main form button');
        $tab->approve_as('nike');
        done($tab, 'connected');
        $tab->leave;
    };

    subtest "the cookies are lost on the way, $with" => sub {
        my $tab = $chromium->person(phone(javaScriptEnabled => $javascript));
        begin($tab);
        $tab->choose_account('nike');
        $tab->forget_cookies;
        $tab->decide('approve');
        like($tab->wait_for_page('confirm'), qr{\A[^?#]+/confirm(?:\#_)?\z}, 'a person is asked, at a clean URL');
        $tab->click('main form button');
        done($tab, 'connected');
        $tab->leave;
    };

    subtest "begun in another tab, $with" => sub {
        my $first = $chromium->person(phone(javaScriptEnabled => $javascript));
        my $asked = begin($first);
        my $second = $first->another;
        $second->goto($asked->{link});
        $second->wait_for_page('begun');
        like($second->look->{text}, qr/another tab or window/, 'that tab is pointed at');
        $second->click('#start button');
        $second->wait_for_page('login');
        $first->approve_as('nike');
        done($first, 'connected');
        $first->leave;
    };

    subtest "another language, $with" => sub {
        my $tab = $chromium->person(phone(javaScriptEnabled => $javascript, locale => 'de-AT'));
        my $asked = request_connection($grantlink);
        $tab->goto($asked->{link});
        is($tab->look->{lang}, 'de', 'the page speaks the language of the browser');
        $tab->click('footer summary');
        $tab->click('footer a[lang=ja]');
        $tab->wait_for_page('ready');
        is($tab->look->{lang}, 'ja', 'until another is chosen');
        $tab->goto($asked->{link});
        is($tab->look->{lang}, 'ja', 'which then stays');
        $tab->leave;
    };
}

subtest 'declined, then approved' => sub {
    my $tab = $chromium->person(phone());
    begin($tab);
    $tab->choose_account('nike');
    $tab->decide('decline');
    done($tab, 'declined');
    $tab->click('main form button');
    $tab->approve_as('nike');
    done($tab, 'connected');
    $tab->leave;
};

subtest 'for a while no link can be looked up' => sub {
    my $tab   = $chromium->person(phone());
    my $asked = request_connection($grantlink);
    $grantlink->stop('daemon');
    remove_tree($grantlink->edge_store . '/links');
    my $page = sub { $grantlink->browser->get($asked->{link})->page };
    ok(eventually(sub { $page->() eq 'unavailable' }), 'nginx notices');
    $tab->goto($asked->{link});
    $tab->wait_for_page('unavailable');
    is_deeply([$tab->axe], [], 'axe-core finds nothing');
    $grantlink->start_daemon;
    ok(eventually(sub { $page->() eq 'ready' }), 'the daemon mends it');
    $tab->click('main .button');
    ok($tab->wait_for_page('ready'), 'and the button leads on');
    $tab->leave;
};

subtest 'with the keyboard alone' => sub {
    my $tab = $chromium->person(phone(hasTouch => \0, isMobile => \0));
    my $asked = request_connection($grantlink);
    $tab->goto($asked->{link});
    $tab->wait_for_page('ready');
    $tab->press('Tab');
    is($tab->look->{focus}, 'Continue to Instagram', 'the button is the first stop');
    $tab->screenshot('focus');
    $tab->press('Tab');
    like($tab->look->{focus}, qr/English/, 'the languages are the second');
    $tab->press('Enter', 'Tab');
    ok($tab->evaluate('document.activeElement.matches("footer a[lang]")'), 'they open with Enter');
    $tab->press('Shift+Tab', 'Shift+Tab', 'Enter');
    $tab->approve_as('adidas');
    $tab->wait_for_page('wrong_account');
    my @stops;
    for (1 .. 5) {
        $tab->press('Tab');
        push @stops, $tab->look->{focus};
        last if $stops[-1] =~ /Try again/;
    }
    like($stops[-1], qr/Try again at Instagram/, 'the way on is reached with Tab');
    $tab->press('Enter');
    $tab->wait_for_page('login');
    $tab->leave;
};

$chromium->stop;
$grantlink->finish;
done_testing;

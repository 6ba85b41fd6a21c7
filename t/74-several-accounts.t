# A link for several accounts in a real browser: on a phone and on a desktop, with and without JavaScript.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Chromium qw(desktop phone);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Together;

my @looks = (
    [phone_light   => width => 360,  height => 740, scheme => 'light'],
    [phone_dark    => width => 360,  height => 740, scheme => 'dark'],
    [desktop_light => width => 1280, height => 800, scheme => 'light'],
    [desktop_dark  => width => 1280, height => 800, scheme => 'dark'],
);

my $grantlink = Grantlink::Instance->new;
add_facebook($grantlink);
$grantlink->start;
my $admin    = $grantlink->admin;
my $chromium = Grantlink::Chromium->start($grantlink->directory);

sub ids ($asked) { return map { $_->{id} } @{$asked->{connections}} }

sub check ($tab, $name) {
    for my $look (@looks) {
        my ($kind, %how) = @$look;
        $tab->emulate(%how);
        is_deeply([$tab->axe], [], "$name: axe-core finds nothing: $kind");
        ok(!$tab->look->{scrolls}, "$name: it is not wider than the window: $kind");
        $tab->screenshot("several-$name-$kind");
    }
    is_deeply($tab->look->{small}, [], "$name: every target is large enough");
    return;
}

# What a screen reader finds of the progress: its label, and how far it is.
sub progress ($tab) {
    return $tab->evaluate('(() => { const p = document.querySelector("progress");'
            . ' return `${p.labels[0].innerText.trim()} (${p.value}/${p.max})` })()');
}

sub quiet ($tab) {
    is_deeply([grep { !/favicon|status of 4/ } $tab->said], [], 'the console has nothing to say');
    return;
}

my $message = "Hello Ann,\n\nplease connect all of them for the summer campaign.";

for my $javascript (\1, \0) {
    my $with = $$javascript ? 'with JavaScript' : 'without JavaScript';

    subtest "on a phone, $with" => sub {
        my $asked = request_together($grantlink, message => $message,
            accounts => [{provider => 'instagram', account => '@nike'}, {provider => 'facebook', account => '@adidas'},
                {provider => 'facebook'}]);
        my ($nike, $adidas, $any) = ids($asked);
        my $tab   = $chromium->person(phone(javaScriptEnabled => $javascript));
        my $shows = sub ($name, $page, $progress) {
            $tab->wait_for_page($page);
            is(progress($tab), $progress, "$name: the progress is said");
            check($tab, $name) if $$javascript;
            $tab->emulate(@{$looks[0]}[1 .. $#{$looks[0]}]);
        };
        $tab->goto($asked->{link});
        $shows->('begins', 'accounts', '0 of 3 connected (0/3)');
        $tab->click("#start-$adidas button");
        $tab->approve_as('nike');
        $shows->('wrong', 'wrong_account', '0 of 3 connected (0/3)');
        $tab->click("#start-$nike button");
        $tab->approve_as('nike');
        $shows->('one-connected', 'connected', '1 of 3 connected (1/3)');
        $tab->goto($asked->{link});
        $shows->('opened-again', 'accounts', '1 of 3 connected (1/3)');
        $tab->click("#start-$any button");
        $tab->approve_as('acme');
        $shows->('two-connected', 'connected', '2 of 3 connected (2/3)');
        is($admin->connection($any)->{approved_account}{handle}, 'acme', 'any account was welcome there');
        quiet($tab);
        $tab->leave;
    };
}

subtest 'on a desktop, in windows' => sub {
    my $asked = request_together($grantlink);
    my ($nike, $adidas) = ids($asked);
    my $tab = $chromium->person(desktop());
    $tab->goto($asked->{link});
    $tab->click("#start-$adidas button");
    my $window = $tab->opened;
    $tab->wait_for_text('Continue in the window that opened');
    is($tab->look->{focus}, 'Continue in the window that opened', 'the page says so where the button was');
    check($tab, 'window');
    $window->approve_as('adidas');
    $tab->wait_for_page('connected');
    ok($window->wait_until_closed, 'the window closes');
    is(progress($tab), '1 of 2 connected (1/2)', 'the page has the rest');
    $tab->click("#start-$nike button");
    $tab->approve_as('nike');
    $tab->wait_for_page('connected');
    is(progress($tab), '2 of 2 connected (2/2)', 'until there is none');
    check($tab, 'all-connected');
    quiet($tab);
    $tab->leave;
};

subtest 'another button while a window is open' => sub {
    my $asked = request_together($grantlink);
    my ($nike, $adidas) = ids($asked);
    my $tab = $chromium->person(desktop());
    $tab->goto($asked->{link});
    $tab->click("#start-$adidas button");
    my $window = $tab->opened;
    $window->wait_for_page('login');
    $tab->wait_for_text('Continue in the window that opened');
    $tab->click("#start-$nike button");
    ok($window->wait_until_closed, 'closes the window');
    $tab->approve_as('nike');
    $tab->wait_for_page('connected');
    is($admin->connection($nike)->{status}, 'active', 'and connects that account in this tab');
    $tab->leave;
};

$chromium->stop;
$grantlink->finish;
done_testing;

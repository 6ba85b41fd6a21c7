# The console: a requester comes from nothing to an active connection, through the real approval page in
# somebody else's browser, on a desktop and on a phone; and everything else that its page can do.

use v5.36;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;
use Grantlink::Chromium qw(desktop phone);
use Grantlink::Flow;
use Grantlink::Instance;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output todo_output);

my $grantlink = Grantlink::Instance->new(console => 1);
$grantlink->write_daemon_config(providers => {instagram => $grantlink->sandbox_provider_with_pictures, oidc => $grantlink->oidc_provider($grantlink->start_oidc)},
    settings => {content => {fastest => '1s', slowest => '1s', retention => '3660d'}, brands => {acme => {name => 'Acme Social', colour => '#aa0000'}}});
$grantlink->start;
my $url       = $grantlink->console_url;
my $chromium  = Grantlink::Chromium->start($grantlink->directory);
my @clipboard = (permissions => ['clipboard-read', 'clipboard-write']);
my %signed    = ($grantlink->console->credentials, reducedMotion => 'reduce');
my %device    = (desktop => \&desktop, phone => \&phone);

sub shows ($tab, $selector, $text) {
    my ($where, $what) = map { JSON::PP->new->allow_nonref->encode($_) } $selector, $text;
    return eval { $tab->until_true("[...document.querySelectorAll($where)].some((e) => e.innerText.includes($what))") };
}

# axe-core, both colour schemes; a picture of each; nothing is wider than the window.
sub inspect ($tab, $name, %size) {
    for my $scheme (qw(light dark)) {
        $tab->emulate(%size, scheme => $scheme);
        is_deeply([$tab->axe], [], "axe-core finds nothing: $name, $scheme");
        $tab->screenshot("console-$name-$scheme", window => 1);
    }
    my $look = $tab->look;
    ok(!$look->{scrolls}, "$name: no scrolling sideways");
    is_deeply($look->{small}, [], "$name: every target is large enough");
}

my %posts = (nike => 7, adidas => 3);
my %words = (nike => 'Run your own race.', adidas => 'Three stripes, one morning');
my %size  = (desktop => {width => 1280, height => 800}, phone => {width => 360, height => 740});

for my $kind (qw(desktop phone)) {
    my $account = $kind eq 'desktop' ? 'nike' : 'adidas';
    subtest "from an empty console to an active connection: $kind" => sub {
        my $tab = $chromium->person($device{$kind}->(%signed, @clipboard));
        $tab->goto($url);
        if ($kind eq 'desktop') {
            ok(shows($tab, '.welcome h1', 'Connect the first account'), 'an empty console says what to do');
            inspect($tab, "empty-$kind", %{$size{$kind}});
            $tab->click('.welcome .primary');
        } else {
            ok(shows($tab, '.row', '@nike'), 'the list is there');
            $tab->click('#add');
        }
        ok(shows($tab, 'dialog h2', 'Add an account'), 'the dialog opens');
        inspect($tab, "add-$kind", %{$size{$kind}});
        $tab->fill('#add-account', "\@$account");
        $tab->fill('#add-message', 'Hello, please approve.');
        $tab->click('summary');
        $tab->choose('#add-brand', 'acme');
        $tab->choose('#add-language', 'de');
        $tab->choose('#add-link_lifetime', '7d');
        $tab->click('dialog [type=submit]');
        ok(shows($tab, '.done', 'The link is copied.'), 'the link is made and copied at once');
        inspect($tab, "made-$kind", %{$size{$kind}});
        my $link = $tab->evaluate('navigator.clipboard.readText()');
        like($link, qr{\A\Q@{[$grantlink->public_url]}\E/approve/[\w-]{32}\z}, 'it is in the clipboard');
        ok($tab->until_true('document.querySelector("img.qr").naturalWidth > 0 || document.querySelector("img.qr").complete'), 'so is its QR code on the page');
        $tab->click('dialog .quiet-button');
        ok(shows($tab, '.toast', 'Copied.'), 'the message is copied with it');
        is($tab->evaluate('navigator.clipboard.readText()'), "Hello, please approve.\n\n$link", 'word by word');
        $tab->click('dialog .buttons .primary');
        ok(shows($tab, '.head .pill', 'Waiting'), 'it waits');
        ok(shows($tab, '.time-line', 'Requested'), 'its history begins');
        inspect($tab, "pending-$kind", %{$size{$kind}});

        my ($asked) = grep { ($_->{account} // '') eq "\@$account" } @{$grantlink->admin->get('/v1/connections')->json->{connections}};
        is_deeply([@$asked{qw(brand language)}], [qw(acme de)], 'brand and language are the chosen ones');

        my $recipient = $chromium->person($device{$kind}->(locale => 'fr'));
        $recipient->goto($link);
        $recipient->wait_for_page('ready');
        is($recipient->look->{lang}, 'de', 'the recipient reads German');
        like($recipient->look->{text}, qr/Acme Social/, 'and the brand');
        like($recipient->look->{text}, qr/Hello, please approve\./, 'and the message');
        ok(shows($tab, '.time-line', 'Link opened'), 'the requester sees that the link was opened');
        ok($tab->until_true("document.querySelector('.row .sub').textContent.includes('link opened')"), 'in the list as well');
        $recipient->click('#start button');
        ok(shows($tab, '.time-line', 'Went to the provider'), 'and that its button was pressed, before anything comes of it');
        my $there = $kind eq 'desktop' ? $recipient->opened : $recipient;
        $there->approve_as($account);
        $recipient->wait_for_page('connected');
        ok(shows($tab, '.head .pill', 'Active'), 'the console shows it without a reload');
        ok(shows($tab, '.time-line', 'Connected'), 'so does the history');
        ok(shows($tab, '.card', 'instagram_business_basic'), 'and what the token may do');
        my $picture = 'document.querySelector(".head .avatar img")';
        if ($account eq 'nike') {
            is($tab->until_true("$picture.naturalWidth"), 64, 'the account\'s picture is shown');
        } else {
            ok($tab->until_true("!$picture"), 'what is no picture, an SVG say, is not shown');
            is($grantlink->admin->get("/v1/connections/$asked->{id}/picture")->status, 404, 'nor handed out');
        }
        ok(shows($tab, '#said', "\@$account: Active"), 'who does not see it hears it');
        ok($tab->until_true("document.querySelectorAll('.post:not(.ghost)').length === $posts{$account}"), 'its posts appear by themselves');
        ok(shows($tab, '.post', $words{$account}), 'with their words');
        my $seen = '[...document.querySelectorAll(".post img")]';
        $tab->evaluate('document.querySelector(".feed").scrollIntoView()');
        ok($tab->until_true("${seen}.length > 0 && ${seen}[0].naturalWidth === 480"), 'and pictures');
        is($tab->evaluate('document.querySelector(".post .film").innerText'), 'Video', 'a video is called one');
        like($tab->evaluate('document.querySelector(".post .icon-button").href'), qr{\Ahttps://www\.instagram\.com/p/\d+/\z}, 'each leads to its page');
        is_deeply([grep { !/\A\w+ \Q@{[$grantlink->url]}\E\// } $tab->asked], [], 'and no browser asks anybody else');
        $tab->emulate(%{$size{$kind}}, scheme => 'light');
        ok($tab->until_true("$seen.filter((image) => image.getBoundingClientRect().top < innerHeight).every((image) => image.complete)"), 'all that can be seen');
        $tab->screenshot("console-posts-$kind", window => 1);
        $tab->evaluate('scrollTo(0, 0)');
        inspect($tab, "active-$kind", %{$size{$kind}});
        is_deeply([grep { !/status of 404/ } $tab->said], [], 'the policy was not in the way');
        unlike($tab->evaluate('document.documentElement.outerHTML'), qr/IGAASANDBOX/, 'no token is on the page');
        $_->leave for $tab, $recipient;
    };
}

my $tab = $chromium->person(desktop(%signed, @clipboard));
my $acme = request_connection($grantlink, account => '@acme');
my $zoe  = request_connection($grantlink, account => '@zoe.und.soehne', link_lifetime => '1s');
{
    my $browser = $grantlink->browser;
    $browser->get(decline_at_provider($browser, press($browser, $acme->{link}), 'acme'));
    eventually(sub { ($grantlink->admin->connection($acme->{id})->{last_outcome} // '') eq 'declined' });
}
$tab->goto($url);

subtest 'all of them' => sub {
    ok($tab->until_true("document.querySelector('.funnel')"), "the pictures are drawn");
    ok(shows($tab, '.row .pill', 'Declined'), 'who said no');
    ok(shows($tab, '.row .pill', 'Link expired'), 'and who came too late is seen at a glance');
    is($tab->evaluate('document.querySelector(".funnel").getAttribute("aria-label")'),
        'Requested: 4, Opened: 3, Approved: 2, Active: 2', 'the funnel counts');
    like($tab->evaluate('document.querySelector(".ring svg").getAttribute("aria-label")'), qr/\AWell: 2\z/, 'so does the ring of tokens');
    is($tab->evaluate('getComputedStyle(document.querySelector(".row.wait, .row.warn")).opacity'), '1', 'nothing is made unreadable');
    inspect($tab, 'overview-desktop', %{$size{desktop}});
    inspect($tab, 'overview-narrow', %{$size{phone}});
    $tab->emulate(%{$size{desktop}}, scheme => 'light');
};

subtest 'posts' => sub {
    my ($nike) = grep { $_->{account} eq '@nike' } @{$grantlink->admin->get('/v1/connections')->json->{connections}};
    my $cards = sub ($count) { $tab->until_true("document.querySelectorAll('.post:not(.ghost)').length === $count") };
    ok($cards->(10), 'the overview has the newest of all');
    ok(shows($tab, '.post-of', '@adidas'), 'and says whose they are');
    $tab->evaluate('location.hash = "#/c/' . $nike->{id} . '"');
    ok($cards->(7), 'a connection has its own');
    my $publish = sub ($method, %post) { $grantlink->control_sandbox($method => 'posts', {user => 'nike', %post}) };
    $publish->(POST => (id => '18010000000000108', caption => 'Out now'));
    ok(shows($tab, '.post:first-child', 'Out now'), 'a new one comes by itself');
    ok(shows($tab, '#said', 'New posts are here.'), 'and is told');
    $publish->(POST => (id => '18010000000000108', caption => join "\n", map { "Line $_ of many" } 1 .. 20));
    ok(shows($tab, '.post:first-child', 'edited'), 'so is an edit');
    ok(!$tab->evaluate('document.querySelector(".post .words").scrollHeight <= document.querySelector(".post .words").clientHeight'), 'what is long is cut');
    $tab->click('.post:first-child .text');
    ok($tab->evaluate('document.querySelector(".post .words").scrollHeight <= document.querySelector(".post .words").clientHeight + 1'), 'until one wants all of it');
    is($tab->evaluate('document.activeElement.className'), 'words', 'and can read on');
    $publish->(DELETE => (id => '18010000000000108'));
    ok($cards->(7), 'one that is deleted goes');
    $publish->(POST => (id => "paged-$_", caption => "Number $_", timestamp => sprintf '2026-07-%02dT08:00:00+0000', $_)) for 10 .. 25;
    ok($cards->(11), 'of many there are the first, without the one that is gone');
    $tab->click('[data-key=posts-more]');
    ok($cards->(23), 'and then all of them');
    ok(!$tab->evaluate('document.querySelector("[data-key=posts-more]")'), 'after which there are no more');
    is($tab->evaluate('document.activeElement.innerText.match(/Number \d+/)?.[0]'), 'Number 21', 'the keyboard goes on where they begin');
    inspect($tab, 'posts-desktop', %{$size{desktop}});
    inspect($tab, 'posts-narrow', %{$size{phone}});
    $tab->emulate(%{$size{desktop}}, scheme => 'light');
    $publish->(DELETE => (id => "paged-$_")) for 10 .. 25;

    my $picture = sub ($query) { $grantlink->admin->get("/v1/connections/$nike->{id}/picture$query") };
    is($picture->('?post=18010000000000107')->header('content-type'), 'image/png', 'the API has the pictures');
    is($picture->("?post=$_")->status, 404, "not of $_") for '18010000000000106', '18010000000000301', 'none', '';
    is($picture->('?size=1')->status, 400, 'nothing else can be asked of it');

    my $acme = request_connection($grantlink, account => '@acme');
    is(wait_for_outcome($grantlink->browser, approve($grantlink->browser, $acme->{link}, 'acme')), 'connected', 'an account without posts');
    $tab->evaluate(qq{location.hash = "#/c/$acme->{id}"});
    ok(shows($tab, '.posts-note', 'has published nothing yet'), 'says so');
    is_deeply([$tab->axe], [], 'axe-core finds nothing');
    $grantlink->control_sandbox(POST => 'faults', {path => '/me/media', status => 500, times => 1000});
    ok(shows($tab, '.posts-note', 'could not be looked at'), 'one that cannot be collected too');
    is_deeply([$tab->axe], [], 'axe-core finds nothing');
    $grantlink->control_sandbox(DELETE => 'faults');
    $grantlink->admin->request(DELETE => "/v1/connections/$acme->{id}");
    $tab->evaluate('location.hash = "#/"');
};

subtest 'search, filters, keys' => sub {
    $tab->press('/');
    $tab->type('zoe');
    ok($tab->until_true('document.querySelectorAll(".list .row").length === 1'), 'the search finds one');
    $tab->press('ArrowDown');
    is($tab->evaluate('document.activeElement.dataset.key'), $zoe->{id}, 'down leads to it');
    $tab->press('Enter');
    ok(shows($tab, 'h1', '@zoe.und.soehne'), 'Enter opens it');
    $tab->press('Escape');
    ok(shows($tab, 'h1', 'Overview'), 'Escape leads back');
    $tab->fill('#search', 'no such thing');
    ok(shows($tab, '.none', 'Nothing fits.'), 'nothing fits');
    $tab->click('.none button');
    ok($tab->until_true('document.querySelectorAll(".list .row").length === 4'), 'all are back');
    $tab->click('[data-key=filter-active]');
    ok($tab->until_true('document.querySelectorAll(".list .row").length === 2'), 'the filter keeps the active ones');
    $tab->click('[data-key=filter-all]');
    $tab->press('?');
    ok(shows($tab, 'dialog', 'Keyboard'), 'the keys are explained');
    is_deeply([$tab->axe], [], 'axe-core finds nothing');
    $tab->click('dialog input[type=checkbox]');
    $tab->press('Escape', 'n');
    is($tab->evaluate('document.querySelectorAll("dialog[open]").length'), 0, 'switched off, a letter does nothing');
    $tab->evaluate('localStorage.clear()');
    $tab->press('n');
    ok(shows($tab, 'dialog h2', 'Add an account'), 'switched on, it does');
    $tab->click('dialog summary');
    $tab->fill('#add-notify', 'not an address');
    $tab->click('dialog [type=submit]');
    ok(shows($tab, '[data-field=notify] .problem', 'notify'), 'a mistake is told where it is');
    is($tab->evaluate('document.activeElement.name'), 'notify', 'and the field is at hand');
    is_deeply([$tab->axe], [], 'axe-core finds nothing');
    $tab->press('Escape');
};

subtest 'a new link' => sub {
    $tab->click(qq{a.row[href="#/c/$acme->{id}"]});
    ok(shows($tab, '.advice', 'said no'), 'what to do after a no');
    $tab->click('.link-field [aria-label="Show as QR code"]');
    ok($tab->until_true('document.querySelector("dialog img.qr")?.complete'), 'the QR code is shown');
    $tab->screenshot('console-qr', window => 1);
    $tab->press('Escape');
    $tab->click('.link-field [aria-label="Make a new link"]');
    ok(shows($tab, 'dialog', 'stops working at once'), 'the warning is honest');
    is($tab->evaluate('document.activeElement.innerText'), 'Keep it', 'Enter by mistake does nothing');
    $tab->screenshot('console-regenerate', window => 1);
    $tab->click('dialog .danger');
    ok(shows($tab, '.toast', 'The link is copied.'), 'the new one is copied');
    isnt($tab->evaluate('navigator.clipboard.readText()'), $acme->{link}, 'and is another');
    is($grantlink->admin->connection($acme->{id})->{generation}, 2, 'the daemon has it');
    is($grantlink->browser->get($acme->{link})->page, 'replaced', 'the old one is dead');
};

subtest 'taken back, asked for again, removed' => sub {
    $tab->until_true('!document.querySelector("dialog")');
    $tab->click('[data-key=remove]');
    ok(shows($tab, 'dialog', 'Take the request back'), 'asked first');
    $tab->click('dialog .danger');
    ok(shows($tab, '.head .pill', 'Removed'), 'it is gone');
    is($grantlink->admin->connection($acme->{id})->{status}, 'revoked', 'at the daemon too');
    $tab->click('.last .primary');
    ok($tab->until_true('document.querySelector("#add-account")?.value === "@acme"'), 'asking again begins with the same handle');
    $tab->press('Escape');
    my ($nike) = grep { $_->{account} eq '@nike' } @{$grantlink->admin->get('/v1/connections?status=active')->json->{connections}};
    $tab->click(qq{a.row[href="#/c/$nike->{id}"]});
    ok(shows($tab, 'h1', '@nike'), 'an active one');
    $tab->click('[data-key=remove]');
    ok(shows($tab, 'dialog', 'given back to the provider'), 'the warning says what happens');
    $tab->click('dialog .danger');
    ok(eventually(sub { $grantlink->admin->connection($nike->{id})->{status} eq 'revoked' }), 'it is removed');
};

subtest 'log in oneself' => sub {
    $tab->click('#add');
    $tab->click('input[value=login]');
    ok(shows($tab, 'dialog [type=submit]', 'Go to the login'), 'the button says where it goes');
    ok(!$tab->evaluate('document.querySelector("#add-message").checkVisibility()'), 'nobody needs a message');
    $tab->click('dialog [type=submit]');
    my $window = $tab->opened;
    $window->wait_for_page('ready');
    ok(shows($tab, '.done', 'new tab'), 'it is open in a new tab');
    is($window->evaluate('window.opener'), undef, 'which knows nothing of the console');
    $window->close;
    $tab->press('Escape');
};

subtest 'one link for two' => sub {
    my @accounts = map { {provider => 'instagram', account => $_} } '@two', '@three';
    my $asked    = $grantlink->admin->post('/v1/connections', {accounts => \@accounts, message => 'Both, please.'})->json;
    my ($two, $three) = map { $_->{id} } @{$asked->{connections}};
    ok(shows($tab, '.row', '@three'), 'both are in the list');
    $tab->evaluate(qq{location.hash = "#/c/$two"});
    ok(shows($tab, '.facts', 'Same link as'), 'the one says that it shares its link');
    ok(shows($tab, qq{.facts a[href="#/c/$three"]}, '@three'), 'with whom');
    ok(shows($tab, '.facts', 'Both, please.'), 'and what the recipient reads');
    inspect($tab, 'shared', %{$size{desktop}});
    $tab->click('[data-key=remove]');
    ok(shows($tab, 'dialog', 'This is so for @three as well'), 'taking it back says that it is for both');
    $tab->click('dialog .danger');
    ok(eventually(sub { $grantlink->admin->connection($three)->{status} eq 'revoked' }), 'and is');
    $tab->evaluate(qq{location.hash = "#/c/$three"});
    ok(shows($tab, '.head .pill', 'Removed'), 'as the page shows');
};

subtest 'an approval that is gone' => sub {
    my $asked = request_connection($grantlink, provider => 'oidc', account => '');
    is(wait_for_outcome($grantlink->browser, approve($grantlink->browser, $asked->{link}, 'nike')), 'connected', 'there is one');
    $tab->evaluate(qq{location.hash = "#/c/$asked->{id}"});
    ok(shows($tab, '.head .pill', 'Active'), 'it is active');
    $grantlink->stop('oidc');
    $grantlink->start_oidc;    # which has forgotten all grants
    $tab->click('[data-key=refresh]');
    ok(shows($tab, '.toast', 'new approval'), 'the refresh is refused');
    ok(shows($tab, '.head .pill', 'Needs a new approval'), 'the connection is broken');
    ok(shows($tab, '.card h2', 'Approve again'), 'what to do is said');
    my $link = $tab->until_true('document.querySelector("input.link")?.value');
    inspect($tab, 'broken', %{$size{desktop}});
    is(wait_for_outcome($grantlink->browser, approve($grantlink->browser, $link, 'nike')), 'connected', 'the link there brings it back');
    ok(shows($tab, '.head .pill', 'Active'), 'as the page shows');
};

subtest 'when nobody answers' => sub {
    $grantlink->stop('daemon');
    ok(shows($tab, '.banner', 'No answer from grantlink'), 'it says that what it shows is old');
    ok(shows($tab, '.row', '@adidas'), 'and still shows it');
    inspect($tab, 'offline', %{$size{desktop}});
    my $late = $chromium->person(phone(%signed));
    $grantlink->start_daemon;
    ok($tab->until_true('document.querySelector(".banner").hidden'), 'it notices that all is well again');
    $late->goto($url);
    ok(shows($late, '.row', '@adidas'), 'a phone has the list');
    $late->offline(1);
    ok(shows($late, '.banner', 'No answer'), 'no network is told too');
    $late->offline(0);
    $late->leave;
    $tab->evaluate('location.hash = "#/c/0199f3a2-7c4e-7aaa-8bbb-0123456789ab"; location.reload()');
    ok(shows($tab, 'h1', 'There is no such connection'), 'a wrong address is told');
};

subtest 'every language' => sub {
    my ($first) = @{$grantlink->admin->get('/v1/connections?status=active')->json->{connections}};
    my %direction = (ar => 'rtl');
    for my $tag (qw(en de es fr pt ja ar)) {
        my $person = $chromium->person(desktop(%signed, locale => $tag));
        $person->goto($url);
        $person->until_true('document.querySelector(".funnel")');
        my $look = $person->look;
        is_deeply([@$look{qw(lang dir)}], [$tag, $direction{$tag} // 'ltr'], "$tag is what the browser gets");
        unlike($look->{text}, qr/\b[a-z]+_[a-z_]+\b/, 'every text is there');
        is_deeply([$person->axe], [], 'axe-core finds nothing');
        $person->screenshot("console-$tag", window => 1);
        $person->evaluate(qq{location.hash = "#/c/$first->{id}"});
        $person->until_true('document.querySelector(".life")');
        $person->emulate(%{$size{phone}}, scheme => 'light');
        ok(!$person->look->{scrolls}, 'it fits a phone');
        unlike($person->look->{text} =~ s/instagram_business_basic//r, qr/\b[a-z]+_[a-z_]+\b/, 'every text is there');
        $person->screenshot("console-$tag-phone", window => 1);
        $person->leave;
    }
};

$chromium->stop;
$grantlink->logs_are_clean;
$grantlink->finish;
done_testing;

# On a desktop the button opens the provider in a window of its own, and the page behind it goes on by
# itself; where that cannot be, it is one tab from start to end.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Chromium qw(desktop phone);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Port;

# nginx in front of the sandbox, which cuts every tie between windows as big providers do.
my $provider  = Grantlink::Port->reserve;
my $grantlink = Grantlink::Instance->new(provider_origin => 'http://127.0.0.1:' . $provider->number);
$grantlink->write_nginx_config(http => <<~"END");
    server {
        listen 127.0.0.1:@{[$provider->number]};
        access_log off;    # what a provider logs is not ours
        location / {
            proxy_pass @{[$grantlink->sandbox_url]};
            proxy_set_header Host \$http_host;
            add_header Cross-Origin-Opener-Policy same-origin always;
        }
    }
    END
$grantlink->start;
my $chromium = Grantlink::Chromium->start($grantlink->directory);

sub link_of ($asked) { return $asked->{link} }

sub no_secrets_in ($tab, $name) {
    my @with = grep { /[?&](?:code|state)=/ && !m{/oauth/authorize} } $tab->history;
    is_deeply(\@with, [], "$name: no code and no state in the history");
}

sub quiet ($tab, $name) {
    is_deeply([grep { !/favicon|status of 404/ } $tab->said], [], "$name: the console has nothing to say");
}

sub started ($tab, $link) {
    $tab->goto($link);
    $tab->wait_for_page('ready');
    $tab->click('#start button');
    return $tab->opened;
}

subtest 'approved in the window' => sub {
    my $asked  = request_connection($grantlink);
    my $tab    = $chromium->person(desktop());
    my $window = started($tab, $asked->{link});
    $window->wait_for_page('login');
    $tab->wait_for_text('Continue in the window that opened');
    is($tab->page, 'ready', 'the page stays where it is');
    is($tab->look->{focus}, 'Continue in the window that opened', 'and says what to do, to screen readers too');
    is_deeply([$tab->axe], [], 'axe-core finds nothing in it');
    $tab->screenshot('window-waits');
    is($window->evaluate('window.opener'), undef, 'the tie between the windows is cut');
    $window->approve_as('nike');
    $tab->wait_for_page('connected');
    ok($window->wait_until_closed, 'the window closes once the page shows the outcome');
    is($grantlink->admin->connection($asked->{id})->{status}, 'active', 'the connection is active');
    no_secrets_in($tab, 'the page');
    quiet($tab, 'the page');
    $tab->leave;
};

# The page behind it may be between two documents when the window asks: nobody hears the first question.
subtest 'the first question of the window is lost' => sub {
    my $asked = request_connection($grantlink);
    my $tab   = $chromium->person(desktop(), script => <<~'END');
        const post = BroadcastChannel.prototype.postMessage;
        let lost = false;
        BroadcastChannel.prototype.postMessage = function (data) {
          if (data !== "who shows it?" || lost) return post.call(this, data);
          lost = true;
        };
        END
    my $window = started($tab, $asked->{link});
    $window->approve_as('nike');
    $tab->wait_for_page('connected');
    ok($window->wait_until_closed, 'the window asks again, and closes');
    $tab->leave;
};

subtest 'the page behind it is gone' => sub {
    my $tab    = $chromium->person(desktop());
    my $window = started($tab, link_of(request_connection($grantlink)));
    $window->wait_for_page('login');
    my $other = $window->another;    # so that the browser lives on
    $tab->close;
    $window->approve_as('nike');
    $window->wait_for_page('connected');
    $window->wait_for_text('You can close this page');
    no_secrets_in($window, 'the window');
    sleep 2;
    ok(!$window->is_closed, 'the window stays, since nobody else shows the outcome');
    $other->leave;
};

subtest 'declined in the window' => sub {
    my $tab    = $chromium->person(desktop());
    my $window = started($tab, link_of(request_connection($grantlink)));
    $window->choose_account('nike');
    $window->decide('decline');
    ok($tab->wait_for_page('declined'), 'the page says so, and offers to try again');
    ok(!$window->is_closed, 'and so does the window');
    $tab->leave;
};

subtest 'the window was closed by hand' => sub {
    my $tab    = $chromium->person(desktop());
    my $window = started($tab, link_of(request_connection($grantlink)));
    $window->wait_for_page('login');
    $window->close;
    $tab->click('#notice button');
    $tab->wait_for_page('login');
    $tab->approve_as('nike');
    $tab->wait_for_page('connected');
    no_secrets_in($tab, 'the page');
    quiet($tab, 'the page');
    $tab->leave;
};

subtest 'the window is blocked' => sub {
    my $tab = $chromium->person(desktop(), script => 'window.open = () => null');
    $tab->goto(link_of(request_connection($grantlink)));
    $tab->click('#start button');
    $tab->approve_as('nike');
    $tab->wait_for_page('connected');
    quiet($tab, 'the page');
    $tab->leave;
};

subtest 'the link dies while the page is open' => sub {
    my $asked = request_connection($grantlink);
    my $tab   = $chromium->person(desktop());
    $tab->goto($asked->{link});
    $tab->wait_for_page('ready');
    $grantlink->admin->post("/v1/connections/$asked->{id}/cancel");
    $tab->click('#start button');
    $tab->wait_for_page('cancelled');
    ok($tab->opened->wait_until_closed, 'and no empty window is left');
    $tab->leave;
};

$chromium->stop;
$grantlink->finish;
done_testing;

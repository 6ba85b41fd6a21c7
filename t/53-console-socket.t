# The console's socket: nginx's group alone gets to it, who acts is who nginx says, no other site's page
# can act for them, and nobody gets a token there.

use v5.36;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Admin;
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->new;
$grantlink->start_daemon;
ok(!-e $grantlink->directory . '/run/console.sock', 'without the setting there is no such socket');
$grantlink->stop('daemon');
$grantlink = undef;

$grantlink = Grantlink::Instance->new(console => 1);
$grantlink->write_daemon_config(settings => {brands => {acme => {name => 'Acme', colour => '#aa0000'}}, brand => 'acme'});
$grantlink->start;
my $console = $grantlink->console;
my $socket  = Grantlink::Admin->new($console->socket, witness => $grantlink->evidence->witness);
my $asked   = request_connection($grantlink);
my $id      = $asked->{id};
my %own     = ('X-Remote-User' => 'olivia', 'Sec-Fetch-Site' => 'same-origin');

# On the console's socket, as this page or that would have it.
sub ask ($method, $path, $body = undef, %headers) { return $socket->request($method, $path, $body, %headers) }
sub status_of (@request) { return ask(@request)->status }

subtest 'who may connect' => sub {
    my @stat = stat $console->socket;
    is(sprintf('%04o', $stat[2] & 07777), '0660', 'owner and group');
    is(scalar getgrgid($stat[5]), Grantlink::Instance::Configuration::edge_group(), 'the group is nginx\'s') if $> == 0;
};

subtest 'who acts' => sub {
    my $refused = ask(GET => '/v1/connections');
    is($refused->status, 403, 'nobody, when nginx does not say who');
    like($refused->json->{detail}, qr/X-Remote-User/, 'the answer says what is missing');
    is(status_of(GET => '/v1/connections', undef, 'X-Remote-User' => 'a' x 201), 403, 'nobody has such a name');
    my $session = ask(GET => '/v1/session', undef, %own)->json;
    is_deeply([$session->{user}, sort @{$session->{roles}}], ['olivia', 'operator', 'viewer'], 'olivia, as operator and viewer');
    my $admin = $grantlink->admin->request(GET => '/v1/session', undef, 'X-Remote-User' => 'olivia')->json;
    is($admin->{user}, "user $>", 'on the admin socket the header says nothing');
};

subtest 'what a request gets that leaves things out' => sub {
    my $defaults = ask(GET => '/v1/defaults', undef, %own)->json;
    is_deeply($defaults, {requester => 'Example Agency', brand => 'acme', link_lifetime_seconds => 14 * 86400,
        brands => [{id => 'acme', name => 'Acme', colour => '#aa0000'}]}, 'as it is configured');
};

subtest 'no other page may act' => sub {
    my $create = sub (%headers) { status_of(POST => '/v1/connections', '{"provider":"instagram"}', 'X-Remote-User' => 'olivia', %headers) };
    is($create->('Sec-Fetch-Site' => 'same-origin'), 201, 'a page of the console may');
    is($create->('Sec-Fetch-Site' => $_), 403, "$_ may not") for qw(cross-site same-site none);
    is($create->('Sec-Fetch-Site' => 'cross-site', Origin => 'http://localhost'), 403, 'whatever its Origin');
    is($create->(), 403, 'nor who says nothing');
    is($create->(Origin => 'https://localhost'), 201, 'an older browser is known by its Origin');
    is($create->(Origin => $_), 403, "not by $_") for qw(null https://evil.example https://localhost.evil.example http://localhost:81 localhost);
    is($create->('Sec-Fetch-Site' => 'same-origin', 'Content-Type' => $_), 415, "not with $_")
        for qw(text/plain application/x-www-form-urlencoded multipart/form-data application/jsonp);
    is($create->('Sec-Fetch-Site' => 'same-origin', 'Content-Type' => 'Application/JSON; charset=utf-8'), 201, 'the type is read as RFC 9110 has it');
    for my $write (["POST", "/v1/connections/$id/regenerate"], ["POST", "/v1/connections/$id/cancel"], ["DELETE", "/v1/connections/$id"]) {
        is(status_of(@$write, undef, %own), 415, "@$write: no type, no deed");
        is(status_of(@$write, '{}', %own, 'Sec-Fetch-Site' => 'cross-site'), 403, "@$write: nor from elsewhere");
    }
    is(status_of(GET => "/v1/connections/$id/link", undef, %own, 'Sec-Fetch-Site' => 'cross-site'), 403, 'reading is not for others either');
    is(status_of(GET => "/v1/connections/$id/link", undef, %own, 'Sec-Fetch-Site' => 'none'), 200, 'an address typed in is read');
    is($grantlink->admin->connection($id)->{generation}, 1, 'nothing of it has happened');
};

subtest 'a link as a picture' => sub {
    my $picture = ask(GET => "/v1/connections/$id/qr", undef, %own);
    is($picture->header('content-type'), 'image/svg+xml', 'SVG');
    is($picture->header('cache-control'), 'no-store', 'which nobody keeps');
    my ($svg, %dark) = $picture->body;
    while ($svg =~ /M(\d+) (\d+)h(\d+)v1/g) { my ($x, $y, $n) = ($1, $2, $3); $dark{"$_,$y"} = 1 for $x .. $x + $n - 1 }
    my ($side) = $svg =~ /viewBox="0 0 (\d+) /;
    my $lines = $grantlink->cli('link', $id, '--qr')->{out};
    utf8::decode($lines);
    my @rows = grep { /\A[ ▄▀█]+\z/ } split /\n/, $lines;
    my %there;
    for my $y (0 .. $#rows) {
        my @blocks = split //, $rows[$y];
        for my $x (0 .. $#blocks) {
            $there{"$x," . 2 * $y} = 1       if $blocks[$x] =~ /[ ▄]/;
            $there{"$x," . (2 * $y + 1)} = 1 if $blocks[$x] =~ /[ ▀]/ && 2 * $y + 1 < $side;
        }
    }
    cmp_ok(scalar keys %dark, '>', 200, 'it has modules');
    is_deeply(\%dark, \%there, 'the same as the command\'s');
};

subtest 'no token, whoever asks' => sub {
    is(wait_for_outcome($grantlink->browser, approve($grantlink->browser, $asked->{link})), 'connected', 'there is one');
    is($grantlink->admin->get("/v1/connections/$id/token")->status, 200, 'which the admin socket gives') if $> == 0;
    for my $action (qw(token trace)) {
        my $refused = ask(GET => "/v1/connections/$id/$action", undef, %own);
        is($refused->status, 403, "the console gives no $action");
        is(status_of(GET => "/v1/connections/$id/$action?min_ttl=1s", undef, %own, 'X-Remote-User' => 'root'), 403, 'to root neither');
    }
    is(status_of(GET => "/v1/connections/$id/t%6Fken", undef, %own), 403, 'in no spelling');
    isnt(status_of(GET => $_, undef, %own), 200, $_) for "/v1/connections/$id/token/", "/v1//connections/$id/token", "/v1/connections/$id/./token";
    my $shown = ask(GET => "/v1/connections/$id", undef, %own);
    is($shown->json->{status}, 'active', 'the connection is shown');
    unlike($shown->body, qr/IGAASANDBOX/, 'without its token');
    is(status_of(POST => "/v1/connections/$id/refresh", '{}', %own), 503, 'a refresh may be asked for, and is too early');
    is(status_of(DELETE => "/v1/connections/$id", '{}', %own), 200, 'an operator may remove');
    ask(POST => '/v1/connections/x%0A2026-forged', '{}', %own);
    unlike($grantlink->log('daemon'), qr/^2026-forged/m, 'no line of it can be forged');
    $grantlink->log_has(daemon => qr{console: olivia: DELETE /v1/connections/\Q$id\E$}m, 'the log says who did');
};

subtest 'files' => sub {
    my $page = ask(GET => '/console/');
    is($page->status, 200, 'the page is no secret');
    like($page->header('content-type'), qr{\Atext/html}, 'it is HTML');
    my $tag = $page->header('etag');
    like($tag, qr/\A"[0-9a-f]{32}"\z/, 'with a strong tag');
    my $again = ask(GET => '/console/', undef, 'If-None-Match' => qq{"x", $tag});
    is_deeply([$again->status, $again->body, $again->header('etag')], [304, '', $tag], 'which spares the next answer');
    is(status_of(GET => '/console/', undef, 'If-None-Match' => '"x"'), 200, 'unless it is another');
    my @files = $page->body =~ /(?:href|src)="([\w.]+)"/g;
    for my $file (@files, 'de.json') {
        my $answer = ask(GET => "/console/$file");
        is($answer->status, 200, $file);
        is($answer->header('x-content-type-options'), 'nosniff', 'is what it says');
    }
    unlike($page->body, qr/<style|style=|<script(?![^>]*src=)|\son\w+=/, 'nothing is inline');
    my $policy = $page->header('content-security-policy');
    like($policy, qr/\Q$_\E/, "policy: $_") for q{default-src 'none'}, q{script-src 'self'}, q{style-src 'self'}, q{connect-src 'self'}, q{frame-ancestors 'none'};
    unlike($policy, qr/unsafe|\*|https?:/, 'and nothing looser');
    is(ask(HEAD => '/console/')->header('content-length'), length $page->body, 'HEAD says how long it is');
    is(status_of(GET => $_), 404, "no $_") for '/console/nothing.js', '/console/../index.html', '/console/strings/en.json';
    is(ask(POST => '/console/', '{}', %own)->header('allow'), 'GET, HEAD', 'there is nothing to post to');
    is($grantlink->admin->get('/console/')->status, 404, 'the admin socket has no pages');
};

subtest 'through nginx' => sub {
    my $browser = $grantlink->browser;
    my $url     = $grantlink->url;
    is($browser->get($grantlink->console_url)->status, 401, 'a stranger is asked who it is');
    is($browser->get("$url/v1/connections", headers => {'X-Remote-User' => 'olivia'})->status, 401, 'and not believed');
    my %signed = (Authorization => $console->authorization);
    is($browser->get("$url/v1/session", headers => {%signed, 'X-Remote-User' => 'mallory'})->json->{user}, 'olivia', 'olivia is who nginx has seen');
    is($browser->get("$url/console", headers => \%signed)->location =~ s{.*/console}{/console}r, '/console/', 'the slash may be left out');
    is($browser->request(POST => "$url/v1/connections", headers => {%signed, 'Content-Type' => 'application/json', Origin => $url}, body => '{"provider":"instagram"}')->status,
        201, 'Origin is compared with the host that was asked');
    is($browser->request(POST => "$url/v1/connections", headers => {%signed, 'Content-Type' => 'application/json', Origin => 'http://evil.example'}, body => '{"provider":"instagram"}')->status,
        403, 'another is refused');
};

ok(-S $console->socket, 'the socket is there');
$grantlink->stop('daemon');
ok(!-e $console->socket, 'and goes with the daemon');
$grantlink->logs_are_clean;
$grantlink->finish;
done_testing;

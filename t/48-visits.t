# Whoever sent a link sees that it was opened and its button pressed, without anything being recorded at the
# edge: once for each link, whoever opens it and how often.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Select ();
use IO::Socket::UNIX;
use Socket qw(SOCK_DGRAM);
use Test::More;
use Time::HiRes qw(time);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Together;
use Grantlink::Wire;

my $grantlink = Grantlink::Instance->new(workers => 2,
    server => 'location /elsewhere/ { grantlink_approve; grantlink_wake /tmp/grantlink-nobody-listens.sock; }');
add_facebook($grantlink);
$grantlink->start;
my $admin   = $grantlink->admin;
my $browser = $grantlink->browser;

sub events ($id) { return reverse @{$admin->get("/v1/connections/$id/events?limit=500")->json->{events}} }
sub visits ($id) { return join ' ', grep { /opened|started/ } map { $_->{event} } events($id) }
sub is_told ($id, $event, $name) { return ok(wait_for_event($grantlink, $id, $event), $name) }

sub funnel () { return $admin->get('/v1/overview')->json->{funnel} }

# A visit of now is known: those of before have been told by then.
sub settle () {
    my $last = request_connection($grantlink);
    open_page($grantlink->browser, $last->{link});
    wait_for_event($grantlink, $last->{id}, 'opened') or die "grantlinkd is told of nothing\n";
    return;
}

# As nginx tells it; docs/formats.md.
sub tell_visits (@visits) { return say_on_socket(chr(1) . join '', map { visit(%$_) } @visits) }

sub visit (%visit) {
    my ($id, $attempt) = map { pack 'H*', tr/-//dr } $visit{id}, $visit{attempt} // '0' x 32;
    return $id . pack('V', $visit{generation} // 1) . $attempt . pack 'Q<', ($visit{at} // time) * 1000;
}

sub say_on_socket ($datagram) {
    my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => $grantlink->edge_store . '/wake.sock') or die "wake.sock: $!\n";
    return defined $socket->send($datagram);
}

subtest 'of one link' => sub {
    my $asked = request_connection($grantlink);
    my $id    = $asked->{id};
    is($asked->{opened_at}, undef, 'not opened yet');
    $browser->head($asked->{link});
    settle();
    is(visits($id), '', 'a HEAD shows nothing');
    open_page($browser, $asked->{link});
    is_told($id, 'opened', 'who opens it is told of');
    my ($opened) = grep { $_->{event} eq 'opened' } events($id);
    is_deeply([@$opened{qw(by attempt detail)}], [{kind => 'recipient'}, undef, undef], 'as the recipient, who has begun nothing');
    is($admin->connection($id)->{opened_at}, $opened->{at}, 'the connection has the time');
    is($admin->connection($id)->{updated_at}, $asked->{updated_at}, 'and has not changed by it');
    like($grantlink->cli('show', $id)->{out}, qr/opened/, 'grantlink show has it');

    press($browser, $asked->{link});
    is_told($id, 'started', 'so is the button, though nothing has come back');
    my ($started) = grep { $_->{event} eq 'started' } events($id);
    like($started->{attempt}, qr/\A[0-9a-f-]{36}\z/, 'with the attempt');
    is($admin->connection($id)->{started_at}, $started->{at}, 'the connection has the time');
    like($grantlink->cli('list')->{out}, qr/started, /, 'grantlink list has it');

    for (1 .. 20) { my $other = $grantlink->browser; open_page($other, $asked->{link}); press($other, $asked->{link}) }
    settle();
    is(visits($id), 'opened started', 'others after that make no line');
    is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'an approval');
    is(visits($id), 'opened started started', 'has its start, whoever was before');
    is($grantlink->browser->get($asked->{link})->status, 410, 'somebody comes afterwards');
    settle();
    is(visits($id), 'opened started started', 'a link that has done its work is opened by nobody');
};

subtest 'of another link of the same connection' => sub {
    my $asked = request_connection($grantlink);
    open_page($browser, $asked->{link});
    is_told($asked->{id}, 'opened', 'opened');
    my $again = $admin->post("/v1/connections/$asked->{id}/regenerate")->json;
    is($again->{opened_at}, undef, 'the new link has not been opened');
    is($browser->get($asked->{link})->page, 'replaced', 'somebody comes by the old one');
    settle();
    is(visits($asked->{id}), 'opened', 'that does not count');
    open_page($browser, $again->{link});
    ok(eventually(sub { visits($asked->{id}) eq 'opened opened' }), 'the new one does');
};

subtest 'of a link for several' => sub {
    my $asked = request_together($grantlink);
    my ($nike, $adidas) = map { $_->{id} } @{$asked->{connections}};
    my $page = open_page($browser, $asked->{link});
    is_told($_, 'opened', 'both are opened by it') for $nike, $adidas;
    ok($admin->connection($_)->{opened_at}, 'with the time') for $nike, $adidas;
    my %buttons = buttons_on($page);
    $browser->post($buttons{$adidas});
    is_told($adidas, 'started', 'the one whose button is pressed is started');
    settle();
    is(visits($nike), 'opened', 'and not the other');
};

subtest 'of a location whose daemon there is not' => sub {
    my ($lost, $asked) = map { request_connection($grantlink) } 1 .. 2;
    for (1 .. 4) { is($grantlink->browser->get($lost->{link} =~ s{/approve/}{/elsewhere/}r)->status, 200, 'its pages are shown') }
    for (1 .. 4) { open_page($grantlink->browser, $asked->{link}) }
    is_told($asked->{id}, 'opened', 'and it keeps none of the others');
    is(visits($lost->{id}), '', 'from being told');
};

subtest 'while grantlinkd is away' => sub {
    my @asked = map { request_connection($grantlink) } 1 .. 5;
    $grantlink->stop('daemon');
    open_page($browser, $_->{link}) for @asked;
    $grantlink->start_daemon;
    is_told($_->{id}, 'opened', 'it is told later') for @asked;

    my $quick = request_connection($grantlink, account => '@adidas');
    $grantlink->stop('daemon');
    my $status = approve($browser, $quick->{link}, 'adidas');
    $grantlink->start_daemon;
    is(wait_for_outcome($browser, $status), 'connected', 'somebody has opened and approved meanwhile');
    is_told($quick->{id}, 'opened', 'which is told, whatever comes first');
    ok($admin->connection($quick->{id})->{started_at}, 'as is the start');

    my $asked = request_connection($grantlink);
    open_page($browser, $asked->{link});
    $grantlink->replace_workers;
    is_told($asked->{id}, 'opened', 'a worker that leaves tells before');
    $grantlink->kill('daemon');
    $grantlink->start_daemon;
    open_page($browser, $asked->{link});
    settle();
    is(visits($asked->{id}), 'opened', 'a daemon that was killed does not write it twice');
};

subtest 'by whoever may write to the socket' => sub {
    my $asked = request_connection($grantlink);
    my $id    = $asked->{id};
    my %start = (id => $id, attempt => '019ab5a0-0000-7000-8000-000000000001');
    tell_visits({id => $id, generation => 2});
    tell_visits({id => '019ab5a0-0000-7000-8000-000000000002'}, {%start, id => '019ab5a0-0000-7000-8000-000000000002'});
    say_on_socket(chr(2) . visit(id => $id));
    say_on_socket(chr(1) . visit(id => $id) . 'x');
    say_on_socket(chr(1) . visit(id => $id) x 257);
    say_on_socket('');
    settle();
    is(visits($id), '', 'another generation, another connection, another version, another length: nothing is written');
    tell_visits(map { {id => $id, at => 4_000_000_000 + $_} } 1 .. 256);
    is_told($id, 'opened', 'a made-up visit counts');
    my ($opened) = grep { $_->{event} eq 'opened' } events($id);
    cmp_ok($opened->{at}, 'ge', $asked->{created_at}, 'at a time after the request');
    unlike($opened->{at}, qr/\A20[^2]/, 'that is not to come');
    for my $n (1 .. 300) { tell_visits({%start, attempt => sprintf '019ab5a0-0000-7000-8000-%012d', $n}) }
    settle();
    is(visits($id), 'opened started', 'a flood of presses is one line');
    my ($started) = grep { $_->{event} eq 'started' } events($id);
    cmp_ok($started->{at}, 'ge', $asked->{created_at}, 'after the request, too');
};

my $counted = funnel();
is($counted->{requested}, $counted->{opened} + (grep { !visits($_->{id}) } grep { $_->{status} ne 'revoked' }
    @{$admin->get('/v1/connections?limit=200')->json->{connections}}), 'the funnel counts those that were opened');
cmp_ok($counted->{opened}, '>', $counted->{approved}, 'of which few were approved');

# A worker that cannot get rid of what it keeps must not try for each page that it sends: it tries once a second.
subtest 'of more links than are kept while grantlinkd is away' => sub {
    my @paths = map { request_connection($grantlink)->{link} =~ s{\A\w+://[^/]+}{}r } 1 .. 258;
    my $last  = pop @paths;
    my $wake  = $grantlink->edge_store . '/wake.sock';
    $grantlink->replace_workers;    # nobody has told them of anything
    $grantlink->stop('daemon');
    my $wire = Grantlink::Wire->connect($grantlink);
    my $began = time;
    $wire->send(map { $wire->request("GET $_") } @paths);
    is((grep { $wire->response->status != 200 } @paths), 0, 'each page is shown');
    unlink $wake;
    my $ear = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $wake) or die "$wake: $!\n";
    chmod 0666, $wake;
    is($wire->send($wire->request("GET $last"))->response->status, 200, 'so is one more');
    my $said = IO::Select->new($ear)->can_read(0);
    SKIP: {
        skip 'it took too long to know who told', 1 if time - $began > 1;
        ok(!$said, 'it does not make the worker try again');
    }
    ok(IO::Select->new($ear)->can_read(10), 'which it does by itself');
    close $ear;
    unlink $wake;
    $grantlink->start_daemon;
};

$grantlink->finish;
done_testing;

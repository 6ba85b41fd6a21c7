# Pushed authorization requests (RFC 9126), at a provider by other authors that insists on them: nginx asks
# grantlinkd, and what the browser carries is a reference.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Copy qw(copy);
use IO::Socket::UNIX;
use Socket qw(SOCK_STREAM);
use Test::More;
use Time::HiRes qw(sleep time);
use Grantlink::Build;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::KeyPair qw(key_pair);
use Grantlink::Poll qw(patient);
use Grantlink::Toml qw(to_toml write_file);
use Grantlink::Url qw(query_of);
use Grantlink::Wire;

# What grantlinkd answers to these bytes, as (version, status, URL); empty when it only closes.
sub said ($grantlink, $bytes, %with) {
    my $socket = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $grantlink->edge_store . '/start.sock')
        or die "start.sock: $!\n";
    $socket->autoflush(1);
    print {$socket} $bytes;
    $socket->shutdown(1) if $with{ends};
    my $answer = '';
    1 while sysread $socket, $answer, 8192, length $answer;
    return length $answer ? unpack('C C v/a', $answer) : ();
}

for my $method (qw(client_secret_basic private_key_jwt)) {
    subtest $method => sub {
        my $grantlink = Grantlink::Instance->new(server => 'lingering_timeout 1s; location = /connections { stub_status; access_log off; }');
        my $dir       = $grantlink->directory;
        my @options   = ('--par' => 'required', '--auth-method' => $method);
        my %client    = (client_id => 'grantlink-test');
        if ($method eq 'private_key_jwt') {
            my ($private, $public) = key_pair();
            write_file("$dir/client.jwk", $private, 0600);
            write_file("$dir/public.jwk", $public);
            push @options, '--client-jwk' => "$dir/public.jwk";
            $client{client_key_file} = "$dir/client.jwk";
        } else {
            $client{client_secret} = $grantlink->{client_secret};
        }
        my $issuer = $grantlink->start_oidc(@options);
        $grantlink->write_daemon_config(providers => {oidc => {issuer => $issuer, trusted_origins => [$issuer], %client}});
        $grantlink->start;
        my $browser = $grantlink->browser;
        my $asked   = request_connection($grantlink, provider => 'oidc', account => 'nike');
        is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'a whole flow, by discovery alone');

        $asked = request_connection($grantlink, provider => 'oidc', account => 'nike');
        my $query = query_of(press($browser, $asked->{link}));
        is(join(' ', sort keys %$query), 'client_id request_uri', 'the browser carries nothing else');
        is($query->{client_id}, 'grantlink-test', 'the client');
        my $press = $grantlink->browser->post($asked->{link}, {}, headers => {Accept => 'application/json'});
        is($press->status, 200, 'our script is answered too');
        my $started = $press->json;
        is(join(' ', sort keys %{query_of($started->{location})}), 'client_id request_uri', 'with the same');
        like($started->{status}, qr{/approve/attempts/[0-9a-f-]{36}\z}, 'and where the outcome will be');
        unlike($grantlink->log($_), qr/request_uri=|urn:ietf:params:oauth:request_uri:/, "no reference in the $_ log")
            for qw(access error nginx daemon);

        subtest 'what is not grantlinkd\'s to push' => sub {
            wait_for_event($grantlink, $asked->{id}, 'started');
            my $before = $grantlink->store_digest(qw(vault links spool));
            my $state  = 'A' x 72;
            is_deeply([said($grantlink, "\1$state")], [1, 1, ''], 'a state that was not made here');
            is_deeply([said($grantlink, "\2$state")], [1, 1, ''], 'another version');
            is_deeply([said($grantlink, "\1short", ends => 1)], [1, 1, ''], 'too short');
            is_deeply([said($grantlink, "\1$state" . 'x')], [1, 1, ''], 'too long');
            my $from = time;
            is_deeply([said($grantlink, '')], [1, 1, ''], 'nothing at all');
            cmp_ok(time - $from, '<', 10, 'is not waited for long');
            is($grantlink->store_digest(qw(vault links spool)), $before, 'nothing has changed');
        } if $method eq 'client_secret_basic';

        # In grantlinkd's place: the edge is told nonsense, and we hear a state.
        subtest 'a state of a replaced link' => sub {
            my $other = request_connection($grantlink, provider => 'oidc', account => 'nike');
            my $path  = $other->{link} =~ s{\A\w+://[^/]+}{}r;
            my $state;
            for my $nonsense ("\2\0\1\0/", "\1\0\6\0a\r\nb:c", "\1\0\0\0", "\1\2\1\0/", '', "\1", 'x' x 9000) {
                $grantlink->stop('daemon') if !defined $state;
                my $name   = $grantlink->edge_store . '/start.sock';
                my $fake   = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => $name, Listen => 1) or die "$name: $!\n";
                chmod 0666, $name;
                my $wire   = Grantlink::Wire->connect($grantlink)->send("POST $path HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
                my $worker = $fake->accept;
                sysread $worker, my $request, 73;
                local $SIG{PIPE} = 'IGNORE';
                syswrite $worker, $nonsense;
                close $worker;
                is($wire->response->page, 'not_started', 'nonsense is not followed');
                $state = substr $request, 1;
                unlink $name;
            }
            $grantlink->start_daemon;
            my ($version, $status, $url) = said($grantlink, "\1$state");
            is("$version $status", '1 0', 'a state that was made here is pushed');
            like($url, qr{\A\Q$issuer\E/auth\?client_id=grantlink-test&request_uri=}, 'and its URL answered');
            my $forged = $state;
            substr $forged, 60, 1, substr($state, 60, 1) eq 'A' ? 'B' : 'A';
            is_deeply([said($grantlink, "\1$forged")], [1, 1, ''], 'one with another MAC is not');
            $grantlink->admin->post("/v1/connections/$other->{id}/regenerate");
            is_deeply([said($grantlink, "\1$state")], [1, 1, ''], 'nor one of a link that was replaced');
        } if $method eq 'client_secret_basic';

        subtest 'a client that goes away' => sub {
            my $path = $asked->{link} =~ s{\A\w+://[^/]+}{}r;
            $grantlink->process('daemon')->signal('STOP');
            my $press = sub { Grantlink::Wire->connect($grantlink)->send("POST $path HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n") };
            my @wires = map { $press->() } 1 .. 6;
            sleep 0.3;
            $_ % 2 ? $wires[$_]->close : $wires[$_]->reset for 0 .. 4;
            # Both the request and the end are there when the worker looks.
            my @workers = $grantlink->worker_pids;
            kill 'STOP', @workers;
            $press->()->close for 1 .. 3;
            kill 'CONT', @workers;
            ok(eventually(sub { $grantlink->open_connections == 1 }, 6 / patient(1)), 'who has left is not waited for');
            $grantlink->process('daemon')->signal('CONT');
            ok($wires[5]->response->status, 'the one that stays is answered');
            # Pushes of those that left go on, and count.
            ok(eventually(sub { $grantlink->browser->post($asked->{link})->status == 303 }), 'and the next works');
        };

        subtest 'a body that comes late, or not at all' => sub {
            my $path = $asked->{link} =~ s{\A\w+://[^/]+}{}r;
            my $head = "POST $path HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n";
            $grantlink->process('daemon')->signal('STOP');
            my ($late, $gone) = map { Grantlink::Wire->connect($grantlink)->send($head) } 1 .. 2;
            sleep 0.3;
            $late->send('x' x 10);
            $gone->send('x' x 5)->close;
            ok(eventually(sub { $grantlink->open_connections == 1 }, 8 / patient(1)), 'who has left is not waited for');
            sleep 1.5;    # longer than nginx waits for a body
            $grantlink->process('daemon')->signal('CONT');
            is($late->response->status, 303, 'the one that stays is answered');
            is($late->send("GET $path HTTP/1.1\r\nHost: x\r\n\r\n")->response->status, 200, 'and its connection lives on');
        };

        $grantlink->stop('oidc');
        my $page = $grantlink->browser->post($asked->{link});
        is($page->page, 'not_started', 'the provider is down: the page says that nothing was started');
        is($page->status, 503, 'with a status that says so');
        like($page->body, qr/<form method="post">/, 'and a button to try again');
        unlike($page->header('set-cookie') // '', qr/grantlink-[0-9a-f]/, 'no attempt is begun');
        like($grantlink->log('daemon'), qr/could not be pushed to oidc: /, 'grantlinkd says why');
        like($grantlink->log('error'), qr/nothing was started: the provider did not take the request/, 'nginx says where to look');

        $grantlink->stop('daemon');
        my $from = time;
        is($grantlink->browser->post($asked->{link})->page, 'not_started', 'grantlinkd is down: the same page');
        cmp_ok(time - $from, '<', 3, 'at once');

        $grantlink->start_oidc(@options);
        $grantlink->start_daemon;
        is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'all is well when both are back');
        $grantlink->logs_are_clean;
        $grantlink->finish;
    };
}

# RFC 9449, section 10.1: the push has a proof, and the code is bound to its key.
subtest 'with tokens that are bound to a key' => sub {
    my $grantlink = Grantlink::Instance->new;
    my $dir       = $grantlink->directory;
    my $issuer    = $grantlink->start_oidc('--par' => 'required', '--dpop' => 'required');
    open my $preset, '<', "$Grantlink::Build::repository/conf.d/providers/oidc.toml" or die $!;
    mkdir "$dir/presets";
    copy("$Grantlink::Build::repository/conf.d/providers/instagram.toml", "$dir/presets");
    write_file("$dir/presets/oidc.toml", join('', <$preset>) =~ s/^discovery = true$/discovery = true\ndpop = true/mr);
    $grantlink->write_daemon_config(
        settings  => {providers_dir => "$dir/presets"},
        providers => {oidc => {issuer => $issuer, trusted_origins => [$issuer], client_id => 'grantlink-test', client_secret => $grantlink->{client_secret}}},
    );
    $grantlink->start;
    my $browser = $grantlink->browser;
    my $asked   = request_connection($grantlink, provider => 'oidc', account => 'nike');
    is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'a whole flow, with a nonce of the server');
    $grantlink->finish;
};

subtest 'a provider that takes its time' => sub {
    my $grantlink = Grantlink::Instance->new;
    my $liar      = $grantlink->start_liar;
    my $presets   = $grantlink->directory . '/presets';
    my %account   = (identity => {url => "$liar/userinfo", id => ['/sub'], handle => ['/preferred_username']});
    mkdir $presets;
    write_file("$presets/silent.toml", to_toml({
        authorize => {url => "$liar/authorize"}, token => {url => "$liar/token"}, par => {url => "$liar/hostile/silent/par"}, %account}));
    my %client = (client_id => 'lied-to', client_secret => $grantlink->{client_secret}, trusted_origins => [$liar]);
    $grantlink->write_daemon_config(settings => {providers_dir => $presets}, providers => {
        instagram => {preset => 'silent', %client}, silent => {%client},
    });
    $grantlink->start;
    my $browser = $grantlink->browser;
    my $asked   = sub () { $browser->get("$liar/_seen")->json->{'silent/par'} // 0 };
    my @links   = map { request_connection($grantlink, provider => 'silent', account => "nike$_")->{link} =~ s{\A\w+://[^/]+}{}r } 1 .. 5;
    my $press   = sub ($link) { Grantlink::Wire->connect($grantlink)->send("POST $link HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n") };
    my @waiting = map { my $link = $_; map { $press->($link) } 1 .. 4 } @links[0 .. 3];
    ok(eventually(sub { $asked->() == 16 }), 'it is asked for sixteen at a time');
    is($press->($links[4])->response->page, 'not_started', 'the next is told at once');
    like($grantlink->log('error'), qr/too many are on their way/, 'and nginx says why');
    is($asked->(), 16, 'and it is not asked');
    is($_->response->page, 'not_started', 'the others are told when it has had its time') for @waiting;
    ok(eventually(sub { $press->($links[4])->response; $asked->() > 16 }), 'then it is asked again');

    # Above 64 connections that have said nothing yet, one that does is answered all the same.
    my $busy = eventually(sub {
        my @idle = map { IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $grantlink->edge_store . '/start.sock') } 1 .. 64;
        return join(' ', said($grantlink, "\1" . 'A' x 72)) eq '1 3 ';
    }, 30);
    ok($busy, 'whoever comes while all are taken is told so');
    $grantlink->finish;
};

done_testing;

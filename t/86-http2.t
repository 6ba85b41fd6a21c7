# Every route over HTTP/2, in clear and over TLS: many streams at once, and streams that are reset.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Build;
use Grantlink::Certificate qw(make_certificate);
use Grantlink::Command     qw(run_command);
use Grantlink::Flow;
use Grantlink::Http2;
use Grantlink::Instance;
use Grantlink::NginxConfig qw(every_variable);
use Grantlink::Port;
use Grantlink::Response;
use Grantlink::EdgeTool qw(hold_writer);
use Grantlink::Toml qw(write_file);
use Grantlink::Url qw(query_of encode_form);
use Time::HiRes qw(sleep);

plan skip_all => 'this nginx has no HTTP/2'
    if run_command([Grantlink::Build::nginx_program(), '-V'])->{err} !~ /http_v2_module/;

my ($clear, $secure) = (Grantlink::Port->reserve, Grantlink::Port->reserve);
my $grantlink = Grantlink::Instance->new(log_level => 'debug', http => every_variable());
my $every     = $grantlink->directory . '/logs/every.log';
my $tls       = make_certificate($grantlink->directory . '/etc');
$grantlink->write_nginx_config(server => <<~"END");
    listen 127.0.0.1:${\$clear->number} http2;
    listen 127.0.0.1:${\$secure->number} ssl http2;
    access_log $every every;
    ssl_certificate $tls->{certificate};
    ssl_certificate_key $tls->{key};
    location = /connections { stub_status; access_log off; }
    END
$grantlink->start;
my $browser  = $grantlink->browser;
my $evidence = $grantlink->evidence;
my $address  = '127.0.0.1:' . $clear->number;
my $prior    = "http://$address";
my $over_tls = 'https://127.0.0.1:' . $secure->number;

# By curl, with its own cookie jar; answers a Grantlink::Response. The URL goes in through standard
# input, because the process list is for everybody.
my $jar = $grantlink->directory . '/jar';
sub curl ($url, @options) {
    my $ran = run_command([qw(curl -sS -i --max-time 40 --cacert), $tls->{ca}, '-b', $jar, '-c', $jar,
        $url =~ /^https/ ? '--http2' : '--http2-prior-knowledge', @options, qw(--config -)], input => qq{url = "$url"\n});
    die "curl: $ran->{err}" if $ran->{exit} != 0;
    my ($line) = $ran->{out} =~ /\A([^\r\n]*)/;
    isnt(index($line, 'HTTP/2 '), -1, 'by HTTP/2') or diag $line;
    my $response = Grantlink::Response->parse($ran->{out} =~ s{\AHTTP/2 }{HTTP/1.1 }r, url => $url, request => $url);
    $evidence->learn_from($response->raw, "GET $url ");
    return $response;
}

for my $base ($prior, $over_tls) {
    subtest "every route at $base" => sub {
        unlink $jar;
        my $asked = request_connection($grantlink);
        my $link  = $asked->{link} =~ s{\A\w+://[^/]+}{$base}r;
        is(curl($link)->page, 'ready', 'the page');
        is(curl($link, '-I')->body, '', 'HEAD');
        my $stores = $grantlink->store_digest(qw(spool links));
        for my $method (qw(DELETE PUT PATCH OPTIONS PROPFIND)) {
            is(curl($link, '-X', $method)->header('allow'), 'GET, HEAD, POST', "$method, a method of none");
            is(curl("$base/callback/instagram?code=x&state=y", '-X', $method)->header('allow'), 'GET, POST', 'nor of the callback');
        }
        is($grantlink->store_digest(qw(spool links)), $stores, 'nothing was written');
        is(curl("$base/approve/assets/status.js")->header('content-type'), 'text/javascript; charset=utf-8', 'a script');
        my $press = curl($link, qw(-d), '');
        is($press->status, 303, 'the button');
        my $callback = approve_at_provider($grantlink->browser, $press->location, 'nike');
        my $back     = curl($callback =~ s{\A\w+://[^/]+}{$base}r);
        like($back->location, qr{/attempts/}, 'the callback');
        my $status = $back->location =~ s{\A\w+://[^/]+}{$base}r;
        is(curl("$status/outcome")->json->{outcome}, 'connected', 'the long poll');
        is(curl($status)->page, 'connected', 'the status page');

        my $second  = request_connection($grantlink);
        my $started = curl($second->{link} =~ s{\A\w+://[^/]+}{$base}r, '-d', '');
        my $form    = approve_at_provider($grantlink->browser, $started->location, 'nike');
        unlink $jar;
        my $lost = curl("$base/callback/instagram", '-d', '@' . write_file($jar . '.form', encode_form(query_of($form))));
        like($lost->location, qr{/confirm\z}, 'form_post, without the cookie');
        my $confirm = $lost->location =~ s{\A\w+://[^/]+}{$base}r;
        is(curl($confirm)->page, 'confirm', 'the confirm page');
        my $confirmed = curl($confirm, '-d', '');
        is($confirmed->status, 303, 'and its button');
        is(wait_for_outcome($browser, $confirmed->location), 'connected', 'connect');
    };
}

# The path and query of a callback that needs no cookie of the browser but the header made here.
sub callback_of ($browser, $link) {
    my ($target) = made_up_callback($browser, $link) =~ m{\A\w+://[^/]+(.*)};
    return ($target, {cookie => $browser->cookie_header});
}

subtest 'many streams of one connection' => sub {
    my $client = Grantlink::Http2->connect($address);
    my (@pages, @callbacks);
    for my $number (1 .. 24) {
        my $asked = request_connection($grantlink);
        my ($token) = $asked->{link} =~ m{([^/]+)\z};
        push @pages, $client->request(GET => "/approve/$token");
        push @callbacks, $client->request(GET => callback_of($grantlink->browser, $asked->{link}));
    }
    is_deeply([map { $client->response($_)->{status} } @pages], [(200) x 24], 'pages');
    is_deeply([map { $client->response($_)->{status} } @callbacks], [(303) x 24], 'and callbacks');
    ok($client->alive, 'the connection lives');
};

subtest 'streams that are reset' => sub {
    my $asked  = request_connection($grantlink);
    my $client = Grantlink::Http2->connect($address);
    my ($token) = $asked->{link} =~ m{([^/]+)\z};
    $client->reset($client->request(GET => "/approve/$token")) for 1 .. 20;
    ok($client->alive, 'pages');

    my $open = $client->request(POST => '/callback/instagram', {'content-type' => 'application/x-www-form-urlencoded'}, open => 1);
    $client->body($open, 'code=half', more => 1);
    $client->reset($open);
    ok($client->alive, 'a body half sent');

    my $lock = hold_writer($grantlink);
    my @waiting = map { $client->request(GET => callback_of($grantlink->browser, request_connection($grantlink)->{link})) } 1 .. 4;
    sleep 0.3;
    $client->reset($waiting[0]);
    $client->reset($waiting[2]);
    ok($client->alive, 'a write in the thread pool');
    $lock->release;
    is_deeply([map { $client->response($waiting[$_])->{status} } 1, 3], [303, 303], 'the other streams get their answer');
    my $seen = sub { scalar(() = $grantlink->log('daemon') =~ /^.*: provider_error$/mg) };
    eventually(sub { $seen->() >= 28 });
    is($seen->(), 28, 'and all were recorded, those of the reset streams too');

    $grantlink->stop('daemon');
    my ($target, $cookie) = callback_of($grantlink->browser, $asked->{link});
    my $recorded = $client->response($client->request(GET => $target, $cookie));
    is($recorded->{status}, 303, 'an approval waits');
    my $again = $browser->get($grantlink->public_url . $target);    # known: any browser is sent on
    my ($status) = $again->location =~ m{\A\w+://[^/]+(.*)};
    my $poll = $client->request(GET => "$status/outcome");
    ok(!$client->read_until(sub { $client->{streams}{$poll}{ended} }, 0.5), 'a long poll waits');
    $client->reset($poll);
    ok($client->alive, 'and is reset');
    $client->request(GET => "$status/outcome") for 1 .. 3;
    sleep 0.2;
    $client->close;
    ok(eventually(sub { $grantlink->open_connections == 0 }), 'no connection is left when the client goes');
    $grantlink->start_daemon;
};

cmp_ok(scalar(() = $grantlink->log('every') =~ /\n/g), '>', 30, 'many lines in a format with every variable');
$grantlink->logs_are_clean('no secret is in a log, at debug level', qw(every error nginx));
$grantlink->finish;
done_testing;

# Bodies: form_post callbacks as providers send them and as nobody should, slow ones, huge ones.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(query_of encode_form);
use Grantlink::Wire;
use Time::HiRes qw(sleep);

my $grantlink = Grantlink::Instance->running(
    log_level => 'debug',
    callback  => 'client_max_body_size 100k; client_body_buffer_size 16k; client_body_timeout 1s;',
    approve   => 'client_max_body_size 1m; client_body_timeout 1s;',
    server    => <<~'END',
        location /small/callback/ { grantlink_callback; client_body_buffer_size 64; client_body_in_single_buffer on; }
        location = /connections { stub_status; access_log off; }
        END
);
my $form_type = 'application/x-www-form-urlencoded';
my $browser   = $grantlink->browser;
my $base      = $grantlink->public_url;
my $wire      = sub { Grantlink::Wire->connect($grantlink) };

# A fresh attempt: its browser and its form as text.
sub attempt () {
    my $browser  = $grantlink->browser;
    my $callback = made_up_callback($browser, request_connection($grantlink)->{link});
    return ($browser, encode_form(query_of($callback)));
}

sub post ($browser, $body, %headers) {
    my $path = delete $headers{path} // '/callback/instagram';
    return $browser->request(POST => "$base$path", headers => {'Content-Type' => $form_type, %headers}, body => $body);
}

# What was answered and whether anything was written.
sub outcome_of ($browser, $body, %headers) {
    my $before   = $grantlink->store_digest('spool');
    my $response = post($browser, $body, %headers);
    return join ' ', $response->status, $response->location =~ m{/attempts/[0-9a-f-]{36}\z} ? 'recorded' : $response->location,
        $grantlink->store_digest('spool') eq $before ? 'unchanged' : 'written';
}

subtest 'odd forms' => sub {
    my @tries = map { [attempt()] } 1 .. 12;
    $grantlink->stop('daemon');
    my $bad = '303 ?problem=bad_request unchanged';
    my $try = sub ($name, $expected, $body, %headers) {
        my ($browser, $form) = @{shift @tries};
        is(outcome_of($browser, $body->($form), %headers), $expected, $name);
    };
    my $as_is = sub ($form) { return $form };
    $try->('a form',                     '303 recorded written', $as_is);
    $try->('with a charset',             '303 recorded written', $as_is, 'Content-Type' => "$form_type; charset=UTF-8");
    $try->('larger than the smallest buffer', '303 recorded written', sub ($form) { return "session_state=" . 'y' x 900 . "&$form" });
    $try->('many unknown parameters',    '303 recorded written', sub ($form) { return join('&', map { "p$_=v" } 1 .. 300) . "&$form" });
    $try->('an empty body',              $bad, sub ($form) { return '' });
    $try->('a line end behind the form', $bad, sub ($form) { return "$form\r\n" });
    $try->('a parameter twice',          $bad, sub ($form) { return "$form&$form" });
    $try->('JSON',                       $bad, sub ($form) { my %q = %{query_of("?$form")}; return qq({"code":"$q{code}","state":"$q{state}"}) }, 'Content-Type' => 'application/json');
    $try->('multipart',                  $bad, sub ($form) {
        my %q = %{query_of("?$form")};
        return join('', map { qq(--b\r\nContent-Disposition: form-data; name="$_"\r\n\r\n$q{$_}\r\n) } sort keys %q) . "--b--\r\n";
    }, 'Content-Type' => 'multipart/form-data; boundary=b');
    $try->('zeros',                      $bad, sub ($form) { return "\0" x 100 . $form });
    $try->('larger than a response is',  $bad, sub ($form) { return "x=" . 'y' x 12_000 . "&$form" });
    $try->('larger than the buffer',     $bad, sub ($form) { return "x=" . 'y' x 60_000 . "&$form" });
    my @files = glob $grantlink->directory . '/nginx/body/*';
    is_deeply(\@files, [], 'no body was left in a file');
    $grantlink->start_daemon;
};

subtest 'in a buffer that is too small' => sub {
    my ($browser, $form) = attempt();
    my $response = post($browser, $form, path => '/small/callback/instagram');
    is($response->status, 303, 'is an answer');
    like($response->location, qr{\?problem=bad_request\z|/attempts/}, 'that says so, or the approval is recorded');
};

subtest 'too large' => sub {
    my ($browser, $form) = attempt();
    is(post($browser, 'x=' . 'y' x 200_000 . "&$form")->status, 413, 'a callback: 413');
    my $link = request_connection($grantlink)->{link};
    is($browser->request(POST => $link, body => 'x' x 2_000_000)->status, 413, 'the button: 413');
    is($browser->request(POST => $link, body => 'x' x 900_000)->status, 303, 'a large one is passed over');
    my $chunked = $wire->()->send("POST /callback/instagram HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        ("4000\r\n" . 'x' x 0x4000 . "\r\n") x 8)->response;
    is($chunked->status, 413, 'a chunked callback that grows too large: 413');
};

subtest 'slow' => sub {
    my ($browser, $form) = attempt();
    my $cookie = $browser->cookie_header;
    my $head   = "POST /callback/instagram HTTP/1.1\r\nHost: x\r\nCookie: $cookie\r\nContent-Length: " . length($form) . "\r\n\r\n";
    my $slow   = $wire->()->send($head);
    for my $piece ($form =~ /.{1,16}/gs) { $slow->send($piece); sleep 0.05 }
    like($slow->response->location, qr{/attempts/}, 'a body that dribbles in is taken');

    my ($other, $never) = attempt();
    my $waits = $wire->()->send("POST /callback/instagram HTTP/1.1\r\nHost: x\r\nContent-Length: " . length($never) . "\r\n\r\n", substr $never, 0, 20);
    ok($waits->ended, 'with one that stops the connection is closed');
    my $nothing = $wire->()->send("POST /callback/instagram HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
    ok($nothing->ended, 'and with one that never comes');
    $grantlink->log_has(access => qr{"POST /callback/instagram HTTP/1.1" 408 }, 'which is a 408 to the log');
    my $unread = $wire->()->send("POST /approve/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
    is($unread->response->status, 404, 'where the body does not matter, the answer does not wait for it');
    like(post($other, $never)->location, qr{/attempts/}, 'the attempt that was given up still works');
};

ok(eventually(sub { $grantlink->open_connections == 0 }), 'no connection is left');
$grantlink->logs_are_clean('no secret is in a log, at debug level');
$grantlink->finish;
done_testing;

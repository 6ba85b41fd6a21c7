# What $grantlink_route and the others say: in log_format, add_header and map, for each route and
# outcome, and for requests that never came to us.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Port;
use Grantlink::Scrape;
use Grantlink::Url qw(query_of);

my $second    = Grantlink::Port->reserve;    # the same over HTTP/2
my $grantlink = Grantlink::Instance->new(tap => 1);
my $logs      = $grantlink->directory . '/logs';
my $all       = join ' ', map { "\$grantlink_$_" } qw(route outcome provider connection attempt);

my $common = qq{
    add_header X-Grantlink "$all" always;
    add_header X-Verdict "\$verdict" always;
};
$grantlink->write_nginx_config(
    http => qq{
        log_format all '\$status $all';
        log_format verdict '\$verdict';
        map \$grantlink_outcome \$verdict {
            started    began;
            recorded   done;
            ''         none;
            default    other;
        }
        map "\$grantlink_route:\$grantlink_outcome" \$is_callback {
            ~^callback: 1;
            default     0;
        }
        limit_req_zone \$binary_remote_addr zone=one:1m rate=1r/m;
        server {
            listen 127.0.0.1:@{[$second->number]} http2;
            access_log $logs/http2.log all;
            $common
            location /approve/  { grantlink_approve; }
            location /callback/ { grantlink_callback; }
        }
    },
    server => qq{
        access_log $logs/all.log all;
        access_log $logs/verdict.log verdict;
        access_log $logs/callbacks.log all if=\$is_callback;
        $common
        error_page 503 /busy.html;
        location = /busy.html { internal; return 503 "busy"; }
        location /limited/ { grantlink_approve; limit_req zone=one; }
        location /closed/ { grantlink_approve; auth_basic closed; auth_basic_user_file /dev/null; }
        location /asks/ { auth_request /approve/assets/status.js; }
        @{[metrics_location()]}
    },
);
$grantlink->start;
my $browser = $grantlink->browser;
my $url     = $grantlink->url;

my @expected;    # lines of all.log

# The response's header and the log line to come have the same five values; '-' is empty.
sub says ($response, $expected, $name) {
    my $header = $response->header('x-grantlink') // '';
    is($header, $expected =~ s/(?:^|(?<= ))-(?= |$)//gr =~ s/\s+\z//r, $name);
    push @expected, $response->status . " $expected";
}

my $asked = request_connection($grantlink);
my $link  = $asked->{link};
my $id    = $asked->{id};

subtest 'each route and outcome' => sub {
    says($browser->get($link), "approve ready instagram $id -", 'the approval page');
    says($browser->head($link), "approve ready instagram $id -", 'HEAD');
    says($browser->request(PUT => $link), 'approve bad_request - - -', 'a method that is none');
    says($browser->get("$url/approve/" . 'A' x 32), 'approve not_found - - -', 'an unknown token');
    says($browser->get("$url/approve/x"), 'none not_found - - -', 'a path that is no route');
    says($browser->get("$url/callback/UPPER"), 'none not_found - - -', 'also below callback');
    says($browser->get("$url/approve/assets/status.js"), 'asset - - - -', 'the script');

    $grantlink->tap->hold('POST /oauth/access_token');
    my $pressed = $browser->post($link);
    my $state   = query_of($pressed->location)->{state};
    my $callback = approve_at_provider($browser, $pressed->location, 'nike');
    my $back     = $browser->get($callback);
    my ($attempt) = $back->location =~ m{([0-9a-f-]{36})\z};
    says($pressed, "approve started instagram $id $attempt", 'the button');
    is($pressed->header('x-verdict'), 'began', 'a map knows it');
    says($back, "callback recorded instagram $id $attempt", 'the callback');
    is($back->header('x-verdict'), 'done', 'a map knows it');
    $grantlink->tap->wait_until_held;
    my $status = $back->location;
    says($browser->get($status), "status finishing instagram $id $attempt", 'the status page');
    says($browser->head("$status/outcome"), "outcome pending - - $attempt", 'the long poll');
    $grantlink->tap->release;
    ok(eventually(sub { wait_for_status($grantlink, $id, 'active') }), 'the connection is active');
    my $poll = $browser->get("$status/outcome");
    says($poll, "outcome connected - - $attempt", 'its end');
    says($browser->get($status), "status connected instagram $id $attempt", 'the status page at the end');
    says($browser->get($link), "approve already_connected instagram $id -", 'the link at the end');
    my $unknown = $attempt =~ s/.{12}\z/000000000000/r;
    says($browser->get("$url/approve/attempts/$unknown"), "status not_found - - $unknown", 'an unknown attempt');
    says($browser->get("$url/approve/attempts/$unknown/outcome"), "outcome unknown - - $unknown", 'its poll');
    says($browser->get("$url/callback/instagram?code=x&state=forged"), 'callback bad_request instagram - -',
        'a forged state');
    says($browser->get("$url/callback/nobody?code=x&state=$state"), "callback bad_request nobody $id $attempt",
        'another provider\'s state');
};

subtest 'the confirm page' => sub {
    my $asked    = request_connection($grantlink);
    my $pressed  = $browser->post($asked->{link});
    my $stranger = $grantlink->browser;
    my $back     = $stranger->get(approve_at_provider($stranger, $pressed->location, 'nike'));
    my ($attempt) = $back->location =~ m{([0-9a-f-]{36})/confirm\z};
    my $known = "instagram $asked->{id} $attempt";
    says($pressed, "approve started $known", 'begun here');
    says($back, "callback confirm $known", 'came back elsewhere');
    says($browser->get($back->location), "confirm bad_request - - $attempt", 'not in this browser');
    says($stranger->get($back->location), "confirm confirm $known", 'in that one');
    says($stranger->post($back->location), "confirm recorded $known", 'its button');
};

subtest 'links that no longer work' => sub {
    my $asked = request_connection($grantlink);
    my $old   = $asked->{link};
    my $new   = $grantlink->admin->post("/v1/connections/$asked->{id}/regenerate")->json->{link};
    says($browser->get($old), "approve replaced instagram $asked->{id} -", 'replaced');
    $grantlink->admin->post("/v1/connections/$asked->{id}/cancel");
    says($browser->get($new), "approve cancelled instagram $asked->{id} -", 'cancelled');
};

subtest 'requests that never came to us' => sub {
    says($browser->get("$url/elsewhere"), '- - - - -', 'another location');
    is($browser->send_raw($url, "GET / HTTP/1.1\r\n\r\n")->status, 400, 'a malformed request');
    push @expected, '400 - - - - -';
    says($browser->get("$url/closed/" . 'A' x 32), 'approve - - - -', 'auth_basic answered');
    is($browser->get("$url/limited/x")->status, 404, 'limit_req lets one pass');
    push @expected, '404 none not_found - - -';
    my $limited = $browser->get("$url/limited/" . 'A' x 32);
    is($limited->body, 'busy', 'and not the next; error_page answers');
    says($limited, 'approve - - - -', 'the variables know what it came for');
    is($browser->get("$url/asks/x")->status, 500, 'a subrequest to us is refused');
    push @expected, '500 - - - - -';
};

# Lines may come in another order: a request that waits for the rest of a body is logged later.
my @got;
ok(eventually(sub { @got = split /\n/, $grantlink->log('all'); @got >= @expected }), 'the access log is complete');
is_deeply([sort @got], [sort @expected], 'the access log has the same values, line for line');

my @callbacks = grep { /^\d+ callback / } @expected;
is_deeply([split /\n/, $grantlink->log('callbacks')], \@callbacks, 'access_log if= picks those of a route');
my %verdicts;
$verdicts{$_}++ for split /\n/, $grantlink->log('verdict');
is($verdicts{began}, 2, 'a map in a log format');
is($verdicts{done},  2, 'has the outcome at the end of the request');

# What was counted is what was logged. The request for which a subrequest was made is not ours.
my %counted;
for (@expected) {
    my (undef, $route, $outcome) = split / /;
    $counted{"$route " . ($outcome eq '-' ? 'none' : $outcome)}++ if $route ne '-';
}
my $total = 0;
$total += $_ for values %counted;
is_deeply(eventually_requests($grantlink, $total), \%counted, 'grantlink_requests_total says the same');

subtest 'HTTP/2' => sub {
    my $asked = request_connection($grantlink);
    my $base  = 'http://127.0.0.1:' . $second->number;
    my $h2    = sub (@arguments) { # the URL goes in through standard input: the process list is for everybody
        my $url = pop @arguments;
        my $ran = run_command([qw(curl --silent --show-error --include --http2-prior-knowledge), @arguments, qw(--config -)],
            input => qq{url = "$url"\n});
        return $ran->{exit} == 0 ? $ran->{out} : die "curl: $ran->{err}";
    };
    my $token = $asked->{link} =~ s{.*/}{}r;
    my $page  = $h2->("$base/approve/$token");
    like($page, qr{\AHTTP/2 200}, 'over HTTP/2');
    like($page, qr/^x-grantlink: approve ready instagram $asked->{id} *\r$/m, 'the header is the same');
    my $pressed = $h2->('--request', 'POST', "$base/approve/$token");
    like($pressed, qr{\AHTTP/2 303}, 'the button');
    like($pressed, qr/^x-grantlink: approve started instagram $asked->{id} [0-9a-f-]{36}\r$/m, 'and its header');
    ok(eventually(sub { (() = $grantlink->log('http2') =~ /\n/g) == 2 }), 'both are logged');
    like($grantlink->log('http2'),
        qr/\A200 approve ready instagram $asked->{id} -\n303 approve started instagram $asked->{id} [0-9a-f-]{36}\n\z/,
        'with the same values');
    is(requests_of(scrape($grantlink))->{'approve started'}, $counted{'approve started'} + 1, 'and counted');
};

$grantlink->finish;
done_testing;

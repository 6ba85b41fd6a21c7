# error_page: our pages stay ours, nginx's own errors can have the operator's.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;

my $empty = Grantlink::Instance->new;    # its edge store has no databases: nothing can be read there

my $grantlink = Grantlink::Instance->new(
    log_level => 'debug',
    http      => 'limit_req_zone $http_x_client zone=strict:1m rate=1r/m;',
    approve   => 'limit_req zone=strict;',
    callback  => 'limit_req zone=strict; client_max_body_size 10k;',
    server    => <<~"END",
        location /help/ { error_page 404 /approve/LINK?from=help; return 404; }
        error_page 400 403 404 405 410 429 500 502 504 /sorry;
        error_page 413 = \@large;
        error_page 503 /busy;
        location = /sorry {
            add_header X-Seen "\$request \$request_uri \$uri \$args" always;
            return 200 "sorry";
        }
        location = /busy {
            internal;
            add_header X-Seen "\$request \$request_uri \$uri \$args" always;
            return 200 "busy";
        }
        location \@large {
            add_header X-Seen "\$request \$request_uri \$uri \$args" always;
            return 200 "too large";
        }
        location /gone/ { error_page 404 = /approve/assets/status.js; return 404; }
        location /astray/ { error_page 404 /approve/nothing; return 404; }
        location /broken/ { grantlink_approve; error_page 400 = /approve/nothing; }
        location /empty/ { grantlink_store ${\$empty->edge_store}; grantlink_approve; }
        END
);
$grantlink->start;
my $browser = $grantlink->browser;
my $base    = $grantlink->public_url;
my $asked   = request_connection($grantlink);

subtest 'our pages stay ours' => sub {
    my %wanted = (
        "$base/approve/" . 'x' x 32        => [404, 'not_found'],
        "$base/approve/attempts/nonsense"  => [404, 'not_found'],
        "$base/callback/instagram?problem=timed_out" => [410, 'timed_out'],
        "$base/callback/instagram?problem=too_many"  => [429, 'too_many'],
        "$base/callback/instagram?problem=nonsense"  => [400, 'bad_request'],
        "$base/empty/" . 'x' x 32          => [503, 'unavailable'],
    );
    for my $url (sort keys %wanted) {
        my $response = $browser->get($url);
        is_deeply([$response->status, $response->page], $wanted{$url}, $url);
    }
    my $method = $browser->request(DELETE => $asked->{link});
    is_deeply([$method->status, $method->page], [405, 'bad_request'], 'a method of none of ours');
    is($method->header('allow'), 'GET, HEAD, POST', 'with Allow');
    $grantlink->admin->post("/v1/connections/$asked->{id}/cancel");
    my $gone = $browser->get($asked->{link});
    is_deeply([$gone->status, $gone->page], [410, 'cancelled'], 'a link that is gone');
};

# What the operator's own page could print or log of the request that was refused.
sub shows_nothing ($response) {
    is(join(' ', $grantlink->evidence->kinds_in($response->header('x-seen'))), '', 'with no secret in its variables');
}

subtest 'limit_req leads to a page of the operator' => sub {
    my $second = request_connection($grantlink);
    my %client = (headers => {'X-Client' => 'a'});
    is($browser->get($second->{link}, %client)->page, 'ready', 'the first request is served');
    my $busy = $browser->get($second->{link}, %client);
    is_deeply([$busy->status, $busy->body], [503, 'busy'], 'the second leads to a URI');
    is($busy->header('referrer-policy'), 'no-referrer', 'where no link tells of the page');
    shows_nothing($busy);
    my $callback = made_up_callback($browser, $second->{link});
    my $refused  = $browser->get($callback, %client);
    is_deeply([$refused->status, $refused->body], [503, 'busy'], 'a callback as well');
    shows_nothing($refused);
    like(come_back($browser, $callback)->location, qr{/attempts/}, 'which works later');
};

subtest 'a body that is too large leads to a named location' => sub {
    my $third = request_connection($grantlink);
    my ($state) = made_up_callback($browser, $third->{link}) =~ /state=([^&]+)/;
    my $large = $browser->post("$base/callback/instagram?state=$state", 'code=' . 'x' x 20_000);
    is_deeply([$large->status, $large->body], [200, 'too large'], 'an answer of the operator');
    shows_nothing($large);
};

subtest 'errors elsewhere may lead to us' => sub {
    my $script = $browser->get("$base/gone/");
    is($script->status, 200, 'to a script');
    like($script->header('content-type'), qr/javascript/, 'which is one');
    my $page = $browser->get("$base/astray/");
    is_deeply([$page->status, $page->page], [404, 'not_found'], 'to a page');
    my ($token) = request_connection($grantlink)->{link} =~ m{([^/]+)\z};
    $grantlink->write_nginx_config(server => $grantlink->{server} =~ s/LINK/$token/r);
    $grantlink->replace_workers;
    is($browser->get("$base/help/")->page, 'ready', "to a link, time $_: what is redacted is not the configuration") for 1, 2;
};

subtest 'from one of our locations to another' => sub {
    my $answer = $browser->send_raw($base, "POST /broken/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    is_deeply([$answer->status, $answer->page], [404, 'not_found'], 'the other one answers');
    for my $name (qw(referrer-policy x-content-type-options x-robots-tag cache-control content-security-policy x-frame-options)) {
        is(scalar grep({ $_->[0] eq $name } @{$answer->{fields}}), 1, "has $name once");
    }
};

$grantlink->logs_are_clean('no secret is in a log, at debug level');
$grantlink->finish;
done_testing;

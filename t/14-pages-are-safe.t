# Every page, in every state: not cached, not framed, no referrer, no script of others, and no
# address taken from the request.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Background qw(in_background);
use Grantlink::Response;
use Grantlink::Url qw(query_of with_parameter);

my $grantlink = Grantlink::Instance->running;
my $browser   = $grantlink->browser;
my $admin     = $grantlink->admin;
my $public    = $grantlink->public_url;

# What every answer has, also one that is no page.
sub has_safety_headers ($response) {
    is($response->header('referrer-policy'), 'no-referrer', 'no referrer');
    is($response->header('x-content-type-options'), 'nosniff', 'no guessing of types');
    is($response->header('x-robots-tag'), 'noindex, nofollow', 'not for search engines');
}

sub safe ($response, $name) {
    subtest $name => sub {
        is($response->header('cache-control'), 'no-store', 'not cached');
        has_safety_headers($response);
        return if $response->status == 303 || $response->header('content-type') =~ /json/;
        my $policy = $response->header('content-security-policy') // '';
        like($policy, qr/default-src 'none'/,     'nothing is loaded by default');
        like($policy, qr/frame-ancestors 'none'/, 'no frames');
        like($policy, qr/base-uri 'none'/,        'no other base');
        unlike($policy, qr/unsafe|\*/,            'nothing unsafe');
        is($response->header('x-frame-options'), 'DENY', 'no frames for old browsers');
        unlike($response->body, qr{<[^>]+\s(?:on\w+|style)=}i, 'no inline script or style attribute');
        # One link leads away, when a person presses it: to where one switches account at the provider.
        my $loads = $response->body =~ s{<a href="\Q@{[$grantlink->sandbox_url]}\E/" target="_blank" rel="noopener noreferrer">}{}r;
        unlike($loads, qr{(?:src|href|action)="(?:https?:)?//}i, 'nothing from elsewhere');
        is($response->header('content-type'), 'text/html; charset=utf-8', 'HTML in UTF-8');
        like($response->body, qr/<meta name="viewport"/, 'made for phones');
    };
}

my $asked = request_connection($grantlink);
safe($browser->get($asked->{link}),  'ready');
safe($browser->post($asked->{link}), 'the press of the button');
my $callback = callback_for($browser, $asked->{link});
safe($browser->get("$public/callback/instagram?problem=$_"), "problem $_")
    for qw(bad_request replaced timed_out not_recorded not_found cancelled already_connected);
safe($browser->get("$public/approve/" . 'A' x 32), 'not_found');
safe($browser->request(DELETE => $asked->{link}),  'method not allowed');

safe($browser->post($asked->{link}, {}, headers => {Accept => 'application/json'}), 'the press, by a script');
subtest 'a script' => sub { has_safety_headers($browser->get("$public/approve/assets/status.js")) };
safe($browser->get("$public/approve/assets/nothing.js"), 'a script that there is not');
my ($callback_url, $form) = callback_for($browser, $asked->{link}) =~ /(.*)\?(.*)/;
safe($browser->request(POST => $callback_url, body => $form =~ s/code=[^&]*&?//r,
    headers => {'Content-Type' => 'application/x-www-form-urlencoded'}), 'a callback by POST, of no use');

my $stranger = $grantlink->browser;
my $confirm  = come_back($stranger, $callback);
safe($confirm, 'a callback without its cookie');
safe(follow($stranger, $confirm), 'confirm');

$grantlink->process('daemon')->signal('STOP');
my $back = come_back($browser, $callback);
safe($back, 'a callback');
safe(follow($browser, $back), 'finishing');
my $poll = in_background(sub { $browser->get($back->location . '/outcome')->raw });
$grantlink->process('daemon')->signal('CONT');
is(wait_for_outcome($browser, $back->location), 'connected', 'connected in the end');
safe(Grantlink::Response->parse($poll->result), 'outcome');
safe(follow($browser, $back), 'connected');
safe($browser->get($asked->{link}), 'already_connected');

my $second  = request_connection($grantlink);
my $refused = come_back($browser, decline_at_provider($browser, press($browser, $second->{link}), 'nike'));
wait_for_outcome($browser, $refused->location);
safe(follow($browser, $refused), 'declined');
my $wrong = come_back($browser, callback_for($browser, $second->{link}, 'adidas'));
wait_for_outcome($browser, $wrong->location);
safe(follow($browser, $wrong), 'wrong_account');
$admin->post("/v1/connections/$second->{id}/regenerate");
safe($browser->get($second->{link}), 'replaced');
my $third = request_connection($grantlink);
$admin->post("/v1/connections/$third->{id}/cancel");
safe($browser->get($third->{link}), 'cancelled');

subtest 'texts of others are text' => sub {
    my $text = q{<script>alert(1)</script>&"'`{{x}}};
    my $odd  = request_connection($grantlink, requester => $text);
    my $page = $browser->get($odd->{link});
    unlike($page->body, qr/<script>alert/, 'a requester with mark-up is escaped');
    like($page->text, qr/\Q$text\E/, 'and reads as it was given');
};

subtest 'no address comes from the request' => sub {
    my $asked  = request_connection($grantlink);
    my %forged = (
        Host => 'evil.example', 'X-Forwarded-Host' => 'evil.example',
        'X-Forwarded-Proto' => 'gopher', Forwarded => 'host=evil.example',
    );
    my $press = $browser->post($asked->{link}, {}, headers => \%forged);
    is(query_of($press->location)->{redirect_uri}, "$public/callback/instagram",
        'the redirect URI is the configured one');
    unlike($press->location . $press->body, qr/evil/, 'the forged host is nowhere');
    my $callback = approve_at_provider($browser, $press->location, 'nike');
    my $back     = $browser->get($callback, headers => \%forged);
    like($back->location, qr{\A\Q$public\E/approve/attempts/}, 'nor in the way back');

    my @evil = (
        '//evil.example', '/\\evil.example', 'https://evil.example', "/\tevil.example",
        '%2f%2fevil.example', 'https:evil.example', "$public\@evil.example", 'javascript:alert(1)',
        "x\r\nLocation: https://evil.example",
    );
    for my $evil (@evil) {
        for my $name (qw(problem next redirect_uri return_to state error error_uri iss)) {
            my $response = $browser->get(with_parameter("$public/callback/instagram", $name => $evil));
            my $all = join "\n", $response->body, map { "$_->[0]: $_->[1]" } @{$response->{fields}};
            unlike($all, qr/evil|javascript:/, "$name=" . ($evil =~ s/[\r\n\t]/?/gr) . ' goes nowhere');
        }
    }
};

$grantlink->finish;
done_testing;

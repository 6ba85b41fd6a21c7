# Subrequests into our locations (auth_request, SSI, mirror, addition) are refused: nothing is shown,
# recorded or leaked, and the request that made them is left as it was. Subrequests from our
# locations go their way beside us.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Toml qw(write_file);
use Grantlink::Url  qw(query_of);

my $grantlink = Grantlink::Instance->new(
    log_level => 'debug',
    http      => 'log_subrequest on; limit_req_zone $binary_remote_addr zone=all:1m rate=1000r/s;',
    server    => <<~'END',
        root www;
        location = /auth { internal; return 204; }
        location = /no { internal; return 403; }
        location = /echo { return 200 "args: $args"; }
        location = /head { return 200 "<p>head of the site</p>"; }
        location /ssi/ { ssi on; add_header X-Args $args; }
        location /guarded/ { auth_request /approve/attempts/0190a0b0-c0d0-7000-8000-000000000000; }
        location /mirrored { mirror /callback/instagram; proxy_pass http://$server_addr:$server_port/echo?$args; }
        location /added/ { add_before_body /approve/assets/status.js; add_header X-Args $args; }
        location /ok/approve/ { grantlink_approve; auth_request /auth; }
        location /no/approve/ { grantlink_approve; auth_request /no; }
        location /mirror/callback/ { grantlink_callback; mirror /echo; }
        location /site/approve/ { grantlink_approve; add_before_body /head; addition_types text/html; ssi on; }
        END
);
my $www = $grantlink->directory . '/nginx/www';
mkdir $_ for $www, "$www/ssi", "$www/guarded", "$www/added";
write_file("$www/guarded/page.html", 'guarded');
write_file("$www/added/page.html",   'the page');
$grantlink->start;
my $base     = $grantlink->public_url;
my $browser  = $grantlink->browser;
my $asked    = request_connection($grantlink);
my ($token)  = $asked->{link} =~ m{([^/]+)\z};
my $callback = callback_for($browser, $asked->{link}) =~ s/#.*//sr;
my ($path)   = $callback =~ m{\A\w+://[^/]+(.*)}s;
wait_for_event($grantlink, $asked->{id}, 'started');
my $stores   = $grantlink->store_digest(qw(spool links vault));

subtest 'SSI' => sub {
    my %include = (link => "/approve/$token", callback => $path, script => '/approve/assets/status.js');
    for my $name (sort keys %include) {
        write_file("$www/ssi/$name.html", qq{before <!--# include virtual="$include{$name}" --> after <!--# echo var="args" -->\n});
        my $page = $browser->get("$base/ssi/$name.html?mine=untouched-and-mine");
        is($page->status, 200, "$name: the page that includes it comes");
        like($page->body, qr/before .*404 Not Found.* after/s, 'with the refusal in its place');
        like($page->body, qr/after mine=untouched-and-mine/, 'and its own query intact');
        unlike($page->body, qr/data-page|use strict|fetch\(/, 'and nothing of ours');
        is(join(' ', $page->headers('set-cookie')), '', 'no cookie comes with it');
    }
};

subtest 'auth_request' => sub {
    my $page = $browser->get("$base/guarded/page.html");
    is($page->status, 500, 'what we answer allows nothing');
    unlike($page->body, qr/guarded/, 'nor shows it');
};

subtest 'mirror' => sub {
    my $query = 'code=made-up-code&state=' . query_of($path)->{state};
    my $page  = $browser->get("$base/mirrored?$query");
    is($page->status, 200, 'the request that was mirrored is answered');
    is($page->body, "args: $query", 'with its own query intact');
};

subtest 'addition' => sub {
    my $page = $browser->get("$base/added/page.html");
    is($page->status, 200, 'the page comes');
    like($page->body, qr/the page/, 'whole');
    unlike($page->body, qr/fetch\(/, 'without our script');
};

is($grantlink->store_digest(qw(spool links vault)), $stores, 'none of these wrote anything');

subtest 'from our locations' => sub {
    is($browser->get("$base/ok/approve/$token")->page, 'begun', 'auth_request lets a recipient in');
    is($browser->post("$base/ok/approve/$token")->status, 303, 'and lets them press the button');
    is($browser->get("$base/no/approve/$token")->status, 403, 'or not');
    my $site = $browser->get("$base/site/approve/$token");
    is($site->page, 'begun', 'addition leaves the page what it is');
    like($site->body, qr/\A<p>head of the site/, 'and adds to it');
    my $back = $browser->get($callback =~ s{/callback/}{/mirror/callback/}r);
    is(wait_for_outcome($browser, $back->location), 'connected', 'a callback that is mirrored is recorded');
    my $second = request_connection($grantlink);
    my $form   = callback_for($browser, $second->{link});
    my $posted = $browser->post("$base/mirror/callback/instagram", query_of($form));
    is(wait_for_outcome($browser, $posted->location), 'connected', 'a posted one as well');
};

# /mirrored is not ours: its query belongs to whoever configured it.
$grantlink->logs_are_clean('no secret is in the error log, at debug level', 'error');
my @own = grep { !m{"GET /(?:mirrored|echo)} && $grantlink->evidence->kinds_in($_) } split /\n/, $grantlink->log('access');
is_deeply(\@own, [], 'nor in the access log, with subrequests');
$grantlink->evidence->forget(query_of($path)->{state});    # /mirrored shows it
$grantlink->finish;
done_testing;

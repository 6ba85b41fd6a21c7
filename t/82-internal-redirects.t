# rewrite, try_files, if, nested locations and internal redirects, into our locations and inside them.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Toml qw(write_file);
use Grantlink::Url  qw(query_of);

my $grantlink = Grantlink::Instance->new(
    approve   => <<~'END',
        set $mobile "";
        if ($http_user_agent ~ "iPhone") { set $mobile yes; }
        if ($http_x_variant) { add_header X-Variant $http_x_variant always; }
        if ($http_x_robot) { return 403; }
        limit_except GET HEAD POST { deny all; }
        add_header X-Mobile $mobile always;
        END
    callback  => 'if ($request_method = POST) { add_header X-Posted yes; } limit_except GET { allow all; }',
    server    => <<~'END',
        root www;
        rewrite ^/s/(.*)$ /approve/$1 last;
        location /l/ { rewrite ^/l/(.*)$ /approve/$1 last; }
        location /b/ { rewrite ^/b/(.*)$ /approve/$1 break; }
        location /cb/ { rewrite ^/cb/(.*)$ /callback/$1 last; }
        location /t/ { rewrite ^/t/(.*)$ /try/$1 last; }
        location /try/ { internal; try_files /nowhere /approve/assets/status.js; }
        location /files/ { try_files $uri @ours; }
        location @ours { rewrite ^/files/(.*)$ /approve/$1 last; }
        location /nested/ {
            location /nested/approve/ { grantlink_approve; location /nested/approve/plain/ { return 204; } }
        }
        location /out/ { grantlink_approve; rewrite ^ /elsewhere last; }
        location /elsewhere { add_header X-Seen "$request $request_uri $uri $args" always; return 200 "elsewhere"; }
        END
);
mkdir $grantlink->directory . "/nginx/$_" for 'www', 'www/files';
write_file($grantlink->directory . '/nginx/www/files/hello', 'hello');
$grantlink->start;
my $browser = $grantlink->browser;
my $base    = $grantlink->public_url;
my $asked   = request_connection($grantlink);
my $token   = $asked->{link} =~ s{.*/}{}r;

subtest 'into our locations' => sub {
    is($browser->get("$base/$_/$token")->page, 'ready', "by /$_/") for qw(s l files nested/approve);
    is($browser->get("$base/b/" . 'x' x 32)->status, 404, 'a break keeps the location it was in');
    is($browser->get("$base/files/hello")->body, 'hello', 'try_files still finds files');
    is($browser->get("$base/t/x")->header('content-type'), 'text/javascript; charset=utf-8', 'by try_files');
    is($browser->get("$base/nested/approve/plain/x")->status, 204, 'a nested location has its own handler');
    is($browser->post("$base/l/$token")->status, 303, 'the button, too');
    my $callback = callback_for($browser, $asked->{link});
    my $back     = $browser->get($callback =~ s{/callback/}{/cb/}r);
    is(wait_for_outcome($browser, $back->location), 'connected', 'and a callback');
};

subtest 'out of our locations' => sub {
    my $out = $browser->get("$base/out/$token?code=0123456789abcdef");
    is($out->body, 'elsewhere', 'a rewrite leads elsewhere');
    is($out->header('referrer-policy'), 'no-referrer', 'with the headers of our location');
    unlike($out->header('x-seen'), qr/\Q$token\E|0123456789abcdef/, 'and what it sees of the request has no secret');
};

subtest 'if and limit_except inside' => sub {
    my $second = request_connection($grantlink);
    my $page   = $browser->get($second->{link}, headers => {'X-Variant' => 'b'});
    is($page->page, 'ready', 'a page inside an if is still our page');
    is($page->header('x-variant'), 'b', 'and has what the if adds');
    my $plain = $browser->get($second->{link});
    is($plain->header('x-mobile'), 'yes', 'a variable that an if sets is there');
    is($browser->get($second->{link}, headers => {'X-Robot' => 1})->status, 403, 'an if may refuse');
    is($browser->request(DELETE => $second->{link})->status, 403, 'limit_except refuses other methods');
    my $callback = callback_for($browser, $second->{link});
    my $posted   = $browser->post($callback =~ s/\?.*//sr, query_of($callback));
    is($posted->status, 303, 'a form_post callback inside an if and a limit_except is taken');
    is(wait_for_outcome($browser, $posted->location), 'connected', 'and connects');
};

# At debug level, or with rewrite_log, nginx shows paths of the operator's own before it rewrites them.
$grantlink->logs_are_clean;
$grantlink->finish;
done_testing;

# A log format that shows response headers shows no state and no cookie of ours, and those of other
# locations as they are.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->new;
my $log       = $grantlink->directory . '/logs/headers.log';
$grantlink->write_nginx_config(
    http   => 'log_format headers "$grantlink_route $status location=$sent_http_location cookie=$sent_http_set_cookie";',
    server => "access_log $log headers; location /elsewhere { add_header Set-Cookie a=b; return 302 /there; }",
);
$grantlink->start;
my $browser  = $grantlink->browser;
my $stranger = $grantlink->browser;
my $link     = request_connection($grantlink)->{link};
$grantlink->stop('daemon');    # so that nothing is connected before the last redirect

press($browser, $link);
my $script = $browser->post($link, {}, headers => {Accept => 'application/json'});
is($script->status, 200, 'a script has begun');
like($script->json->{location}, qr/[?&]state=\w/, 'with a state');
come_back($stranger, callback_for($stranger, $link));
come_back($stranger, callback_for($browser, $link));
like($stranger->get("$link?lang=de")->header('set-cookie'), qr/\Agrantlink-language=de;/, 'a language was chosen');
like($browser->get($grantlink->public_url . '/elsewhere')->location, qr{/there\z}, 'another location redirects');

my @lines;
ok(eventually(sub { open my $file, '<', $log or return; @lines = readline $file; return grep { /there/ } @lines }), 'all is logged');
my @ours = grep { !/^-/ } @lines;
cmp_ok(scalar(grep { /location=\*{20,} cookie=\*{20,}$/ } @ours), '==', 5, 'redirects with cookies are in the log');
ok((grep { /^approve 200 location=- cookie=\*{20,}$/ } @ours), 'so are cookies alone');
is_deeply([grep { !/location=(?:-|\*+) cookie=(?:-|\*+)$/ } @ours], [], 'with nothing but asterisks');
like($lines[-1], qr{^- 302 location=\S*/there cookie=a=b$}, 'the other location\'s are shown');

# nginx hands out a constant of its configuration as it lies there: what is overwritten is gone for all.
$grantlink->write_nginx_config(approve => 'add_header Set-Cookie "site=1; Path=/";');
$grantlink->replace_workers;
$grantlink->start_daemon;
my $other = request_connection($grantlink)->{link};
for my $time (1 .. 3) {
    my @cookies = $grantlink->browser->post($other)->headers('set-cookie');
    ok((grep { $_ eq "site=1; Path=/" } @cookies), "the site's own cookie, press $time") or diag "@cookies";
}

$grantlink->finish;
done_testing;

# auth_basic, satisfy, allow and deny on top of our locations: who is refused gets nothing done.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use MIME::Base64 qw(encode_base64);
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Toml qw(write_file);

my $grantlink = Grantlink::Instance->new(log_level => 'debug');
my $users     = write_file($grantlink->directory . '/etc/users', "ann:{PLAIN}open sesame\n", 0644);
$grantlink->write_nginx_config(
    approve  => "auth_basic staff; auth_basic_user_file $users;",
    callback => "satisfy any; deny all; auth_basic staff; auth_basic_user_file $users;",
    server   => <<~'END',
        location /denied/ { grantlink_approve; deny all; }
        location /denied-callback/ { grantlink_callback; deny all; }
        location /both/ { grantlink_approve; satisfy all; allow 127.0.0.1; deny all; }
        END
);
$grantlink->start;
my $base    = $grantlink->public_url;
my $asked   = request_connection($grantlink);
my $token   = $asked->{link} =~ s{.*/}{}r;
my %ann     = (headers => {Authorization => 'Basic ' . encode_base64('ann:open sesame', '')});
my %eve     = (headers => {Authorization => 'Basic ' . encode_base64('ann:guess', '')});
my $browser = $grantlink->browser;

is($browser->get($asked->{link})->status, 401, 'no password: no page');
is($browser->get($asked->{link}, %eve)->status, 401, 'a wrong one: no page');
is($browser->post($asked->{link})->status, 401, 'and no button');
is($browser->get($asked->{link}, %ann)->page, 'ready', 'the right one: the page');
is($browser->get("$base/denied/$token")->status, 403, 'deny: no page');
is($browser->get("$base/both/$token")->page, 'ready', 'allow: the page');

my $press    = $browser->post($asked->{link}, {}, %ann);
my $callback = approve_at_provider($browser, $press->location, 'nike');
my $spool    = $grantlink->store_digest('spool');
is($browser->get($callback)->status, 401, 'a callback without the password is refused');
is($browser->get($callback =~ s{/callback/}{/denied-callback/}r)->status, 403, 'a denied one as well');
is($grantlink->store_digest('spool'), $spool, 'neither is recorded');
my $back = $browser->get($callback, %ann);
is($back->status, 303, 'with the password it is');
my $outcome;
eventually(sub { ($outcome = $browser->get($back->location . '/outcome', %ann)->json->{outcome}) ne 'pending' });
is($outcome, 'connected', 'and connects');

$grantlink->log_has(error => qr{user "ann": password mismatch.*"GET /approve/\*{32} HTTP/1.1"}, 'the log names the request, redacted');
$grantlink->log_has(error => qr{access forbidden by rule.*"GET /denied/\*{32} HTTP/1.1"}, 'that of a denied one as well');
$grantlink->logs_are_clean('no secret is in a log, at debug level');
$grantlink->finish;
done_testing;

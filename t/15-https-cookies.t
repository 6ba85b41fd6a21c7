# Behind https the cookies are bound to host and encryption.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(query_of);

my $public    = 'https://links.example.com';
my $grantlink = Grantlink::Instance->running(public_url => $public);
my $browser   = $grantlink->browser;
my $asked     = request_connection($grantlink);
like($asked->{link}, qr{\A\Q$public\E/approve/}, 'the link has the public origin');

my $press  = $browser->post($asked->{link});
my ($line) = $press->headers('set-cookie');
like($line, qr/\A__Host-grantlink-[0-9a-f]{8}=[A-Za-z0-9_-]{46};/, 'the cookie has the __Host- prefix');
like($line, qr/;\s*Secure\b/i,       'Secure');
like($line, qr/;\s*HttpOnly\b/i,     'HttpOnly');
like($line, qr/;\s*SameSite=Lax\b/i, 'SameSite=Lax: it comes along when the provider sends the browser back');
like($line, qr{;\s*Path=/(?:;|\z)},  'Path=/');
like($line, qr/;\s*Max-Age=1800\b/,  'for the life of an attempt');
unlike($line, qr/Domain/i, 'for this host only');

is(query_of($press->location)->{redirect_uri}, "$public/callback/instagram", 'the redirect URI has the public origin');
my $back = come_back($browser, approve_at_provider($browser, $press->location, 'nike'));
like($back->location, qr{\A\Q$public\E/approve/attempts/[0-9a-f-]{36}\z}, 'the cookie was found');
is_deeply([$back->headers('set-cookie')], [], 'and stays: with it this browser may try again');
is(wait_for_outcome($browser, $back->location), 'connected', 'the outcome is connected');

my $plain   = Grantlink::Instance->running;
my ($other) = $plain->browser->post(request_connection($plain)->{link})->headers('set-cookie');
like($other, qr/\Agrantlink-[0-9a-f]{8}=/, 'without https, for trying out, there is no prefix');
unlike($other, qr/Secure/, 'and no Secure');

$_->finish for $grantlink, $plain;
done_testing;

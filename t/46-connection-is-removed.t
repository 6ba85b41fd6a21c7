# What is removed is given back to the provider, also when that is down meanwhile, and erased.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->new;
my $issuer    = $grantlink->start_oidc;
$grantlink->write_daemon_config(providers => {
    oidc => $grantlink->oidc_provider($issuer),
});
$grantlink->start;
my $admin = $grantlink->admin;

sub connected ($provider) {
    my $asked   = request_connection($grantlink, provider => $provider, account => 'nike');
    my $browser = $grantlink->browser;
    is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', "$provider is connected");
    return $asked;
}

sub revoked () { return scalar(() = $grantlink->process('oidc')->log =~ /^revocation: 200$/mg) }

my $asked   = connected('oidc');
my $removed = $admin->request(DELETE => "/v1/connections/$asked->{id}");
is($removed->status, 200, 'a connection can be removed');
is($removed->json->{status}, 'revoked', 'it is revoked');
is($removed->json->{token}, undef, 'without a token');
ok(eventually(sub { revoked() == 1 }), 'and the provider is told');
is($admin->get("/v1/connections/$asked->{id}/token")->status, 409, 'no token is given out');
is($grantlink->browser->get($asked->{link})->status, 410, 'its link is gone');
is($admin->request(DELETE => "/v1/connections/$asked->{id}")->status, 200, 'to remove it twice is the same');
is($admin->post("/v1/connections/$asked->{id}/regenerate")->status, 409, 'it has no further link');

my $pending = request_connection($grantlink);
is($admin->request(DELETE => "/v1/connections/$pending->{id}")->json->{status}, 'revoked', 'a pending one can be removed, too');
my $instagram = connected('instagram');
is($admin->request(DELETE => "/v1/connections/$instagram->{id}")->json->{status}, 'revoked', 'and one whose provider knows no revocation');

# The provider is down, and grantlinkd is stopped before it is back.
my $later = connected('oidc');
$grantlink->stop('oidc');
is($admin->request(DELETE => "/v1/connections/$later->{id}")->status, 200, 'a removal does not wait for the provider');
$grantlink->stop('daemon');
$grantlink->start_oidc;
my $before = revoked();
$grantlink->start_daemon;
ok(eventually(sub { revoked() > $before }, 90), 'which is told when it can be reached');

is($admin->request(PATCH => "/v1/connections/$later->{id}")->status, 405, 'another method is refused');
is($admin->request(DELETE => '/v1/connections/0193a1b2-0000-7000-8000-000000000000')->status, 404, 'and a connection that there is not');

$grantlink->finish;
done_testing;

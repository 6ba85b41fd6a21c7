# A client's id and secret may have any character that can be typed: RFC 6749, section 2.3.1, has them
# encoded before they become user name and password. The provider is by other authors.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;

my $odd = q{a:b c+d%2Be&f="g"?/};
for my $method (qw(client_secret_basic client_secret_post)) {
    my $grantlink = Grantlink::Instance->new;
    $grantlink->{client_secret} .= $odd;
    $grantlink->evidence->learn(secret => $grantlink->{client_secret});
    my $issuer = $grantlink->start_oidc('--client-id' => "client $odd", '--auth-method' => $method);
    $grantlink->write_daemon_config(providers => {oidc => {%{$grantlink->oidc_provider($issuer)}, client_id => "client $odd"}});
    $grantlink->start;
    my $browser = $grantlink->browser;
    my $asked   = request_connection($grantlink, provider => 'oidc', account => 'nike');
    is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', "$method: is connected");
    is($grantlink->admin->post("/v1/connections/$asked->{id}/refresh")->status, 200, "$method: and refreshed");
    my $other = request_connection($grantlink, provider => 'oidc', account => 'nike');
    $browser  = $grantlink->browser;
    is(wait_for_outcome($browser, approve($browser, $other->{link}, 'adidas')), 'wrong_account', "$method: another account");
    unlike($grantlink->log('daemon'), qr/could not be revoked/, "$method: is given back");
    $grantlink->finish;
}

done_testing;

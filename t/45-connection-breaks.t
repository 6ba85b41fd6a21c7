# An approval that is gone is noticed, told, and brought back by the same account alone.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->new;
my @lifetime  = ('--token-lifetime', 8);
my $issuer    = $grantlink->start_oidc(@lifetime);
$grantlink->write_daemon_config(providers => {
    oidc => $grantlink->oidc_provider($issuer),
});
$grantlink->start;
my $admin = $grantlink->admin;

my $asked   = request_connection($grantlink, provider => 'oidc', account => '');
my $browser = $grantlink->browser;
is(wait_for_outcome($browser, approve($browser, $asked->{link}, 'nike')), 'connected', 'a connection is active');
my $id = $asked->{id};
ok($grantlink->mailbox->wait_for(1), 'its mail came');

# A provider that cannot be reached breaks nothing.
$grantlink->stop('oidc');
ok(eventually(sub { $admin->connection($id)->{trouble} }, 20), 'a refresh that fails for now is said');
is($admin->connection($id)->{status}, 'active', 'and breaks nothing');
is($admin->get("/v1/connections/$id/token?min_ttl=1h")->status, 503, 'a token that cannot be refreshed now is answered with 503');

# One that has forgotten the grant does.
$grantlink->start_oidc(@lifetime);
my $refused = $admin->post("/v1/connections/$id/refresh");
is($refused->status, 409, 'who asks for a refresh is told that it was refused');
like($refused->json->{detail}, qr/new approval/, 'and what to do');
my $broken = $admin->connection($id);
is($broken->{status}, 'broken', 'the connection is broken');
ok($broken->{trouble}, "with the reason: $broken->{trouble}");
is($broken->{token}, undef, 'without a token');
is($admin->get("/v1/connections/$id/token")->status, 409, 'nor is one given out');
is($broken->{generation}, 2, 'and has a new link');

my $mail = ($grantlink->mailbox->wait_for(2))[1];
like($mail->{headers}{subject}, qr/nike needs a new approval/i, 'its requester is told');
my $link = $admin->get("/v1/connections/$id/link")->json->{link};
like($mail->{text}, qr/\Q$link\E/, 'with the link') ;
like($mail->{html}, qr/\Q$link\E/, 'in both parts');
my ($sent) = grep { $_->{event} eq 'link_shown' && $_->{by}{kind} eq 'grantlinkd' } @{$admin->get("/v1/connections/$id/events")->json->{events}};
is($sent && $sent->{detail}, 'by mail to the requester', 'as the history says');
isnt($link, $asked->{link}, 'which is not the old one');
is($grantlink->browser->get($asked->{link})->status, 410, 'that one is gone');

# The same account alone brings it back, although any was welcome at first.
my $other = $grantlink->browser;
is(wait_for_outcome($other, approve($other, $link, 'adidas')), 'wrong_account', 'another account does not');
is($admin->connection($id)->{status}, 'broken', 'it stays broken');
is(wait_for_outcome($browser, approve($browser, $link, 'nike')), 'connected', 'the same account does');
my $back = $admin->connection($id);
is($back->{status}, 'active', 'it is active');
is($back->{trouble}, undef, 'and nothing is wrong any more');
is($back->{approved_account}{handle}, 'nike', 'the same account');
is($admin->post("/v1/connections/$id/refresh")->status, 200, 'whose token can be refreshed');

$grantlink->finish;
done_testing;

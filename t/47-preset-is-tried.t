# grantlink provider try: a flow with each request in sight, and no secret.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use JSON::PP qw(decode_json);
use Grantlink::Background qw(in_background);
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->new;
my $issuer    = $grantlink->start_oidc;
$grantlink->write_daemon_config(providers => {oidc => $grantlink->oidc_provider($issuer)});
$grantlink->start;
my $admin = $grantlink->admin;

# Runs the command, approves meanwhile, answers what it printed.
sub try_provider ($account, @arguments) {
    my $before = @{$admin->get('/v1/connections')->json->{connections}};
    my $trying = in_background(sub { $grantlink->cli('provider', 'try', @arguments) });
    my $newest;
    eventually(sub {
        my @all = @{$admin->get('/v1/connections')->json->{connections}};
        $newest = $all[0];
        return @all > $before;
    });
    my $link    = $admin->get("/v1/connections/$newest->{id}/link")->json->{link};
    my $browser = $grantlink->browser;
    # Who looks into the list sees a connection before its link works, which is when the command is told.
    eventually(sub { $browser->get($link)->status == 200 });
    is(wait_for_outcome($browser, approve($browser, $link, $account)), 'connected', "$arguments[0] is approved");
    return ($newest->{id}, $trying->result);
}

my ($id, $ran) = try_provider('nike', 'instagram', '@nike', '--json', '--keep');
is($ran->{exit}, 0, 'the command ends well') or diag $ran->{err};
like($ran->{err}, qr{/approve/}, 'it shows the link');
my $trial = decode_json($ran->{out});
is($trial->{status}, 'active', 'and says how it ended');
my @requests = @{$trial->{requests}};
is_deeply([map { $_->{request} } @requests], [qw(authorize callback token upgrade identity refresh feed feed)], 'each request is there');
is_deeply([map { $_->{answer}{status} } splice @requests, 0, 2], [undef, undef], 'those of the browser without an answer');
is_deeply([map { $_->{answer}{status} } @requests], [200, 200, 200, 400, 200, 200], 'with its answer; Instagram refreshes no token of today');
like($requests[0]{body}, qr/client_secret=\{client_secret\}/, 'secrets are shown by their names');
like($requests[0]{body}, qr/code=\{code\}/, 'the code too');
like($requests[1]{url}, qr/access_token=\{access_token\}/, 'and the token');
is($requests[2]{answer}{json}{username}, 'nike', 'what the answers say is there');
like($ran->{err}, qr/\d+ posts/, 'posts were read');
my $feed = $admin->get("/v1/connections/$id/feed")->json;
cmp_ok(scalar @{$feed->{posts}}, '>', 0, 'as the API does');
like($feed->{posts}[0]{published_at}, qr/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\z/, 'with their times');

my $token = $admin->get("/v1/connections/$id/token")->json->{access_token};
for my $secret ($token, $grantlink->{client_secret}) {
    is(index($ran->{out} . $ran->{err}, $secret), -1, 'no secret is printed');
}
is($admin->connection($id)->{status}, 'active', '--keep keeps it');
my $traced = $admin->get("/v1/connections/$id/trace?after=4")->json;
cmp_ok($traced->{next}, '>=', 6, 'the trace goes on');

($id, $ran) = try_provider('nike', 'oidc', '--json');
is($ran->{exit}, 0, 'with OpenID Connect as well') or diag $ran->{err};
@requests = @{decode_json($ran->{out})->{requests}};
my %seen = map { $_->{request} => 1 } @requests;
is_deeply([sort keys %seen], [qw(authorize callback identity jwks refresh revoke token)], 'whose keys are asked for, and whose tokens refreshed and given back');
like($requests[0]{url}, qr/&state=\{state\}&code_challenge=\{code_challenge\}&.*&nonce=\{nonce\}\z/, 'what the browser carries goes by its name');
like($requests[1]{url}, qr{/callback/oidc\?code=\{code\}&state=\{state\}\z}, 'both ways');
ok(!(grep { /eyJ[A-Za-z0-9_-]{10}/ } $ran->{out}), 'nor a JWT');
is($admin->connection($id)->{status}, 'revoked', 'and the connection is removed');

# For people
($id, $ran) = try_provider('nike', 'instagram');
like($ran->{out}, qr/^> POST http\S+\/oauth\/access_token$/m, 'people see requests');
like($ran->{out}, qr/^< 200 \(\d+ ms\)$/m, 'and answers');

is($grantlink->cli('provider', 'try', 'nobody')->{exit}, 1, 'a provider that there is not is refused');
my $plain = request_connection($grantlink);
is($admin->get("/v1/connections/$plain->{id}/trace")->status, 404, 'nothing is traced unasked');

$grantlink->finish;
done_testing;

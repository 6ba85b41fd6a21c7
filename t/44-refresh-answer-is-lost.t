# A refresh token that rotates is sent twice by nobody while nobody knows what became of the first time: a
# provider that sees it again ends the whole approval. The access token serves to its end before it is tried.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Background qw(in_background);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Tap;
use Grantlink::Toml qw(to_toml write_file);

my $grantlink = Grantlink::Instance->new;
my $dir       = $grantlink->directory;
my $lifetime  = 20;
my $issuer    = $grantlink->start_oidc('--token-lifetime', $lifetime, '--redirect-uri' => $grantlink->public_url . '/callback/rotating');
my $tap       = Grantlink::Tap->new("$dir/tap");
$tap->start($issuer);
mkdir "$dir/presets";
write_file("$dir/presets/rotating.toml", to_toml({
    name      => 'Rotating', docs => $issuer,
    authorize => {url => "$issuer/auth", scopes => ['openid', 'offline_access'], params => {prompt => 'consent'}},
    token     => {url => $tap->url . '/token'},
    refresh   => {rotates => \1},
    identity  => {url => "$issuer/me", id => ['/sub'], handle => ['/sub']},
    revoke    => {url => "$issuer/token/revocation"},
}));
my %client = (preset => 'rotating', client_id => 'grantlink-test', client_secret => $grantlink->{client_secret},
    trusted_origins => [$issuer, $tap->url]);
$grantlink->write_daemon_config(
    settings  => {providers_dir => "$dir/presets"},
    providers => {rotating => \%client, instagram => \%client},
);
$grantlink->start;
my $admin = $grantlink->admin;

sub token ($id, $min_ttl = '1s') { return $admin->get("/v1/connections/$id/token?min_ttl=$min_ttl") }
sub granted () { return scalar(() = $grantlink->process('oidc')->log =~ /^granted: refresh_token$/mg) }
sub works ($token) { return $grantlink->browser->get("$issuer/me", headers => {Authorization => "Bearer $token"})->status == 200 }

# What loses the answer: a daemon that is killed, a provider's host that is.
my %loss = (
    'the daemon is killed' => sub { $grantlink->kill('daemon'); $tap->release; $grantlink->start_daemon },
    'the connection is cut' => sub { $tap->stop; $tap->release; $tap->start($issuer) },
);
for my $how (sort keys %loss) {
    subtest $how => sub {
        my $asked   = request_connection($grantlink, provider => 'rotating', account => '');
        my $browser = $grantlink->browser;
        is(wait_for_outcome($browser, approve($browser, $asked->{link}, 'nike')), 'connected', 'a connection');
        my $id     = $asked->{id};
        my $first  = token($id)->json->{access_token};
        my $before = granted();
        $tap->hold('POST /token', after => 1);
        my $lost = in_background(sub { eval { $admin->post("/v1/connections/$id/refresh")->status } // 0 });
        ok($tap->wait_until_held($how =~ /cut/ ? 1 : 2), 'the provider has answered');
        $loss{$how}->();
        isnt($lost->result, 200, 'and the answer is lost');
        is(granted(), $before + 1, 'what it gave is nobody\'s');

        my $again = $admin->post("/v1/connections/$id/refresh");
        is($again->status, 503, 'another refresh is refused');
        like($again->json->{detail}, qr/when the token has ended/, 'with when it comes');
        is(token($id, '1h')->status, 503, 'also to whoever wants a token that lasts longer');
        my $now = token($id);
        is($now->json->{access_token}, $first, 'the token that there is serves on') if $now->status == 200;
        is(granted(), $before + 1, 'nothing was sent again');
        ok(eventually(sub { $admin->connection($id)->{status} eq 'broken' }, 2 * $lifetime), 'at its end it is tried, and refused');
        is(granted(), $before + 1, 'which was its reuse');
        ok(!works($first), 'for which the provider ended all of it');
        ok(eventually(sub { grep { $_->{raw} =~ /$id/ && $_->{headers}{subject} =~ /new approval/ } $grantlink->mailbox->mails }), 'the requester is told');
    };
}

$tap->stop;
$grantlink->finish;
done_testing;

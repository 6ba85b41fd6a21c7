# A token that ends is refreshed in time, by a provider that rotates refresh tokens, and by
# Instagram's way, which prolongs the access token itself.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Background qw(in_background);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Preset qw(shipped_preset);
use Grantlink::Toml qw(write_file);

my $grantlink = Grantlink::Instance->new;
my $issuer    = $grantlink->start_oidc('--token-lifetime', 6);

# Instagram's preset, but for the day that a token must be old.
my $presets = $grantlink->directory . '/presets';
mkdir $presets;
for my $name (qw(oidc instagram)) {
    write_file("$presets/$name.toml", shipped_preset($name) =~ s/^min_age = "24h"/min_age = "1s"/mr);
}
$grantlink->write_daemon_config(settings => {providers_dir => $presets}, providers => {
    oidc => $grantlink->oidc_provider($issuer),
});
$grantlink->start;

sub connected ($provider, $account) {
    my $asked   = request_connection($grantlink, provider => $provider, account => $account);
    my $browser = $grantlink->browser;
    is(wait_for_outcome($browser, approve($browser, $asked->{link}, 'nike')), 'connected', "$provider is connected");
    return $asked->{id};
}

sub token ($id, $min_ttl = '1s') { return $grantlink->admin->get("/v1/connections/$id/token?min_ttl=$min_ttl")->json->{access_token} }
sub grants ($type) { return scalar(() = $grantlink->process('oidc')->log =~ /^granted: $type$/mg) }

my $id     = connected('oidc', 'nike');
my $first  = token($id);
my $before = $grantlink->admin->connection($id)->{token}{expires_at};
ok($first, 'a token can be read');
is(token($id), $first, 'and stays while it lasts');
is(grants('refresh_token'), 0, 'nothing was refreshed for that');

ok(eventually(sub { token($id) ne $first }, 30), 'it is refreshed by itself');
my $second = token($id);
cmp_ok($grantlink->admin->connection($id)->{token}{expires_at}, 'gt', $before, 'before its end, to another one');
ok(eventually(sub { token($id) ne $second }, 30), 'and again, with the refresh token that came with it');
is($grantlink->admin->connection($id)->{status}, 'active', 'so the connection stays active');

# A restart in between changes nothing.
my $third = token($id);
$grantlink->stop('daemon');
$grantlink->start_daemon;
ok(eventually(sub { token($id) ne $third }, 30), 'after a restart too');

# Who wants one that lasts longer than any gets a fresh one, and many at once get the same.
my $grants = grants('refresh_token');
my @asking = map { in_background(sub { token($id, '5s') }) } 1 .. 12;
my %given  = map { $_->result => 1 } @asking;
cmp_ok(scalar keys %given, '<=', 3, 'twelve who ask at once share what comes');
cmp_ok(grants('refresh_token') - $grants, '<=', 3, 'and the provider is asked as seldom');
is($grantlink->admin->connection($id)->{status}, 'active', 'none of which was a reuse of a refresh token');
my $asked = $grantlink->admin->post("/v1/connections/$id/refresh");
is($asked->status, 200, 'a refresh can be asked for');

# Instagram
$grantlink->control_sandbox(POST => 'settings', {long_lifetime => 6, refresh_min_age => 1});
my $instagram = connected('instagram', '@nike');
my $one       = token($instagram);
ok(eventually(sub { token($instagram) ne $one }, 30), 'Instagram\'s token is prolonged');
is($grantlink->admin->connection($instagram)->{status}, 'active', 'and its connection stays active');

is($grantlink->admin->get("/v1/connections/$id/token?min_ttl=soon")->status, 400, 'a min_ttl that is none is refused');
is($grantlink->admin->get("/v1/connections/$id/token?ttl=5m")->status, 400, 'and a parameter that is not known');
my $pending = request_connection($grantlink);
is($grantlink->admin->get("/v1/connections/$pending->{id}/token")->status, 409, 'a pending connection has no token');

$grantlink->finish;
done_testing;

# Each shipped preset goes with what its provider's documentation says, from the button to the revocation, and for
# the pages of its feed: t/lib/documented_shapes.mjs and documented_feeds.mjs have that independently of the
# presets, and their server refuses all else.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP qw(encode_json);
use Test::More;
use Grantlink::Build;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Preset qw(described_presets);

my $presets    = "$Grantlink::Build::repository/conf.d/providers";
my $grantlink  = Grantlink::Instance->new(settings => {content => {retention => '3660d'}});    # the posts are some weeks old
my $documented = $grantlink->start_documented;
my ($port)     = $documented =~ /:(\d+)\z/;
my %shapes     = %{$grantlink->browser->get("$documented/_shapes")->json};
my %preset     = map { $_->{id} => $_ } described_presets(glob "$presets/*.toml");

# Instagram is the sandbox's, the others are found by their metadata: t/67, t/68.
is(join(' ', sort keys %shapes), join(' ', sort grep { !/^(?:instagram|oidc|bluesky)$/ } keys %preset), 'each preset has its shape');

# https://HOST of a preset is http://HOST.localhost here, so that the server knows which host was asked.
my %connect;
sub served ($url) { return $url =~ s{\Ahttps://([\w.-]+).*}{http://$1.localhost:$port}sr }

sub provider ($name) {
    my ($preset, $shape) = ($preset{$name}, $shapes{$name});
    my $tenant = $shape->{tenant} // {gitlab => 'gitlab.com', salesforce => 'login.salesforce.com', microsoft => 'common'}->{$name} // '';
    my @urls = map { s/\{tenant\}/$tenant/gr } $preset->{authorize_url}, $preset->{issuer} // (), $preset->{jwks_url} // (), map { $_->{url} } @{$preset->{requests}};
    my %origins = map { m{\A(https://[\w.-]+)} ? ($1 => served($_)) : () } @urls;
    $connect{$_} = "127.0.0.1:$port" for values %origins;
    return {
        client_id => "$name.client", client_secret => $grantlink->{client_secret}, $shape->{tenant} ? (tenant => $tenant) : (),
        origins => \%origins, trusted_origins => $shape->{trusted},
    };
}
$grantlink->write_daemon_config(providers => {map { $_ => provider($_) } keys %shapes});
$grantlink->start;
my $admin = $grantlink->admin;

sub approved ($name, $account) {
    my $browser = $grantlink->browser(connect => \%connect);
    my $asked   = request_connection($grantlink, provider => $name, account => $account);
    my $back    = $browser->get(press($browser, $asked->{link}));
    return ($asked->{id}, $back->body) if $back->status != 302;
    my $status = come_back($browser, $back->location)->location;
    return ($asked->{id}, wait_for_outcome($browser, $status), $browser->get($status)->text);
}

# Those of both pages. Where they have no time, it is not looked at.
sub has_posts ($id, $expected) {
    my @posts;
    eventually(sub { @posts = @{$admin->get("/v1/connections/$id/posts")->json->{posts}}; @posts >= @$expected });
    my $timed = defined $expected->[0][1];
    my @found = map { [$_->{text}, $timed ? $_->{published_at} : undef, $_->{url}] } @posts;
    my sub in_order (@list) { return [sort { encode_json($a) cmp encode_json($b) } @list] }
    is_deeply(in_order(@found), in_order(@$expected), 'its posts, with their words, times and pages') or diag explain \@posts;
}

for my $name (sort keys %shapes) {
    my $shape = $shapes{$name};
    my %has   = map { $_ => 1 } @{$shape->{steps}};
    subtest $name => sub {
        my ($id, $outcome, $page) = approved($name, $shape->{account});
        is($outcome, 'connected', 'connected') or return diag $page;
        my $now = $admin->connection($id);
        is($now->{approved_account}{handle}, $shape->{handle}, 'the handle');
        is($now->{approved_account}{id}, $shape->{id}, 'the id, digit for digit');
        is_deeply($now->{token}{scopes}, $shape->{scopes}, 'the scopes') if $shape->{scopes};
        has_posts($id, $shape->{posts}) if $shape->{posts};
        is($admin->post("/v1/connections/$id/refresh")->status, $has{refresh} ? 200 : 409, $has{refresh} ? 'refreshed' : 'there is no refresh') for 1, 2;
        is((approved($name, 'somebody-else'))[1], 'wrong_account', 'another account');
        if ($shape->{refusal}) {
            $grantlink->browser->get("$documented/_break/$name");
            (undef, $outcome, $page) = approved($name, $shape->{account});
            is($outcome, 'provider_error', 'a refusal is one, whatever its status');
            like($page, qr/$shape->{refusal}/, 'and the page says what the provider said');
        }
        is($admin->request(DELETE => "/v1/connections/$id")->status, 200, 'removed');
        if ($shape->{dead}) {
            ($id) = approved($name, $shape->{account});
            $grantlink->browser->get("$documented/_end/$name");
            $admin->post("/v1/connections/$id/refresh");
            is($admin->connection($id)->{status}, 'broken', 'what the provider says of a dead refresh token breaks it');
        }
    };
}

my @wanted = sort map { my $name = $_; map { "$name $_" } 'authorize', @{$shapes{$name}{steps}} } keys %shapes;
my $asked;
eventually(sub { $asked = $grantlink->browser->get("$documented/_asked")->json; @$asked >= @wanted });
is(join(', ', grep { my $one = $_; !grep { $_ eq $one } @$asked } @wanted), '', 'each documented request was made, the last of them to give the tokens back');
my @refused = $grantlink->log('documented') =~ /^refused: (.*)/mg;
is(join('; ', @refused), '', 'and nothing was refused');

$grantlink->finish;
done_testing;

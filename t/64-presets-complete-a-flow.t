# Every shipped preset leads from the button to an active connection, and to its posts where there are
# some, at a provider that holds the client to what the preset says.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Build;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Preset qw(described_presets origins_to);

my $presets   = "$Grantlink::Build::repository/conf.d/providers";
my $grantlink = Grantlink::Instance->new;

# Those with discovery have no endpoints of their own: t/68 is about them.
my @all  = grep { !$_->{discovery} } described_presets(glob "$presets/*.toml");
my $made = $grantlink->start_preset_provider(map { "$presets/$_->{id}.toml" } @all);

my %tenants  = (mastodon => 'mastodon.example', shopify => 'my-shop');
my %standard = (gitlab => 'gitlab.com', salesforce => 'login.salesforce.com', microsoft => 'common');

sub provider ($preset) {
    my $id     = $preset->{id};
    my $tenant = $tenants{$id};
    return {
        client_id => $id, client_secret => $grantlink->{client_secret}, $tenant ? (tenant => $tenant) : (),
        trusted_origins => [$made], origins => origins_to($made, $preset, $tenant // $standard{$id} // ''),
    };
}

sub feed_of ($preset) {
    open my $file, '<', "$presets/$preset->{id}.toml" or die "$preset->{id}: $!\n";
    return join '', grep { /^\[feed\]/ .. /^$/ } readline $file;
}

$grantlink->write_daemon_config(providers => {map { $_->{id} => provider($_) } @all});
$grantlink->start;

for my $preset (@all) {
    my $browser = $grantlink->browser;
    my $asked   = request_connection($grantlink, provider => $preset->{id}, account => 'nike');
    my $back    = eval { come_back($browser, $browser->get(press($browser, $asked->{link}))->location) };
    my $outcome = $back ? wait_for_outcome($browser, $back->location) : $@;
    is($outcome, 'connected', $preset->{id}) or diag $browser->get($back->location)->text;
    my $feed = feed_of($preset) or next;
    my $posts;
    my $came = eventually(sub { $posts = $grantlink->admin->get("/v1/connections/$asked->{id}/posts")->json; @{$posts->{posts}} });
    ok($came && $posts->{posts}[0]{id} eq 'id-of-post', "$preset->{id}: its posts are collected")
        or diag $posts->{trouble} // 'no trouble';
    is(join(' ', map { $_->{id} } @{$posts->{posts}}), 'id-of-post id-of-post-2', "$preset->{id}: of all its pages") if $feed =~ /^page_param/m;
}
unlike($grantlink->log('presets'), qr/refused/, 'the provider had nothing to object to');

$grantlink->finish;
done_testing;

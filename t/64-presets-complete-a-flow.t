# Every shipped preset leads from the button to an active connection, at a provider that holds the client
# to what the preset says.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Basename qw(basename);
use JSON::PP qw(decode_json);
use Test::More;
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;

my $presets   = "$Grantlink::Instance::repository/conf.d/providers";
my $grantlink = Grantlink::Instance->new;
my %tenants   = (mastodon => 'mastodon.example', shopify => 'my-shop');

# Those with discovery have no endpoints of their own: t/68 is about them.
my $checked = run_command([Grantlink::Instance::program('grantlink'), 'provider', 'check', '--json', glob "$presets/*.toml"]);
die $checked->{err} if $checked->{exit} != 0;
my @all  = grep { !$_->{discovery} } @{decode_json($checked->{out})->{presets}};
my $made = $grantlink->start_preset_provider(map { "$presets/$_->{id}.toml" } @all);

sub provider ($preset) {
    my $tenant = $tenants{$preset->{id}};
    my @urls   = ($preset->{authorize_url}, $preset->{jwks_url} // (), map { $_->{url} } @{$preset->{requests}});
    # A tenant without a value here is the preset's own.
    my %default = (gitlab => 'gitlab.com', salesforce => 'login.salesforce.com', microsoft => 'common');
    my $value = $tenant // $default{$preset->{id}} // '';
    return {
        client_id => $preset->{id}, client_secret => $grantlink->{client_secret}, $tenant ? (tenant => $tenant) : (),
        trusted_origins => [$made],
        origins => {map { m{\A(https://[^/?]+)} ? ($1 => $made) : () } map { s/\{tenant\}/$value/gr } @urls},
    };
}

$grantlink->write_daemon_config(providers => {map { $_->{id} => provider($_) } @all});
$grantlink->start;

for my $preset (@all) {
    my $browser = $grantlink->browser;
    my $asked   = request_connection($grantlink, provider => $preset->{id}, account => 'nike');
    my $back    = eval { come_back($browser, $browser->get(press($browser, $asked->{link}))->location) };
    my $outcome = $back ? wait_for_outcome($browser, $back->location) : $@;
    is($outcome, 'connected', $preset->{id}) or diag $browser->get($back->location)->text;
}
unlike($grantlink->log('shapes'), qr/refused/, 'the provider had nothing to object to');

$grantlink->finish;
done_testing;

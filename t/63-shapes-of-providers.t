# The shipped presets against providers that answer as Facebook, TikTok, Slack, GitHub, X and Notion do.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Person qw(approve_at_provider);
use Grantlink::Preset qw(described_presets origins_to);

my $presets   = "$Grantlink::Instance::repository/conf.d/providers";
my $grantlink = Grantlink::Instance->new(settings => {content => {enabled => \0}});
my $shapes    = $grantlink->start_shapes;

sub provider ($name) {
    my ($preset) = described_presets("$presets/$name.toml");
    return {client_id => 'shaped-client', client_secret => $grantlink->{client_secret}, origins => origins_to($shapes, $preset)};
}

# What each of them says of nike, how its token is given back, and what it says when a code is no good.
my %expected = (
    facebook => {account => 'nike', handle => 'nike', id => '17841400000000001', revoke => 'DELETE /v23.0/me/permissions',
        refused => qr/This authorization code has been used/},
    'facebook-page' => {handle => 'nike', id => '102', shape => 'facebook', refused => qr/has been used/},
    tiktok => {handle => 'nike', id => '723f24d7', revoke => 'POST /v2/oauth/revoke/', refused => qr/invalid_grant/},
    slack  => {handle => 'nike', id => 'U0', revoke => 'POST /api/auth.revoke', refused => qr/invalid_code/},
    github => {handle => 'nike', id => '9007199254740993', revoke => 'DELETE /applications/shaped-client/token',
        refused => qr/bad_verification_code/},
    x      => {handle => 'Nike', id => '2244994945', revoke => 'POST /2/oauth2/revoke', refused => qr/invalid_request/},
    notion => {handle => 'nike@example.com', id => 'b3a0', revoke => 'POST /v1/oauth/revoke', refused => qr/invalid_grant/,
        account => 'nike@example.com'},
);
$grantlink->write_daemon_config(providers => {map { $_ => provider($_) } keys %expected});
$grantlink->start;

sub seen { return @{$grantlink->browser->get("$shapes/_seen")->json} }

sub approved ($name, $account) {
    my $asked   = request_connection($grantlink, provider => $name, account => $account);
    my $browser = $grantlink->browser;
    my $back    = come_back($browser, approve_at_provider($browser, press($browser, $asked->{link}), 'nike'));
    return ($asked, wait_for_outcome($browser, $back->location), follow($browser, $back));
}

for my $name (sort keys %expected) {
    my $is = $expected{$name};
    subtest $name => sub {
        my ($asked, $outcome) = approved($name, $is->{account} // '@nike');
        is($outcome, 'connected', 'connected');
        my $now = $grantlink->admin->connection($asked->{id});
        is($now->{approved_account}{handle}, $is->{handle}, 'the handle');
        is($now->{approved_account}{id}, $is->{id}, 'the id, digit for digit');

        (undef, $outcome) = approved($name, '@adidas');
        is($outcome, 'wrong_account', 'somebody else was asked for');
        is((seen())[-1], $is->{revoke}, 'and the token is given back as the provider wants it') if $is->{revoke};

        $grantlink->browser->get("$shapes/_break/" . ($is->{shape} // $name));
        (undef, $outcome, my $page) = approved($name, $is->{account} // '@nike');
        is($outcome, 'provider_error', 'a refusal is one, whatever its status');
        like($page->body, $is->{refused}, 'and the page says what the provider said');
    };
}

unlike($grantlink->log('shapes'), qr/: (?!the code is not valid)./, 'nothing else was refused');
$grantlink->finish;
done_testing;

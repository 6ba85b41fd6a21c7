# One 401 to a token that cannot be refreshed may be a fault of the moment: it takes a second one to break a
# connection. A token that speaks of another account than it did is as bad as none.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Preset qw(shipped_preset);
use Grantlink::Toml qw(write_file);

# Instagram's preset without its refresh.
my $grantlink = Grantlink::Instance->new;
my $presets   = $grantlink->directory . '/presets';
mkdir $presets;
write_file("$presets/instagram.toml", shipped_preset('instagram') =~ s/^\[refresh\].*?(?=^\[)//msr);
$grantlink->write_daemon_config(settings => {providers_dir => $presets, content => {fastest => '1s', slowest => '1s', retention => '3660d'}});
$grantlink->start;
my $admin = $grantlink->admin;

sub connected ($account) {
    my $asked   = request_connection($grantlink, account => "\@$account");
    my $browser = $grantlink->browser;
    is(wait_for_outcome($browser, approve($browser, $asked->{link}, $account)), 'connected', "$account is connected");
    ok(eventually(sub { $admin->get("/v1/connections/$asked->{id}/posts")->json->{collected_at} }), 'and collected');
    return $asked->{id};
}

sub fault (%fault) { return $grantlink->control_sandbox(POST => 'faults', \%fault)->status }
my %refused = (status => 401, body => '{"error":{"message":"Some server has lost its mind","code":1}}');

my $id = connected('nike');
is(fault(path => '/me/media', %refused), 200, 'one request is refused');
ok(eventually(sub { ($admin->connection($id)->{trouble} // '') =~ /lost its mind/ }), 'which is said');
is($admin->connection($id)->{status}, 'active', 'and breaks nothing');
ok(eventually(sub { !$admin->connection($id)->{trouble} }, 60), 'until the token has been seen to work');
is($admin->connection($id)->{status}, 'active', 'the connection is as it was');

# Another one: after a failure posts are not asked for so soon again.
my $refused = connected('zoe.und.soehne');
is(fault(path => $_, times => 1000, %refused), 200, "$_ is refused") for '/me/media', '/me';
ok(eventually(sub { $admin->connection($refused)->{status} eq 'broken' }, 60), 'one that stays refused breaks it');
like($admin->connection($refused)->{trouble}, qr/lost its mind/, 'and says why');
$grantlink->control_sandbox(DELETE => 'faults');

my $other = connected('adidas');
fault(path => '/me', times => 1000, body => '{"user_id":"1","username":"somebody","name":"Somebody"}');
fault(path => '/me/media', %refused);    # makes it look
ok(eventually(sub { $admin->connection($other)->{status} eq 'broken' }, 60), 'so does one that speaks of somebody else');
like($admin->connection($other)->{trouble}, qr/another account/, 'and says that');

$grantlink->finish;
done_testing;

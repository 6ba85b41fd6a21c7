# grantlinkd logs for people or for programs, and the id of an attempt leads through all logs.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use JSON::PP qw(decode_json);

my $grantlink = Grantlink::Instance->new(settings => {log_format => 'json'});
my $issuer    = $grantlink->start_oidc;
$grantlink->write_daemon_config(providers => {oidc => $grantlink->oidc_provider($issuer)});
$grantlink->write_nginx_config(
    http   => q{log_format attempts '$grantlink_route $grantlink_outcome $grantlink_attempt';},
    server => 'access_log ' . $grantlink->directory . '/logs/attempts.log attempts;',
);
$grantlink->start;

my $asked   = request_connection($grantlink, provider => 'oidc', account => 'nike');
my $browser = $grantlink->browser;
my $status  = approve($browser, $asked->{link});
is(wait_for_outcome($browser, $status), 'connected', 'an account is connected');
my ($attempt) = $status =~ m{/attempts/([0-9a-f-]{36})};
$grantlink->admin->post("/v1/connections/$asked->{id}/refresh");
ok($grantlink->mailbox->wait_for(1), 'its mail came');
ok(eventually(sub { $grantlink->log('daemon') =~ /"\(mail\): delivered"/ }), 'which is logged');

my @entries = map { eval { decode_json($_) } // fail("no JSON: $_") } split /\n/, $grantlink->log('daemon');
cmp_ok(scalar @entries, '>=', 4, 'each line is an object');
for my $entry (@entries) {
    is_deeply([sort grep { !/\A(?:attempt|connection|notification)\z/ } keys %$entry], [qw(level message time)], "\"$entry->{message}\" has what each has");
    like($entry->{time}, qr/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\z/, 'with its time');
}
sub about ($name, $id) { return map { $_->{message} } grep { ($_->{$name} // '') eq $id } @entries }
is_deeply([about(attempt => $attempt)], ['connected'], 'the attempt is a member');
is_deeply([about(connection => $asked->{id})], ['refreshed'], 'and so is a connection');
is(scalar(grep { $_->{notification} && $_->{message} eq '(mail): delivered' } @entries), 1, 'and a notification');

# One id through all
my @edge = grep { /\Q$attempt\E/ } split /\n/, $grantlink->log('attempts');
like($edge[0], qr/\Aapprove started /, 'nginx has the id from the press of the button on');
ok((grep { /\Acallback recorded / } @edge), 'at the callback');
is_deeply([map { $_->{event} } grep { ($_->{attempt} // '') eq $attempt }
    reverse @{$grantlink->admin->get("/v1/connections/$asked->{id}/events")->json->{events}}],
    [qw(started approved exchanged active)], 'and the audit trail has it');

# An attempt that fails says so under its id.
my $second = request_connection($grantlink);
my $failed = come_back($browser, made_up_callback($browser, $second->{link}));
my ($other) = $failed->location =~ m{/attempts/([0-9a-f-]{36})};
ok($other, 'a code that is none is taken');
ok(eventually(sub { $grantlink->log('daemon') =~ /"attempt":"\Q$other\E","message":"provider_error"/ }), 'and ends under its id');
$grantlink->log_has('daemon', qr/"level":"warning","attempt":"\Q$other\E","message":"exchange failed: /, 'with the reason');

# A reload changes the format.
$grantlink->write_daemon_config(settings => {log_format => 'text'});
$grantlink->reload_daemon;
ok(eventually(sub { $grantlink->log('daemon') =~ /^\d{4}-\S+Z info grantlinkd: reloaded /m }), 'a reload changes the format');

$grantlink->finish;
done_testing;

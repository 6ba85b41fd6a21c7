# SIGHUP reads grantlink.toml again; a broken one changes nothing.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Toml qw(write_file);

my $grantlink = Grantlink::Instance->running;
my $browser   = $grantlink->browser;
my $pid       = $grantlink->process('daemon')->pid;

$grantlink->write_daemon_config(settings => {requester => 'Another Agency'},
    providers => {second => $grantlink->sandbox_provider});
$grantlink->reload_daemon;
ok(eventually(sub { request_connection($grantlink)->{requester} eq 'Another Agency' }),
    'a new requester is used for new connections');
my @providers = map { $_->{id} } @{$grantlink->admin->get('/v1/providers')->json->{providers}};
is_deeply([sort @providers], [qw(instagram second)], 'a new provider is known');
like($browser->get(request_connection($grantlink)->{link})->text, qr/Another Agency/, 'the page shows the new name');

write_file($grantlink->toml_path, "public_url = \"https://x.example\"\nnonsense = 1\n");
$grantlink->reload_daemon;
ok(eventually(sub { $grantlink->log('daemon') =~ /nonsense/ }), 'a broken file is reported');
$grantlink->log_has(daemon => qr{grantlink\.toml:2\b.*nonsense|nonsense.*grantlink\.toml:2\b}, 'with file and line');
is(request_connection($grantlink)->{requester}, 'Another Agency', 'and the daemon goes on with what it had');
is($grantlink->process('daemon')->pid, $pid, 'all the while it is the same process');
ok($grantlink->process('daemon')->alive, 'which is alive');

$grantlink->write_daemon_config(settings => {requester => 'Third Agency'});
$grantlink->reload_daemon;
ok(eventually(sub { request_connection($grantlink)->{requester} eq 'Third Agency' }), 'a mended file is taken');

my $asked = request_connection($grantlink);
is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'approvals go through');

$grantlink->finish;
done_testing;

# Two daemons on one store would hurt each other: the second one refuses to start.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Build;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Command qw(run_command);
use Grantlink::Toml qw(to_toml write_file);

my $grantlink = Grantlink::Instance->running;
my $browser   = $grantlink->browser;

my $second = run_command([Grantlink::Build::program('grantlinkd'), '--config', $grantlink->toml_path]);
isnt($second->{exit}, 0, 'a second daemon ends at once');
like($second->{err}, qr/another|already|in use|running/i, 'and says that there is another one');

my $config = $grantlink->daemon_config;
$config->{admin}{socket} = $grantlink->directory . '/run/other.sock';
my $path  = write_file($grantlink->directory . '/etc/other.toml', to_toml($config), 0600);
my $third = run_command([Grantlink::Build::program('grantlinkd'), '--config', $path]);
isnt($third->{exit}, 0, 'so does one with a socket of its own but the same stores');
like($third->{err}, qr/another|already|in use|running/i, 'and says so');

my $asked = request_connection($grantlink);
is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'the first one is not disturbed');

$grantlink->kill('daemon');
$grantlink->start_daemon;
is($grantlink->admin->connection($asked->{id})->{status}, 'active',
    'one that was killed leaves nothing behind that keeps the next one from starting');

$grantlink->finish;
done_testing;

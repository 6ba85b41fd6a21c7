# master.key can be a credential of systemd instead of a file in /etc.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Copy qw(move);
use Test::More;
use Grantlink::Build;
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->new(settings => {master_key => 'credential:master.key'});
my $dir       = $grantlink->directory . '/credentials';
mkdir $dir, 0700;
move($grantlink->directory . '/etc/master.key', "$dir/master.key") or die;
chmod 0440, "$dir/master.key";    # as systemd's look, whose ACL shows as the group's mode

sub started { return run_command([Grantlink::Build::program('grantlinkd'), '--config', $grantlink->toml_path], seconds => 10) }

my $without = started();
isnt($without->{exit}, 0, 'without credentials the daemon does not start');
like($without->{err}, qr/credential:master\.key: systemd gives it .*LoadCredential=/, 'and says where they come from');

{
    local $ENV{CREDENTIALS_DIRECTORY} = $dir;
    chmod 0444, "$dir/master.key";
    my $open = started();
    isnt($open->{exit}, 0, 'nor with one that everybody can read');
    like($open->{err}, qr/other users can read the master key/, 'which is said');
    chmod 0440, "$dir/master.key";
    $grantlink->start;
}
my $browser = $grantlink->browser;
my $asked   = request_connection($grantlink);
is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'with it all works');

# The command has no credentials: it asks the daemon, or does without.
is($grantlink->cli('check')->{exit}, 0, 'the daemon can check the vault');
my $file = $grantlink->directory . '/state/backup';
my @config = ('--config', $grantlink->toml_path);
is($grantlink->cli('backup', $file, @config)->{exit}, 0, 'a backup needs no key');
my $check = $grantlink->cli('check', $file, @config);
is($check->{exit}, 2, 'to look into it needs one');
like($check->{err}, qr/credential:master\.key/, 'which is said');
is($grantlink->cli('keys', 'rotate', 'master', @config)->{exit}, 2, 'nor can the command rotate it');
is($grantlink->cli('keys', 'rotate', 'edge', @config)->{exit}, 0, 'but edge.key');

$grantlink->finish;
done_testing;

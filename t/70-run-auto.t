# ./build.sh run --auto: the main job, as a newcomer sees it first.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Command qw(run_command);

my $script = "$FindBin::Bin/lib/run.pl";
my $ran    = run_command([$^X, $script, '--auto'], seconds => 120);
is($ran->{exit}, 0, 'it exits 0') or diag $ran->{out}, $ran->{err};
is($ran->{err}, '', 'and prints nothing to standard error');
like($ran->{out}, qr/page “connected”/, 'the recipient gets to the page that says connected');
like($ran->{out}, qr/\bactive\b/, 'the connection is active');
like($ran->{out}, qr/^  Subject: .*Instagram/m, 'the mail is shown');
like($ran->{out}, qr/^All of it held\.$/m, 'the proof holds');
unlike($ran->{out}, qr/NOT OK/, 'all of it');
unlike($ran->{out}, qr{/approve/[\w-]{32}|AQSANDBOXCODE\w|IGAASANDBOXTOKEN\w}, 'no secret is printed in full');
cmp_ok((sort { $b <=> $a } map { length } split /\n/, $ran->{out})[0], '<', 300, 'and no line is endless');

my $wrong = run_command([$^X, $script, '--automatic']);
isnt($wrong->{exit}, 0, 'another option is refused');
like($wrong->{err}, qr/usage/, 'with the usage');

done_testing;

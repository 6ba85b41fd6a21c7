# ./build.sh bench tokens: that it measures, not how fast; and that what is due at once is done once.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Temp ();
use JSON::PP qw(decode_json);
use Test::More;
use Grantlink::Command qw(run_command);

my $temp = File::Temp->newdir('grantlink-XXXXXX', TMPDIR => 1);
$ENV{TMPDIR} = $temp->dirname;
my $ran    = run_command([$^X, "$FindBin::Bin/bench/tokens.pl", '--try', '--json'], seconds => 180);
is($ran->{exit}, 0, 'it exits 0') or diag $ran->{err};
my $result = eval { decode_json($ran->{out}) };
is(ref $result, 'HASH', 'and prints one JSON object') or do { diag $ran->{out}; done_testing; exit };

cmp_ok($result->{$_} // 0, '>', 0, $_)
    for qw(refresh_vs_single_commit token_vs_health token_beside_refreshes token_p99_beside_refreshes);
my $refresh = $result->{raw}{refresh};
is($refresh->{due}, 1000, 'a thousand connections were due at once, and each was refreshed once');
cmp_ok($refresh->{at_a_time}, '>', 1, 'several at a time');
cmp_ok($refresh->{at_a_time}, '<=', 32, 'but no more than a provider is asked at a time');
my ($round) = @{$result->{raw}{tokens}};
is_deeply([sort keys %$round], [qw(beside health token)], 'a round has all sides');
is($round->{beside}{refreshes}, 200, 'the refreshes were on their way until the vending was over');
is_deeply([glob "$ENV{TMPDIR}/*"], [], 'nothing is left behind');

done_testing;

# ./build.sh bench edge: that it measures, not how fast.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Temp ();
use JSON::PP qw(decode_json);
use Test::More;
use Grantlink::Command qw(run_command);

plan skip_all => 'needs two processors' if qx(nproc) < 2;

my $temp = File::Temp->newdir('grantlink-XXXXXX', DIR => $ENV{TMPDIR} // '/var/tmp');
$ENV{TMPDIR} = $temp->dirname;
my $script = "$FindBin::Bin/bench/edge.pl";
my $ran    = run_command([$^X, $script, '--try', '--json'], seconds => 180);
is($ran->{exit}, 0, 'it exits 0') or diag $ran->{err};
my $result = eval { decode_json($ran->{out}) };
is(ref $result, 'HASH', 'and prints one JSON object') or do { diag $ran->{out}; done_testing; exit };

for my $name (qw(page_vs_return200 page_vs_static page_10m_vs_1k start_vs_return303
    callback_vs_single_commit page_p99_storm_vs_quiet worker_mib_over_bare)) {
    cmp_ok($result->{$name} // 0, '>', 0, $name);
}
my %sides = (page => [qw(page return200 static)], size => [qw(most small)], start => [qw(return303 start)],
    callback => [qw(callback single_commit)], latency => [qw(quiet storm)]);
for my $what (sort keys %sides) {
    my @rounds = @{$result->{raw}{$what} // []};
    is(@rounds, $result->{environment}{rounds}, "$what: a round for each");
    is_deeply([sort keys %{$rounds[0]}], $sides{$what}, '… with all sides');
}
my $page = $result->{raw}{page}[0];
is($result->{page_vs_return200}, 0 + sprintf('%.3f', $page->{page}{rate} / $page->{return200}{rate}),
    'the ratio is that of the rates');
cmp_ok($result->{raw}{callback}[0]{callback}{count}, '>', 0, 'callbacks were recorded');
is_deeply([glob "$ENV{TMPDIR}/*"], [], 'nothing is left behind');

my $wrong = run_command([$^X, $script, '--fast']);
isnt($wrong->{exit}, 0, 'an unknown option is refused');
like($wrong->{err}, qr/usage/, 'with the usage');

done_testing;

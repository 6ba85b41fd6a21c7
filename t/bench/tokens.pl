#!/usr/bin/perl
# The benchmark of tokens: what `./build.sh bench tokens` runs. docs/performance.md says how to read it.
#
#   tokens.pl [--json] [--due N] [--rounds N]
#   tokens.pl --try     a few seconds, to see that it works: the figures mean nothing

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/../lib";
use Getopt::Long qw(GetOptions);
use JSON::PP ();
use Grantlink::Bench::Figures qw(median rounded spread);
use Grantlink::Bench::Report;
use Grantlink::Bench::Tokens;
use Grantlink::Build;
use Grantlink::Command qw(run_command);
use Grantlink::Instance;

my %option = (due => 100_000, rounds => 5);
GetOptions(\%option, 'json', 'due=i', 'rounds=i', 'try') && !@ARGV && $option{rounds} > 0 && $option{due} >= 1000
    or die "usage: ./build.sh bench tokens [--json] [--due N] [--rounds N]    (N due: 1,000 at least)\n";
@option{qw(due rounds)} = (1000, 1) if $option{try};
my $seconds   = $option{try} ? 1 : 4;
my $in_flight = $option{try} ? 200 : 1000;
my $began     = time;

# How many durable commits, one after the other, the same disk does a second.
sub commits ($bench) {
    my $dir = $bench->{grantlink}->directory;
    mkdir "$dir/commits";
    my $ran = run_command([Grantlink::Build::program('grantlink-bench-data'), 'commits', "$dir/etc/edge.key", "$dir/commits", $seconds], seconds => 60);
    die $ran->{err} if $ran->{exit} != 0;
    my ($count, $took) = split ' ', $ran->{out};
    return $count / $took;
}

my $bench   = Grantlink::Bench::Tokens->new(fresh => 1000, due => $option{due});
my $before  = commits($bench);
my $refresh = $bench->refresh_all;
my $commits = ($before + commits($bench)) / 2;
my %values  = (refresh_vs_single_commit => [$refresh->{rate} / $commits]);
my @rounds;
for my $round (1 .. $option{rounds}) {
    my %figures;
    $figures{$_} = $bench->ask($seconds, $_ eq 'token' ? $bench->token_paths : '/healthz') for $round % 2 ? qw(health token) : qw(token health);
    $figures{beside} = $bench->ask_beside_refreshes($in_flight, $seconds, $bench->token_paths);
    push @rounds, \%figures;
    push @{$values{token_vs_health}},             $figures{token}{rate} / $figures{health}{rate};
    push @{$values{token_beside_refreshes}},      $figures{beside}{rate} / $figures{token}{rate};
    push @{$values{token_p99_beside_refreshes}},  $figures{beside}{p99_us} / $figures{token}{p99_us};
}
$bench->end;

my %raw         = (refresh => {%$refresh, single_commits => rounded($commits, 0), due => $option{due}}, tokens => \@rounds);
my %environment = (Grantlink::Bench::Report::machine(), rounds => $option{rounds}, seconds_taken => time - $began);
my %medians     = map { $_ => rounded(median(@{$values{$_}})) } keys %values;
if ($option{json}) {
    print JSON::PP->new->canonical->pretty->encode({%medians, raw => \%raw, environment => \%environment});
    exit;
}
my @rows = (
    [refresh_vs_single_commit   => 'refreshes, all due at once / single durable commits'],
    [token_vs_health            => 'vended tokens / GET /healthz'],
    [token_beside_refreshes     => "vended tokens beside $in_flight refreshes / without"],
    [token_p99_beside_refreshes => 'their 99th percentile beside them / without'],
);
printf "\n%-54s %9s  %s\n", 'tokens', 'median', 'min .. max';
printf "%-54s %9.3f  %7.3f .. %7.3f\n", $_->[1], $medians{$_->[0]}, spread(@{$values{$_->[0]}}) for @rows;
printf "\n%d refreshes in %.1f s (%d/s), %d at a time, each once\n", $option{due}, @$refresh{qw(seconds rate at_a_time)};
printf "vended: %d/s, p99 %d us; beside refreshes %d/s, p99 %d us\n", map { my ($what, $name) = @$_; rounded(median(map { $_->{$what}{$name} } @rounds), 0) }
    [token => 'rate'], [token => 'p99_us'], [beside => 'rate'], [beside => 'p99_us'];
printf "%s · Linux %s · %d rounds · %d s\n", @environment{qw(cpu kernel rounds seconds_taken)};

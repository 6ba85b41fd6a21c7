#!/usr/bin/perl
# The edge benchmark: what `./build.sh bench edge` runs. docs/performance.md says how to read it.
#
#   edge.pl [--json] [--quick] [--rounds N] [--pipelined N]
#   edge.pl --try       a few seconds, to see that it works: the figures mean nothing

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/../lib";
use Getopt::Long qw(GetOptions);
use Grantlink::Bench::Edge;
use Grantlink::Bench::Priority;
use Grantlink::Bench::Report;
use Grantlink::Bench::Site;
use Grantlink::Build;

my %option;
GetOptions(\%option, 'json', 'quick', 'rounds=i', 'pipelined=i', 'try') && !@ARGV && ($option{rounds} // 1) > 0
    && grep({ $_ == ($option{pipelined} // 1) } 1, 2, 4)
    or die "usage: ./build.sh bench edge [--json] [--quick] [--rounds N] [--pipelined 1|2|4]\n";

# rounds; turns in a round, and seconds of each, of what only needs the processor; seconds of a run that
# needs the disk; seconds in which the largest store is read before; how many requests the worker serves
# whose memory is looked at, and seconds of one run of them; links of the stores; how many pages the load
# asks for in a row on one connection
my %full = (
    rounds => 9, turns => 3, seconds => 1, disk => 5, warm => 12, requests => 10_000_000, memory => 15,
    links => [1_000, 1_000_000, 10_000_000], pipelined => 2,
);
my %quick = (%full, rounds => 5, turns => 1, disk => 2, warm => 4, requests => 500_000, memory => 2);
my %try   = (%quick, rounds => 1, disk => 1, requests => 10_000, links => [1_000, 20_000, 30_000], once => 1);
my %plan  = $option{try} ? %try : $option{quick} ? %quick : %full;
$plan{rounds} = $option{rounds} // $plan{rounds};
$plan{pipelined} = $option{pipelined} // $plan{pipelined};

my $began = time;
die "the bench needs two processors: one for nginx, one for the load\n" if qx(nproc) < 2;
Grantlink::Bench::Priority::raise() unless $option{try};
my $site = Grantlink::Bench::Site->new(
    build => Grantlink::Build::build_directory(),
    links => $plan{links}, say => sub ($text) { say STDERR $text },
);
my ($values, $raw) = Grantlink::Bench::Edge->new($site, %plan)->run;
my %environment = (
    Grantlink::Bench::Report::machine(), rounds => $plan{rounds}, pipelined => $plan{pipelined},
    page_bytes => $site->length_of('page'),
    seconds_taken => time - $began, quick => $option{quick} || $option{try} ? \1 : \0,
);
print $option{json} ? Grantlink::Bench::Report::json($values, $raw, \%environment)
    : Grantlink::Bench::Report::table($values, $raw, \%environment);

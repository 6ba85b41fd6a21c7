#!/usr/bin/perl
# The edge benchmark: what `./build.sh bench edge` runs. docs/performance.md says how to read it.
#
#   edge.pl [--json] [--quick] [--rounds N] [--seconds N] [--links N]
#
# --seconds and --links (the most links of any store) are for trying the benchmark itself out.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/../lib";
use Getopt::Long qw(GetOptions);
use Grantlink::Bench::Callbacks;
use Grantlink::Bench::Memory;
use Grantlink::Bench::Priority;
use Grantlink::Bench::Rates;
use Grantlink::Bench::Report;
use Grantlink::Bench::Site;

my %option;
GetOptions(\%option, 'json', 'quick', 'rounds=i', 'seconds=i', 'links=i') && !@ARGV
    or die "usage: ./build.sh bench edge [--json] [--quick] [--rounds N]\n";

my $quick    = $option{quick};
my $rounds   = $option{rounds} // ($quick ? 5 : 9);
my %seconds  = $quick ? (page => 1, disk => 2) : (page => 3, disk => 5);
%seconds     = map { $_ => $option{seconds} } keys %seconds if $option{seconds};
my $requests = $option{seconds} ? 10_000 : $quick ? 500_000 : 10_000_000;
my %sizes    = map { my ($name, $links) = @$_; ($name => min($links, $option{links} // $links)) }
    ['1k', 1_000], ['1m', 1_000_000], ['10m', 10_000_000];

sub min ($one, $other) { return $one < $other ? $one : $other }

sub progress ($text) { say STDERR $text }

sub shown ($what) {
    return sub ($round, $figures) {
        progress(sprintf '%-10s %d/%d  %s', $what, $round, $rounds, join '  ', map {
            my $side = $_;
            "$side " . ($figures->{$side}{p99_us} && $what eq 'latency' ? "p99 $figures->{$side}{p99_us} us"
                : "$figures->{$side}{rate}/s")
        } sort keys %$figures);
    };
}

$| = 1;
my $began = time;
Grantlink::Bench::Priority::raise();
my $site = Grantlink::Bench::Site->new(
    build => $ENV{GRANTLINK_BUILD} // "$FindBin::Bin/../../build/release", sizes => \%sizes, say => \&progress);
my $edge = $site->start_edge('edge', keys %sizes);
my $bare = $site->start_bare('bare', $edge, '1m');
my (%raw, %values);

sub side ($server, $port, $size, $method, $length) {
    return {server => $server, port => $port, tokens => $site->tokens($size), method => $method,
        length => $site->length_of($length)};
}

sub ratios ($name, $measured, $one, $other, $figure = 'rate') {
    $values{$name} = [map { $_->{$one}{$figure} / $_->{$other}{$figure} } @{$raw{$measured}}];
}

Grantlink::Bench::Rates::warm_up($site, $edge, $_, $_ eq '10m' ? 4 * $seconds{page} : 1) for keys %sizes;

$raw{page} = [Grantlink::Bench::Rates::measure($site, rounds => $rounds, seconds => $seconds{page},
    say => shown('page'), order => [qw(page return200 static)], sides => {
        page      => side($edge, '1m', '1m', 'GET', 'page'),
        return200 => side($bare, 'return200', '1m', 'GET', 'page'),
        static    => {%{side($bare, 'static', '1m', 'GET', 'page')}, tokens => static_token()},
    })];
ratios(page_vs_return200 => 'page', qw(page return200));
ratios(page_vs_static    => 'page', qw(page static));

# The one file, as often as the others have tokens, so that wrk has no less to do.
sub static_token {
    my $file = $site->directory . '/tokens-static';
    open my $out, '>', $file or die "$file: $!\n";
    print {$out} ($site->a_token('1m') . "\n") x 1_000_000;
    close $out or die "$file: $!\n";
    return $file;
}

$raw{size} = [Grantlink::Bench::Rates::measure($site, rounds => $rounds, seconds => $seconds{page},
    say => shown('size'), order => [qw(1k 10m)], sides => {
        map { $_ => side($edge, $_, $_, 'GET', 'page') } qw(1k 10m)
    })];
ratios(page_10m_vs_1k => 'size', qw(10m 1k));

$raw{start} = [Grantlink::Bench::Rates::measure($site, rounds => $rounds, seconds => $seconds{page},
    say => shown('start'), order => [qw(start return303)], sides => {
        start     => side($edge, '1m', '1m', 'POST', 'start'),
        return303 => side($bare, 'return303', '1m', 'POST', 'return303'),
    })];
ratios(start_vs_return303 => 'start', qw(start return303));

$raw{callback} = [Grantlink::Bench::Callbacks::rates($site, $edge, '1m', rounds => $rounds,
    seconds => $seconds{disk}, say => shown('callback'))];
ratios(callback_vs_single_commit => 'callback', qw(callback single_commit));

$raw{latency} = [Grantlink::Bench::Callbacks::latencies($site, $edge, '1m', rounds => $rounds,
    seconds => $seconds{disk}, say => shown('latency'))];
ratios(page_p99_storm_vs_quiet => 'latency', qw(storm quiet), 'p99_us');

$_->stop for $edge, $bare;
$edge = $site->start_edge('edge-memory', '1m');
$bare = $site->start_bare('bare-memory', $edge, '1m');
$raw{memory} = [Grantlink::Bench::Memory::measure($site, edge => $edge, bare => $bare, size => '1m',
    requests => $requests, seconds => $seconds{page})];
$values{worker_mib_over_bare} = [map { $_->{over_bare} } @{$raw{memory}}];
$_->stop for $edge, $bare;

my ($cpu) = map { /^model name\s*: (.*)$/ ? $1 : () } split /\n/, Grantlink::Bench::Files::slurp('/proc/cpuinfo');
my $environment = {
    nginx => qx(/usr/sbin/nginx -v 2>&1) =~ s/^.*?: |\n//gr, cpu => $cpu, kernel => qx(uname -r) =~ s/\n//r,
    quick => $quick ? JSON::PP::true : JSON::PP::false, rounds => $rounds, seconds_taken => time - $began,
    page_bytes => $site->length_of('page'),
};
print $option{json} ? Grantlink::Bench::Report::json(\%values, \%raw, $environment)
    : Grantlink::Bench::Report::table(\%values, \%raw, $environment);

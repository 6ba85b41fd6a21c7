package Grantlink::Bench::Report;

# The table of `./build.sh bench edge`, and its JSON.

use v5.36;
use JSON::PP ();
use Grantlink::Bench::Files qw(slurp);
use Grantlink::Bench::Figures qw(median rounded spread);
use Grantlink::Build qw(nginx_program);

# name, what it is, target, and whether the figure must be at least or at most that.
our @targets = (
    [page_vs_return200         => 'page / return 200, same bytes and headers',   0.90, 'least'],
    [page_vs_static            => 'page / static file with open_file_cache',     1.00, 'least'],
    [page_10m_vs_1k            => 'page, 10,000,000 links / 1,000 links',        0.90, 'least'],
    [start_vs_return303        => 'start (POST) / return 303, same headers',     0.80, 'least'],
    [callback_vs_single_commit => 'callback, durable, 256 clients / one commit', 8.00, 'least'],
    [page_p99_storm_vs_quiet   => 'page p99 beside a callback storm / quiet',    3.00, 'most'],
    [worker_mib_over_bare      => 'worker memory over bare nginx, MiB',          2.00, 'most'],
);

# Without a target: the same where nginx by itself keeps its heap as the module has it kept.
our @beside = (
    [page_vs_return200_same_heap => 'page / return 200 with the heap of the module'],
    [page_vs_static_same_heap    => 'page / static file with the heap of the module'],
);

# What the figures depend on.
sub machine {
    my ($cpu) = slurp('/proc/cpuinfo') =~ /^model name\s*: (.*)$/m;
    my $nginx = nginx_program();
    return (nginx => qx($nginx -v 2>&1) =~ s/^.*?: |\n//gr, cpu => $cpu // 'unknown',
        kernel => qx(uname -r) =~ s/\n//r, load => (split ' ', slurp('/proc/loadavg'))[0] + 0);
}

# values: name → [one a round]
sub medians ($values) {
    return map { my ($name) = @$_; ($name => rounded(median(@{$values->{$name}}))) } @targets, @beside;
}

sub json ($values, $raw, $environment) {
    return JSON::PP->new->utf8->canonical->pretty->encode(
        {medians($values), raw => $raw, environment => $environment});
}

# Something else had the worker's core: the median of any rate's share of it says so.
sub starved ($raw) {
    return scalar grep { my $what = $_; median(map { map { $_->{core} } values %$_ } @{$raw->{$what}}) < 0.8 }
        qw(page size start);
}

sub table ($values, $raw, $environment) {
    my $text = sprintf "\n%-45s %8s %9s  %-18s %6s\n", 'edge', 'target', 'median', 'min .. max', 'by CPU';
    for my $target (@targets) {
        my ($name, $what, $limit, $sense) = @$target;
        my $median = median(@{$values->{$name}});
        my $met    = $sense eq 'least' ? $median >= $limit : $median <= $limit;
        $text .= sprintf "%-45s %2s %5.2f %9.3f  %7.3f .. %7.3f %6s %s\n", $what, $sense eq 'least' ? '>=' : '<=',
            $limit, $median, spread(@{$values->{$name}}), $raw->{by_cpu_time}{$name} // '', $met ? 'ok' : 'MISSED';
    }
    for my $figure (@beside) {
        my ($name, $what) = @$figure;
        $text .= sprintf "%-54s %9.3f  %7.3f .. %7.3f %6s\n", $what, median(@{$values->{$name}}), spread(@{$values->{$name}}),
            $raw->{by_cpu_time}{$name};
    }
    my $memory = $raw->{memory}[-1];
    $text .= sprintf "\nmemory of the worker: %.2f MiB after a tenth of %d requests, %.2f MiB at the end\n",
        @{$memory->{edge}}{qw(after_a_tenth requests at_the_end)};
    $text .= sprintf "%s · %s · Linux %s · %d rounds · page of %d bytes · %d s\n",
        @$environment{qw(nginx cpu kernel rounds page_bytes seconds_taken)};
    $text .= "The worker had less than 80 % of its core at times: stop what else runs here, and measure again\n"
        if starved($raw);
    return $text;
}

1;

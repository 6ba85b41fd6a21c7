package Grantlink::Bench::Callbacks;

# Durable callbacks: their rate against that of single durable commits, and what a storm of them
# does to those who only want to see a page.

use v5.36;
use Time::HiRes qw(sleep);
use Grantlink::Bench::Figures qw(rounded);
use Grantlink::Bench::Load;
use Grantlink::Bench::Rates;
use Grantlink::Bench::Site;

our $clients    = 256;
my $most_a_second = 90_000;    # attempts made in advance, twice what this machine does; a run that needs more fails

sub _load ($site, $edge, $size, $seconds) {
    my $file = $site->attempts($size, $most_a_second * $seconds);
    return (port => $edge->port($size), connections => $clients, seconds => $seconds, script => 'callbacks',
        arguments => [$file, $site->{code}, $Grantlink::Bench::Site::status_stem]);
}

# Every answer was a 303 to a status page, and as many approvals came into the spool: no fewer, and
# no more than the answers that were still on their way when wrk stopped.
sub require_recorded ($site, $figures, $came) {
    $site->were_sent($figures->{sent});
    my ($recorded, $other, $requests) = @$figures{qw(recorded other requests)};
    die "callbacks: $other of $requests answers were no 303 to a status page"
        . ($figures->{sent} >= $most_a_second * int $figures->{seconds} ? ': the attempts ran out' : '') . "\n"
        if $other;
    die "callbacks: $recorded were answered as recorded, but $came came into the spool\n"
        if $came < $recorded || $came > $recorded + $clients;
}

sub run ($site, $edge, $size, $seconds) {
    my %load = _load($site, $edge, $size, $seconds);
    $site->drain($size);
    my $figures = Grantlink::Bench::Load::run(%load);
    require_recorded($site, $figures, $site->spooled($size));
    return {rate => rounded($figures->{recorded} / $figures->{seconds}, 0), p50_us => 0 + $figures->{p50},
        p99_us => 0 + $figures->{p99}, count => 0 + $figures->{recorded}};
}

my $environments = 0;

sub single_commits ($site, $seconds) {
    my $directory = $site->directory . '/single-' . ++$environments;
    mkdir $directory or die "$directory: $!\n";
    my ($count, $took) = split ' ', $site->data_beside_nginx('commits', $site->key, $directory, $seconds);
    unlink glob "$directory/*";
    return {rate => rounded($count / $took, 0), count => 0 + $count};
}

# One hash a round: callback, single_commit.
sub rates ($site, $edge, $size, %with) {
    my @rounds;
    for my $round (1 .. $with{rounds}) {
        my %figures;
        for my $side ($round % 2 ? qw(single_commit callback) : qw(callback single_commit)) {
            $figures{$side} = $side eq 'callback' ? run($site, $edge, $size, $with{seconds})
                : single_commits($site, $with{seconds});
        }
        push @rounds, \%figures;
        $with{say}->($round, \%figures);
    }
    return @rounds;
}

# The load of pages is that of the rates, one that keeps the worker busy: each of 64 browsers asks again
# as soon as it has its page. Quiet or not, a page then waits behind at most 63 others, and what the
# storm adds is what it makes them wait. It is the same in both phases.
our $page_connections = $Grantlink::Bench::Rates::connections;

sub _pages ($site, $edge, $size, $seconds, $position) {
    my $figures = Grantlink::Bench::Load::run(
        port => $edge->port($size), connections => $page_connections, seconds => $seconds,
        script => 'links', arguments => [$site->tokens($size), $position, 'GET',
            Grantlink::Bench::Rates::prepared($seconds), 1]);
    Grantlink::Bench::Load::require_answers($figures, $site->length_of("page-$size"), $page_connections, 'pages');
    return {p50_us => 0 + $figures->{p50}, p99_us => 0 + $figures->{p99}, rate => rounded($figures->{rate}, 0)};
}

# Both loads share the core that nginx does not have. The storm's runs with a lower priority, so that
# the latency of pages is nginx's and not that of a load which waits for its turn to look at its clock.
sub _storm ($site, $edge, $size, $seconds, $position) {
    my %load = _load($site, $edge, $size, $seconds + 2);
    $site->drain($size);
    my $storm = Grantlink::Bench::Load::start(%load, nice => 10, log => $site->directory . '/storm.log');
    sleep 0.7;    # it has begun, and goes on until the pages are through
    my $pages   = _pages($site, $edge, $size, $seconds, $position);
    my $figures = Grantlink::Bench::Load::finish($storm, $seconds + 60);
    unlink $site->directory . '/storm.log';
    require_recorded($site, $figures, $site->spooled($size));
    $pages->{callbacks} = rounded($figures->{recorded} / $figures->{seconds}, 0);
    return $pages;
}

# One hash a round: quiet, storm.
sub latencies ($site, $edge, $size, %with) {
    my @rounds;
    my $position = 0;
    for my $round (1 .. $with{rounds}) {
        my %figures;
        for my $side ($round % 2 ? qw(quiet storm) : qw(storm quiet)) {
            my $phase = $side eq 'quiet' ? \&_pages : \&_storm;
            $figures{$side} = $phase->($site, $edge, $size, $with{seconds}, $position += 100_000);
        }
        push @rounds, \%figures;
        $with{say}->($round, \%figures);
    }
    return @rounds;
}

1;

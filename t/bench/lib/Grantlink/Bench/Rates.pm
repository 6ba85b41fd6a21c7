package Grantlink::Bench::Rates;

# Pairs of rates. Each round runs its sides one after the other and then again in the other order
# (A B B A), so that a machine that gets slower or faster meanwhile favours none of them. Many short turns
# see the same of a machine's moods, where few long ones may each have a mood of its own.

use v5.36;
use Grantlink::Bench::Figures qw(rounded);
use Grantlink::Bench::Load;

our $connections = 64;

# measure(rounds =>, turns => in each, seconds =>, sides => {name => side}, order => [names], say =>,
#   middle => [names of sides that are run once, before it goes back], once => without going back)
#   side: {server =>, port =>, tokens =>, method =>, length =>, pipelined => requests in a row on a connection (1),
#     path => in place of the token}
# Answers one hash a round: name → figures.
sub measure (%with) {
    my @rounds;
    for my $round (1 .. $with{rounds}) {
        my %runs;
        my @turn = (@{$with{order}}, @{$with{middle} // []}, $with{once} ? () : reverse @{$with{order}});
        for my $name ((@turn) x $with{turns}) {
            push @{$runs{$name}}, run_side($name, $with{sides}{$name}, $with{seconds});
        }
        push @rounds, {map { $_ => together(@{$runs{$_}}) } keys %runs};
        $with{say}->($round, $rounds[-1]);
    }
    return @rounds;
}

# Enough that a short run repeats none; a long one comes back to its first links after 400,000 others.
sub prepared ($seconds) { return $seconds < 3 ? 160_000 * $seconds : 400_000 }

my $position = 0;    # so that no run reads the links that the one before has just read

sub run_side ($name, $side, $seconds) {
    my ($cpu, $faults) = ($side->{server}->cpu_seconds, $side->{server}->faults);
    my $pipelined = $side->{pipelined} // 1;
    my $figures = Grantlink::Bench::Load::run(
        port => $side->{server}->port($side->{port}), connections => $connections, seconds => $seconds,
        script => 'links', arguments => [
            $side->{tokens}, $position, $side->{method}, prepared($seconds), $pipelined, $side->{path} // ()],
    );
    $position += $figures->{requests};
    Grantlink::Bench::Load::require_answers($figures, $side->{length}, $connections * $pipelined, $name);
    $figures->{cpu}    = $side->{server}->cpu_seconds - $cpu;
    $figures->{faults} = $side->{server}->faults - $faults;
    return $figures;
}

# Runs of one side as one: requests a second; of the worker, CPU time and page faults a request, and
# how much of its core it had (far below 1 something else ran there: the rates say little).
sub together (@runs) {
    my %sum;
    for my $run (@runs) {
        $sum{$_} += $run->{$_} for qw(requests seconds cpu faults);
    }
    return {
        rate   => rounded($sum{requests} / $sum{seconds}, 0),
        cpu_us => rounded($sum{cpu} / $sum{requests} * 1e6, 2),
        core   => rounded($sum{cpu} / $sum{seconds}, 2),
        faults => rounded($sum{faults} / $sum{requests}, 4),
    };
}

1;

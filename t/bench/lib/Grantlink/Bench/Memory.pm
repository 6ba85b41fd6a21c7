package Grantlink::Bench::Memory;

# How much more memory a worker with the module needs than one without, and whether it stays so.

use v5.36;
use Grantlink::Bench::Callbacks;
use Grantlink::Bench::Figures qw(rounded);
use Grantlink::Bench::Files   qw(slurp);
use Grantlink::Bench::Rates;

# A process's memory in MiB, its share of what is shared (Pss), the files of LMDB aside.
sub memory_of ($pid) {
    my ($kib, $file) = (0, '');
    for my $line (split /\n/, slurp("/proc/$pid/smaps")) {
        if ($line =~ /^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \S+\s*(.*)$/) {
            $file = $1;
        } elsif ($line =~ /^Pss:\s+(\d+) kB/) {
            $kib += $1 unless $file =~ m{/(?:data|lock)\.mdb(?: \(deleted\))?$};
        }
    }
    return $kib / 1024;
}

# Two fresh workers get as many requests: pages and presses of the button, then callbacks (the bare
# one: pages from as many connections). Both are looked at after a tenth of the pages and at the end.
sub measure ($site, %with) {
    my ($edge, $bare, $size) = @with{qw(edge bare size)};
    my %side = (
        edge => {server => $edge, port => $size, length => $site->length_of('page')},
        bare => {server => $bare, port => 'return200', length => $site->length_of('page')},
    );
    my %memory;
    for my $name (qw(edge bare)) {
        my $server  = $side{$name}{server};
        my %load    = (%{$side{$name}}, method => 'GET', tokens => $site->tokens($size));
        my %presses = $name eq 'bare' ? %load
            : (%load, method => 'POST', length => $site->length_of('start'));
        Grantlink::Bench::Rates::run_side('start', \%presses, 1);
        if ($name eq 'edge') {
            Grantlink::Bench::Callbacks::run($site, $edge, $size, 1);
        } else {
            local $Grantlink::Bench::Rates::connections = $Grantlink::Bench::Callbacks::clients;
            Grantlink::Bench::Rates::run_side('return200', \%load, 1);
        }
        my $served = 0;
        while ($served < $with{requests}) {
            $served += Grantlink::Bench::Rates::run_side('page', \%load, $with{seconds})->{requests};
            $memory{$name}{after_a_tenth} //= memory_of($server->worker) if $served >= $with{requests} / 10;
        }
        $memory{$name}{requests} = $served;
        $memory{$name}{at_the_end} = memory_of($server->worker);
    }
    return {
        over_bare => rounded($memory{edge}{at_the_end} - $memory{bare}{at_the_end}, 2),
        map { my $name = $_; ($name => {map { $_ => rounded($memory{$name}{$_}, 2) } keys %{$memory{$name}}}) } keys %memory,
    };
}

1;

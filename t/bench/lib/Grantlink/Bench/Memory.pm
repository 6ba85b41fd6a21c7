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

# Two fresh workers get presses of the button, a storm of callbacks (the bare one: pages, from as many
# connections), and then pages, so many that a leak of a few bytes a request would show.
#
# measure(site, edge => server, bare => server, size =>, requests =>, seconds => of one run)
sub measure ($site, %with) {
    my ($edge, $bare, $size) = @with{qw(edge bare size)};
    my %common = (tokens => $site->tokens($size), method => 'GET');
    my %pages  = (
        edge => {%common, server => $edge, port => $size, length => $site->length_of("page-$size")},
        bare => {%common, server => $bare, port => 'return200', length => $site->length_of('page')},
    );
    my %presses = (%{$pages{edge}}, method => 'POST', length => $site->length_of('start'));
    Grantlink::Bench::Rates::run_side('start', \%presses, 1);
    my $before = memory_of($edge->worker);
    Grantlink::Bench::Callbacks::run($site, $edge, $size, 1);
    {
        local $Grantlink::Bench::Rates::connections = $Grantlink::Bench::Callbacks::clients;
        Grantlink::Bench::Rates::run_side('return200', $pages{bare}, 1);
    }
    my %memory = map { $_ => _under_load($pages{$_}, %with) } qw(edge bare);
    $memory{edge}{before_callbacks} = rounded($before, 2);
    return {%memory, over_bare => rounded($memory{edge}{at_the_end} - $memory{bare}{at_the_end}, 2)};
}

# So many pages; {requests, after_a_tenth, at_the_end}, in MiB.
sub _under_load ($pages, %with) {
    my %memory = (requests => 0);
    while ($memory{requests} < $with{requests}) {
        my $seconds = defined $memory{after_a_tenth} ? $with{seconds} : 1;
        $memory{requests} += Grantlink::Bench::Rates::run_side('page', $pages, $seconds)->{requests};
        $memory{after_a_tenth} //= memory_of($pages->{server}->worker) if $memory{requests} >= $with{requests} / 10;
    }
    $memory{at_the_end} = memory_of($pages->{server}->worker);
    return {requests => $memory{requests}, map { $_ => rounded($memory{$_}, 2) } qw(after_a_tenth at_the_end)};
}

1;

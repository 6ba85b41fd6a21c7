package Grantlink::Bench::Edge;

# The edge benchmark as a list: what is run beside what, and which ratio comes of it.

use v5.36;
use Grantlink::Bench::Callbacks;
use Grantlink::Bench::Figures qw(median rounded);
use Grantlink::Bench::Memory;
use Grantlink::Bench::Rates;

# plan: see edge.pl
sub new ($class, $site, %plan) { return bless {site => $site, plan => \%plan, values => {}, raw => {}}, $class }

# Answers values (name of the ratio → one for each round) and the raw figures.
sub run ($self) {
    my $site = $self->{site};
    $self->{edge} = $site->start_edge('edge', qw(small million most));
    $self->{bare} = $site->start_bare('bare', $self->{edge}, 'million');
    $self->{same_heap} = $site->start_bare('same-heap', $self->{edge}, 'million', %Grantlink::Bench::Site::heap_of_edge);
    $self->_warm_up('million');
    $self->_pages;
    $self->_warm_up(qw(small most));
    $self->_sizes;
    $self->_starts;
    $self->_callbacks;
    $self->_latencies;
    $_->stop for delete @$self{qw(edge bare same_heap)};
    $self->_memory;
    return @$self{qw(values raw)};
}

sub _side ($self, $server, $port, $size, $method, $answer) {
    my $site = $self->{site};
    return {server => $self->{$server}, port => $port, tokens => $site->tokens($size), method => $method,
        length => $site->length_of($answer)};
}

# Pages are asked for in rows: one at a time, wrk could not ask as fast as nginx answers (docs/performance.md).
sub _pages_of ($self, $server, $port, $size, $answer) {
    return {%{$self->_side($server, $port, $size, 'GET', $answer)}, pipelined => $self->{plan}{pipelined}};
}

# Once over the larger part of each map: from then on a link is a cache miss, not a page fault. Just before the map is
# needed, since memory that was idle for a minute is slow for some seconds where it is virtual.
sub _warm_up ($self, @sizes) {
    for my $size (@sizes) {
        my $seconds = $size eq 'most' ? $self->{plan}{warm} : 1;
        Grantlink::Bench::Rates::run_side($size, $self->_pages_of(edge => $size, $size, "page-$size"), $seconds);
    }
}

sub _rates ($self, $what, $order, %sides) {
    my @middle = grep { my $name = $_; !grep { $_ eq $name } @$order } sort keys %sides;
    return $self->_keep($what, Grantlink::Bench::Rates::measure(%{$self->{plan}}, order => $order, middle => \@middle,
        sides => \%sides, say => $self->_progress($what, 'rate', '/s')));
}

sub _keep ($self, $what, @rounds) { $self->{raw}{$what} = \@rounds }

sub _ratio ($self, $name, $what, $one, $other, $figure = 'rate') {
    $self->{values}{$name} = [map { $_->{$one}{$figure} / $_->{$other}{$figure} } @{$self->{raw}{$what}}];
}

# A ratio of rates, and beside it that of the worker's CPU time for a request: the rate of whatever
# is faster than the load can ask is the load's.
sub _rate_ratio ($self, $name, $what, $one, $other) {
    $self->_ratio($name, $what, $one, $other);
    my $rounds = $self->{raw}{$what};
    $self->{raw}{by_cpu_time}{$name} = rounded(median(map { $_->{$other}{cpu_us} / $_->{$one}{cpu_us} } @$rounds));
}

sub _progress ($self, $what, $figure, $unit) {
    my $rounds = $self->{plan}{rounds};
    return sub ($round, $figures) {
        my $text = join '  ', map { "$_ $figures->{$_}{$figure}$unit" } sort keys %$figures;
        $self->{site}{say}->(sprintf '%-10s %d/%d  %s', $what, $round, $rounds, $text);
    };
}

sub _pages ($self) {
    my %others;
    for my $server (qw(bare same_heap)) {
        my $with = $server eq 'bare' ? '' : "_$server";
        $others{"return200$with"} = $self->_pages_of($server => 'return200', 'million', 'page');
        $others{"static$with"} = {%{$self->_pages_of($server => 'static', 'million', 'page')},
            path => $self->{site}->a_token('million')};
    }
    $self->_rates(page => [qw(page return200 static)],
        page => $self->_pages_of(edge => 'million', 'million', 'page-million'), %others);
    $self->_rate_ratio("page_vs_$_", page => page => $_) for sort keys %others;
}

sub _sizes ($self) {
    $self->_rates(size => [qw(small most)],
        map { $_ => $self->_pages_of(edge => $_, $_, "page-$_") } qw(small most));
    $self->_rate_ratio(page_10m_vs_1k => size => qw(most small));
}

sub _starts ($self) {
    $self->_rates(start => [qw(start return303)],
        start     => $self->_side(edge => 'million',   'million', 'POST', 'start'),
        return303 => $self->_side(bare => 'return303', 'million', 'POST', 'return303'));
    $self->_rate_ratio(start_vs_return303 => start => qw(start return303));
}

sub _callbacks ($self) {
    $self->_keep(callback => Grantlink::Bench::Callbacks::rates($self->{site}, $self->{edge}, 'million',
        rounds => $self->{plan}{rounds}, seconds => $self->{plan}{disk},
        say => $self->_progress(qw(callback rate /s))));
    $self->_ratio(callback_vs_single_commit => callback => qw(callback single_commit));
}

sub _latencies ($self) {
    $self->_keep(latency => Grantlink::Bench::Callbacks::latencies($self->{site}, $self->{edge}, 'million',
        rounds => $self->{plan}{rounds}, seconds => $self->{plan}{disk},
        say => $self->_progress('latency', 'p99_us', ' us')));
    $self->_ratio(page_p99_storm_vs_quiet => latency => qw(storm quiet), 'p99_us');
}

# Fresh workers, with one store, so that nothing of the above is counted.
sub _memory ($self) {
    my $site = $self->{site};
    my $edge = $site->start_edge('edge-memory', 'million');
    my $bare = $site->start_bare('bare-memory', $edge, 'million');
    $site->{say}->("memory     after $self->{plan}{requests} requests");
    $self->_keep(memory => Grantlink::Bench::Memory::measure($site, edge => $edge, bare => $bare, size => 'million',
        requests => $self->{plan}{requests}, seconds => $self->{plan}{memory}));
    $self->{values}{worker_mib_over_bare} = [map { $_->{over_bare} } @{$self->{raw}{memory}}];
    $_->stop for $edge, $bare;
}

1;

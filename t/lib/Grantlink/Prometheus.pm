package Grantlink::Prometheus;

# Prometheus' text format 0.0.4, read more strictly than Prometheus does: what is allowed but odd is
# refused as well. A text that breaks a rule dies with the line.
#
#   my $metrics = Grantlink::Prometheus->parse($text);
#   $metrics->value('grantlink_requests_total', route => 'approve', outcome => 'ready')

use v5.36;

my $metric = qr/[a-z][a-z0-9]*(?:_[a-z0-9]+)*/;
my $number = qr/(?:0|[1-9][0-9]*)(?:\.[0-9]+)?/;
my %escape = ('\\\\' => '\\', '\\"' => '"', '\\n' => "\n");

sub parse ($class, $text) {
    my $self = bless {families => [], series => {}}, $class;
    die "the last line has no end\n" unless $text =~ /\n\z/;
    my $number_of = 0;
    for my $line (split /\n/, $text, -1) {
        ++$number_of;
        next if $line eq '' && $number_of > ($text =~ tr/\n//);
        eval { $self->_line($line); 1 } or die "line $number_of: $line\n  $@";
    }
    $self->_end_family;
    return $self;
}

sub _line ($self, $line) {
    die "a control character\n" if $line =~ /[\x00-\x1f\x7f]/;
    return $self->_help($1, $2) if $line =~ /\A# HELP ($metric) (\S.*)\z/;
    return $self->_type($1, $2) if $line =~ /\A# TYPE ($metric) (counter|gauge|histogram)\z/;
    die "not a HELP, a TYPE or a sample\n" if $line =~ /\A(?:#|\s|\z)/;
    $self->_sample($line);
}

sub _help ($self, $name, $text) {
    $self->_end_family;
    die "a second HELP of $name\n" if grep { $_->{name} eq $name } @{$self->{families}};
    push @{$self->{families}}, {name => $name, help => $text, samples => []};
}

sub _type ($self, $name, $type) {
    my $family = $self->{families}[-1];
    die "TYPE does not follow its HELP\n" unless $family && $family->{name} eq $name && !$family->{type};
    $family->{type} = $type;
}

sub _sample ($self, $line) {
    my ($name, $labels, $value) = $line =~ /\A($metric)(?:\{(.*)\})? ($number)\z/ or die "not a sample\n";
    my $family = $self->{families}[-1] // die "a sample before its family\n";
    my $suffix = $family->{type} && $family->{type} eq 'histogram' ? qr/_(?:bucket|sum|count)/ : qr//;
    die "not of the family $family->{name}\n" unless $family->{type} && $name =~ /\A\Q$family->{name}\E$suffix\z/;
    my $sample = {name => $name, labels => _labels($labels), value => 0 + $value, text => $value};
    my $key    = _key($name, %{$sample->{labels}});
    die "the series is there already\n" if exists $self->{series}{$key};
    $self->{series}{$key} = $sample->{value};
    push @{$family->{samples}}, $sample;
}

sub _labels ($text) {
    my %labels;
    return \%labels unless defined $text;
    while (1) {
        $text =~ s/\A([a-z][a-z_]*)="((?:[^"\\]|\\.)*)"// or die "not a label: $text\n";
        my ($name, $value) = ($1, $2);
        $value =~ s/(\\.)/$escape{$1} \/\/ die "an escape that is none: $1\n"/ge;
        die "the label $name twice\n" if exists $labels{$name};
        $labels{$name} = $value;
        last if $text eq '';
        $text =~ s/\A,// or die "no comma between labels: $text\n";
    }
    return \%labels;
}

sub _key ($name, %labels) { return join "\0", $name, map { ($_, $labels{$_}) } sort keys %labels }

# What must hold within a family, once it is complete.
sub _end_family ($self) {
    my $family = $self->{families}[-1] // return;
    die "no TYPE of $family->{name}\n" unless $family->{type};
    for (_advice($family)) { die "$family->{name}: $_\n" }
    $self->_check_histogram($family) if $family->{type} eq 'histogram';
}

# https://prometheus.io/docs/practices/naming/, as `promtool check metrics` looks at it.
sub _advice ($family) {
    my ($name, $type) = @$family{qw(name type)};
    my @found;
    push @found, 'a counter ends with _total' if $type eq 'counter' xor $name =~ /_total\z/;
    push @found, 'the suffix belongs to histograms' if $name =~ /_(?:bucket|sum|count)\z/;
    push @found, 'the name says its type' if $name =~ /(?:counter|gauge|histogram)/;
    push @found, 'not a base unit' if $name =~ /_(?:ms|us|ns|milliseconds|minutes|hours|kb|kib|mb|mib|bits|percent)(?:_|\z)/;
    push @found, 'a name without its program' if $name !~ /\Agrantlink_/;
    push @found, 'le belongs to histograms' if $type ne 'histogram' && grep { exists $_->{labels}{le} } @{$family->{samples}};
    return @found;
}

# One for each set of labels but `le`. Where there is none at all, nothing has been counted yet.
sub _check_histogram ($self, $family) {
    my %by;
    for my $sample (@{$family->{samples}}) {
        my %labels = %{$sample->{labels}};
        delete $labels{le};
        my $key = _key('', %labels);
        $by{$key} //= {labels => \%labels, samples => []};
        push @{$by{$key}{samples}}, $sample;
    }
    $self->_check_one_histogram($family->{name}, @$_{qw(labels samples)}) for values %by;
}

sub _check_one_histogram ($self, $name, $labels, $samples) {
    my @buckets = grep { $_->{name} eq "${name}_bucket" } @$samples;
    my @bounds  = map { $_->{labels}{le} // die "a bucket of $name without le\n" } @buckets;
    die "$name has no bucket +Inf at its end\n" unless @bounds && $bounds[-1] eq '+Inf';
    for my $i (1 .. $#buckets) {
        die "the bounds of $name do not rise\n" if $bounds[$i] ne '+Inf' && $bounds[$i] <= $bounds[$i - 1];
        die "the buckets of $name do not add up\n" if $buckets[$i]{value} < $buckets[$i - 1]{value};
    }
    my ($sum, $count) = map { $self->value("${name}_$_", %$labels) // die "no ${name}_$_\n" } qw(sum count);
    die "${name}_count is not its last bucket\n" if $count != $buckets[-1]{value};
    die "${name}_sum without a value counted\n" if $count == 0 && $sum != 0;
}

sub families ($self) { return @{$self->{families}} }

sub samples ($self, $name) {
    return map { @{$_->{samples}} } grep { $_->{name} eq $name } $self->families;
}

# Of the one series with exactly these labels; nothing where there is none.
sub value ($self, $name, %labels) { return $self->{series}{_key($name, %labels)} }

# All series of that name with at least these labels.
sub sum ($self, $name, %labels) {
    my $out = 0;
    for my $sample (map { @{$_->{samples}} } $self->families) {
        next if $sample->{name} ne $name;
        next if grep { ($sample->{labels}{$_} // '') ne $labels{$_} } keys %labels;
        $out += $sample->{value};
    }
    return $out;
}

1;

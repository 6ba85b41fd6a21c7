package Grantlink::Bench::Figures;

# Medians and spreads.

use v5.36;
use Exporter 'import';

our @EXPORT_OK = qw(median spread rounded);

sub median (@values) {
    my @sorted = sort { $a <=> $b } @values;
    my $middle = int(@sorted / 2);
    return @sorted % 2 ? $sorted[$middle] : ($sorted[$middle - 1] + $sorted[$middle]) / 2;
}

sub spread (@values) {
    my @sorted = sort { $a <=> $b } @values;
    return @sorted[0, -1];
}

# A number for JSON, with so many decimals.
sub rounded ($value, $decimals = 3) { return 0 + sprintf "%.${decimals}f", $value }

1;

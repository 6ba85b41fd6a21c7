package Grantlink::Toml;

# Perl data as TOML. Whoever needs a broken file writes it as text.

use v5.36;
use Exporter 'import';
use JSON::PP ();

our @EXPORT_OK = qw(to_toml write_file);

my $text = JSON::PP->new->allow_nonref->ascii;    # JSON strings are TOML strings

# A hash is a table, an array of hashes an array of tables, \1 and \0 booleans, \"…" TOML as it is.
sub to_toml ($data, $prefix = '') {
    my ($values, $tables) = ('', '');
    for my $key (sort keys %$data) {
        my $value = $data->{$key} // next;
        my $name  = $key =~ /\A[A-Za-z0-9_-]+\z/ ? $key : $text->encode($key);
        my $path  = length $prefix ? "$prefix.$name" : $name;
        if (ref $value eq 'HASH') {
            $tables .= "\n[$path]\n" . to_toml($value, $path);
        } elsif (ref $value eq 'ARRAY' && ref($value->[0] // '') eq 'HASH') {
            $tables .= "\n[[$path]]\n" . to_toml($_, $path) for @$value;
        } else {
            $values .= "$name = " . _value($value) . "\n";
        }
    }
    return $values . $tables;
}

sub _value ($value) {
    return '[' . join(', ', map { _value($_) } @$value) . ']' if ref $value eq 'ARRAY';
    if (ref $value eq 'SCALAR') {
        return $$value eq '1' ? 'true' : $$value eq '0' ? 'false' : $$value;
    }
    return $value =~ /\A-?\d+\z/ ? $value : $text->encode("$value");
}

sub write_file ($path, $content, $mode = undef) {
    open my $file, '>:utf8', $path or die "$path: $!\n";
    print {$file} $content;
    close $file or die "$path: $!\n";
    chmod $mode, $path if defined $mode;
    return $path;
}

1;

package Grantlink::Memory;

# What stands in the memory of a process, as root can read it.

use v5.36;
use Exporter 'import';
use Fcntl qw(SEEK_SET);

our @EXPORT_OK = qw(anonymous_memory found_in_memory page_faults peak_of_memory);

my $at_once = 1 << 20;

# How often each of the named texts stands in what the process may write to: heap, stacks, data. A text may
# have been overwritten in part, so it is looked for by its end and by its middle. Files that are mapped, such
# as those of LMDB, are left out.
sub found_in_memory ($pid, %texts) {
    my %count  = map { $_ => 0 } keys %texts;
    my %pieces = map { $_ => [_pieces($texts{$_})] } keys %texts;
    open my $memory, '<:raw', "/proc/$pid/mem" or die "/proc/$pid/mem: $!\n";
    for my $region (_regions($pid)) {
        my ($at, $end) = @$region;
        my $overlap = '';
        while ($at < $end) {
            sysseek $memory, $at, SEEK_SET or last;
            my $read = sysread($memory, my $bytes, $end - $at < $at_once ? $end - $at : $at_once) or last;
            $at += $read;
            my $text = $overlap . $bytes;
            for my $name (keys %pieces) {
                $count{$name} += _count($text, $_, length $overlap) for @{$pieces{$name}};
            }
            $overlap = substr $text, -64;
        }
    }
    return %count;
}

# In MiB: the most that the process ever had.
sub peak_of_memory ($pid) { return _status($pid, 'VmHWM') / 1024 }

# In KiB: heap, stacks and the like that it has now.
sub anonymous_memory ($pid) { return _status($pid, 'RssAnon') }

# How often it had to ask for a page so far.
sub page_faults ($pid) {
    open my $file, '<', "/proc/$pid/stat" or die "/proc/$pid/stat: $!\n";
    my (undef, $rest) = split /\) /, readline $file, 2;
    return (split ' ', $rest)[7] + (split ' ', $rest)[9];    # minor, major
}

sub _status ($pid, $name) {
    open my $status, '<', "/proc/$pid/status" or die "/proc/$pid/status: $!\n";
    my ($kib) = join('', readline $status) =~ /^$name:\s+(\d+)/m;
    return $kib;
}

sub _pieces ($text) {
    return $text if length $text < 24;
    return (substr($text, -16), substr $text, length($text) / 2 - 8, 16);
}

# What ends within the overlap was counted before.
sub _count ($text, $piece, $overlap) {
    my ($count, $at) = (0, -1);
    while (($at = index $text, $piece, $at + 1) >= 0) {
        $count++ if $at + length $piece > $overlap;
    }
    return $count;
}

sub _regions ($pid) {
    open my $maps, '<', "/proc/$pid/maps" or die "/proc/$pid/maps: $!\n";
    my @regions;
    for (readline $maps) {
        my ($from, $to, $path) = /^([0-9a-f]+)-([0-9a-f]+) rw\S+ \S+ \S+ \d+\s*(.*)/ or next;
        no warnings 'portable';    # addresses have 64 bits
        push @regions, [hex $from, hex $to] unless $path =~ /\.mdb/;
    }
    return @regions;
}

1;

package Grantlink::Bench::Files;

# Where a bench keeps its data: one directory on a real disk, which goes when the bench ends.

use v5.36;
use Exporter   'import';
use File::Temp ();

our @EXPORT_OK = qw(bench_directory require_space write_bytes slurp);

# /var/tmp, because /tmp may be memory, on which a durable commit costs nothing.
sub bench_directory {
    my $parent    = $ENV{TMPDIR} // '/var/tmp';
    my $directory = File::Temp->newdir('grantlink-bench-XXXXXX', DIR => $parent,
        CLEANUP => !$ENV{GRANTLINK_KEEP});
    my ($type) = map { s/\s+\z//r } qx(stat --file-system --format=%T '$directory');
    die "$parent is a $type, where a durable commit costs nothing: set TMPDIR to a directory on a disk\n"
        if $type =~ /^(?:tmpfs|ramfs)$/;
    return $directory;
}

sub require_space ($directory, $mib) {
    my @lines = qx(df -Pm '$directory');
    my $free  = (split ' ', $lines[-1])[3];
    die "the bench needs $mib MiB below $directory, but $free MiB are free: "
        . "make room, or set TMPDIR to another disk\n" if $free < $mib;
}

sub write_bytes ($path, $bytes) {
    open my $file, '>:raw', $path or die "$path: $!\n";
    print {$file} $bytes;
    close $file or die "$path: $!\n";
    return $path;
}

sub slurp ($path) {
    open my $file, '<:raw', $path or die "$path: $!\n";
    local $/;
    return readline($file) // '';
}

1;

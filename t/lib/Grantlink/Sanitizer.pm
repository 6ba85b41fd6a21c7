package Grantlink::Sanitizer;

# AddressSanitizer and UBSan, when the build under test has them (GRANTLINK_SANITIZE=1): where their
# reports go, and what was reported. nginx itself has no sanitizer, so the module brings their
# run-time libraries by LD_PRELOAD.

use v5.36;

sub new ($class, $directory) {
    my $self = bless {directory => $directory, enabled => $ENV{GRANTLINK_SANITIZE} ? 1 : 0}, $class;
    if ($self->{enabled}) {
        mkdir $directory or die "$directory: $!\n";
        chmod 01777, $directory;    # nginx's workers are another user
    }
    return $self;
}

# environment(preload => 1) for a program that was built without
sub environment ($self, %with) {
    return {} unless $self->{enabled};
    my $log = "log_path=$self->{directory}/report";
    my %environment = (
        ASAN_OPTIONS  => "detect_leaks=0:abort_on_error=1:$log",
        UBSAN_OPTIONS => "print_stacktrace=1:halt_on_error=1:$log",
    );
    $environment{LD_PRELOAD} = join ':', _libraries() if $with{preload};
    return \%environment;
}

sub _libraries {
    state @found = map {
        my $path = qx(gcc -print-file-name=$_);
        chomp $path;
        $path =~ m{/} ? $path : die "$_ is not installed with gcc\n";
    } qw(libasan.so libubsan.so);
    return @found;
}

sub reports ($self) {
    return map {
        open my $file, '<', $_ or die "$_: $!\n";
        local $/;
        "$_:\n" . (readline($file) // '');
    } glob "$self->{directory}/report*";
}

1;

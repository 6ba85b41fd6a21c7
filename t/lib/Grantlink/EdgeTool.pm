package Grantlink::EdgeTool;

# What another process does to the edge store at the worst moment (t/unit/edge_tool.cpp).

use v5.36;
use Exporter 'import';
use Grantlink::Build;
use Grantlink::Command qw(run_command);
use IPC::Open2 qw(open2);

our @EXPORT_OK = qw(hold_writer fill_spool age_links damage_links state_of);

# Holds the spool's writer lock until ->release, or until the answer goes out of scope.
sub hold_writer ($grantlink) {
    my $pid = open2(my $out, my $in, program(), 'hold', $grantlink->edge_store);
    my $self = bless {pid => $pid, in => $in, owner => $$}, __PACKAGE__;
    (readline($out) // '') eq "held\n" or die "edge_tool did not get the lock\n";
    return $self;
}

sub release ($self) {
    return unless $self->{in} && $self->{owner} == $$;
    syswrite $self->{in}, "\n";    # the test's own copies may hold the pipe open: closing is not enough
    close delete $self->{in};
    waitpid $self->{pid}, 0;
}

sub DESTROY ($self) {
    local ($?, $!);
    $self->release;
}

sub fill_spool ($grantlink) { _change($grantlink, fill => 'full') }

# As a grantlinkd of a later version would leave it.
sub age_links ($grantlink) { _change($grantlink, future => 'future') }

# As a disk that errs could leave it.
sub damage_links ($grantlink) { _change($grantlink, damage => 'damage') }

sub _change ($grantlink, $command, $says) {
    my $ran = run_command([program(), $command, $grantlink->edge_store], seconds => 120);
    die "edge_tool: $ran->{err}" unless $ran->{out} eq "$says\n";
}

# The state of an attempt at a connection that began so many seconds ago: in the future, if negative.
sub state_of ($grantlink, $connection, $seconds) {
    my $ran = run_command([program(), 'state', $grantlink->directory . '/etc/edge.key', $connection, $seconds], seconds => 20);
    die "edge_tool: $ran->{err}" if $ran->{exit} != 0;
    return $ran->{out} =~ s/\n\z//r;
}

sub program { return Grantlink::Build::build_directory() . '/unit/edge_tool' }

1;

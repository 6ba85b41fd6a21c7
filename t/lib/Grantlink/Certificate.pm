package Grantlink::Certificate;

# A private certificate authority and a certificate of 127.0.0.1, for a mail server that has TLS.

use v5.36;
use Exporter 'import';
use Grantlink::Command qw(run_command);
use Grantlink::Toml    qw(write_file);

our @EXPORT_OK = qw(make_certificate);

# Answers {ca, certificate, key}: three files below `directory`.
sub make_certificate ($directory, $address = '127.0.0.1') {
    my %file = map { $_ => "$directory/$_.pem" } qw(ca ca-key certificate key request);
    my $extensions = write_file("$directory/extensions", "subjectAltName=IP:$address\n");
    my @new = qw(openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes);
    _run(@new, qw(-x509 -days 2 -subj /CN=private-authority), -keyout => $file{'ca-key'}, -out => $file{ca});
    _run(@new, -subj => "/CN=$address", -keyout => $file{key}, -out => $file{request});
    _run(qw(openssl x509 -req -days 2 -CAcreateserial), -in => $file{request}, -CA => $file{ca},
        -CAkey => $file{'ca-key'}, -extfile => $extensions, -out => $file{certificate});
    return \%file;
}

sub _run (@command) {
    my $ran = run_command(\@command);
    die "@command[0, 1] failed: $ran->{err}" if $ran->{exit} != 0;
}

1;

package Grantlink::Certificate;

# A private certificate authority and its certificates, for servers that have TLS.

use v5.36;
use Exporter 'import';
use Grantlink::Command qw(run_command);
use Grantlink::Toml    qw(write_file);

our @EXPORT_OK = qw(make_certificate make_authority issue_certificate self_signed);

my @new = qw(openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes);

# Answers {ca, certificate, key}: three files below `directory`.
sub make_certificate ($directory) {
    my $ca = make_authority($directory);
    return {ca => $ca, %{issue_certificate($directory, 'certificate', 'IP:127.0.0.1')}};
}

# The authority's certificate; its key is beside it.
sub make_authority ($directory) {
    _run(@new, qw(-x509 -days 2 -subj /CN=private-authority), -keyout => "$directory/ca-key.pem", -out => "$directory/ca.pem");
    return "$directory/ca.pem";
}

# NAME.pem and NAME-key.pem, for "IP:127.0.0.1" or "DNS:localhost"; with days => -1 it has expired.
sub issue_certificate ($directory, $name, $whose, %with) {
    my %file = (certificate => "$directory/$name.pem", key => "$directory/$name-key.pem");
    my $request    = "$directory/$name-request";
    my $extensions = write_file("$directory/$name-extensions", "subjectAltName=$whose\n");
    _run(@new, -subj => "/CN=$name", -keyout => $file{key}, -out => $request);
    _run(qw(openssl x509 -req -CAcreateserial), -days => $with{days} // 2, -in => $request, -CA => "$directory/ca.pem",
        -CAkey => "$directory/ca-key.pem", -extfile => $extensions, -out => $file{certificate});
    return \%file;
}

# The same without the authority.
sub self_signed ($directory, $name, $whose) {
    _run(@new, qw(-x509 -days 2), -subj => "/CN=$name", -addext => "subjectAltName=$whose",
        -keyout => "$directory/$name-key.pem", -out => "$directory/$name.pem");
}

sub _run (@command) {
    my $ran = run_command(\@command);
    die "@command[0, 1] failed: $ran->{err}" if $ran->{exit} != 0;
}

1;

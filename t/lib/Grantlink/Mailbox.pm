package Grantlink::Mailbox;

# The directory into which the SMTP catcher puts what it received, one .eml a mail.

use v5.36;
use Encode            qw(decode);
use MIME::Base64      qw(decode_base64);
use MIME::QuotedPrint qw(decode_qp);
use Grantlink::Poll   qw(eventually);

sub new ($class, $directory) {
    return bless {directory => $directory}, $class;
}

sub directory ($self) { return $self->{directory} }

# All mails so far, oldest first.
sub mails ($self) {
    return map { parse(_read($_)) } sort glob "$self->{directory}/*.eml";
}

# Waits until there are `count` mails; answers what there is then.
sub wait_for ($self, $count, $seconds = 20) {
    eventually(sub { $self->count >= $count }, $seconds);
    return $self->mails;
}

sub count ($self) {
    my @files = glob "$self->{directory}/*.eml";
    return scalar @files;
}

sub _read ($path) {
    open my $file, '<:raw', $path or die "$path: $!\n";
    local $/;
    return readline $file;
}

# {raw, headers => {name => decoded}, text, html}
sub parse ($raw) {
    my ($headers, $body) = _entity($raw);
    my %mail = (raw => $raw, headers => $headers);
    for my $part (_parts($headers, $body)) {
        my ($kind) = ($part->{headers}{'content-type'} // 'text/plain') =~ m{\A\s*text/(plain|html)}i or next;
        $mail{lc $kind eq 'html' ? 'html' : 'text'} //= $part->{content};
    }
    return \%mail;
}

sub _entity ($raw) {
    my ($head, $body) = split /\r?\n\r?\n/, $raw, 2;
    my %headers;
    for my $line (split /\r?\n(?![ \t])/, $head) {
        my ($name, $value) = $line =~ /\A([^:\s]+):\s*(.*)\z/s or next;
        $headers{lc $name} = decode('MIME-Header', $value =~ s/\r?\n//gr);
    }
    return (\%headers, $body // '');
}

sub _parts ($headers, $body) {
    if (($headers->{'content-type'} // '') =~ m{\Amultipart/.*?boundary="?([^";\s]+)}si) {
        my (undef, @pieces) = split /(?:\A|\r?\n)--\Q$1\E(?:--)?[ \t]*(?:\r?\n|\z)/, $body;
        return map { _parts(_entity($_)) } grep { /\S/ } @pieces;
    }
    my $encoding = lc($headers->{'content-transfer-encoding'} // '7bit');
    $body = decode_qp($body)     if $encoding =~ /quoted-printable/;
    $body = decode_base64($body) if $encoding =~ /base64/;
    $body = decode('UTF-8', $body);
    return {headers => $headers, content => $body =~ s/\r\n/\n/gr};
}

1;

package Grantlink::Bench::Baseline;

# A real answer, and nginx configurations that give the same one by nginx's own means.

use v5.36;
use Exporter 'import';
use File::Path qw(make_path);
use IO::Socket::INET;
use Grantlink::Bench::Files qw(write_bytes);

our @EXPORT_OK = qw(answer_to return_page static_page return_redirect require_same require_alike);

# One request over a connection of its own; {head, body, status, headers => [[name, value]]}.
sub answer_to ($port, $request) {
    my $socket = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port", Timeout => 5)
        or die "127.0.0.1:$port does not answer: $!\n";
    print {$socket} $request;
    my $text = '';
    while ($text !~ /\r\n\r\n/) { sysread($socket, $text, 65536, length $text) or last }
    my ($head, $body) = $text =~ /\A(.*?\r\n)\r\n(.*)\z/s or die "no HTTP answer, but: $text\n";
    my ($length) = $head =~ /^Content-Length: (\d+)\r$/mi or die "no Content-Length in:\n$head";
    while (length $body < $length) { sysread($socket, $body, 65536, length $body) or last }
    die "the body is " . length($body) . " bytes, not $length\n" if length $body != $length;
    my ($status) = $head =~ m{\AHTTP/1.1 (\d+)};
    my @headers = map { [split /: /, $_, 2] } grep { /: / } split /\r\n/, $head;
    return {head => $head, body => $body, status => $status, headers => \@headers,
        length => length($head) + 2 + length $body};
}

# What nginx sends by itself, whoever made the answer.
my %nginx_sends = map { $_ => 1 } qw(Server Date Content-Type Content-Length Connection Location);

sub header ($answer, $name) {
    my ($found) = grep { $_->[0] eq $name } @{$answer->{headers}};
    return $found && $found->[1];
}

sub add_headers ($answer) {
    return join "\n", map { 'add_header ' . quoted($_->[0]) . ' ' . quoted($_->[1]) . ';' }
        grep { !$nginx_sends{$_->[0]} } @{$answer->{headers}};
}

# nginx has no escape for `$`, so text with one cannot be given as it is.
sub quoted ($text) {
    die "a \$ in: $text\nnginx's configuration cannot quote it\n" if $text =~ /\$/;
    return '"' . $text =~ s/(["\\])/\\$1/gr . '"';
}

# nginx reads no parameter above 4 KiB: a longer body is put together from variables, which costs
# a copy of the page. Nothing that nginx has is cheaper.
sub return_page ($answer) {
    my @parts = $answer->{body} =~ /(.{1,3500})/sg;
    my $type  = 'default_type ' . quoted(header($answer, 'Content-Type')) . ';';
    my $headers = add_headers($answer);
    return "location /approve/ { $type $headers return 200 " . quoted($parts[0]) . '; }' if @parts == 1;
    my $set  = join "\n", map { "set \$part$_ " . quoted($parts[$_]) . ';' } 0 .. $#parts;
    my $body = join '', map { "\${part$_}" } 0 .. $#parts;
    return "location /approve/ { $type $headers $set return 200 \"$body\"; }";
}

# A file with the body, under a name as long as a link token.
sub static_page ($answer, $directory, $name) {
    make_path("$directory/approve");
    write_bytes("$directory/approve/$name", $answer->{body});
    my $type = quoted(header($answer, 'Content-Type'));
    my $headers = add_headers($answer);
    # The last three lines leave out what the page does not have either.
    return <<~"END";
        root $directory;
        location /approve/ {
            default_type $type;
            $headers
            open_file_cache max=16 inactive=1h;
            open_file_cache_valid 1h;
            etag off;
            max_ranges 0;
            add_header Last-Modified "";
        }
        END
}

sub return_redirect ($answer) {
    my $to = quoted(header($answer, 'Location'));
    return 'location /approve/ { ' . add_headers($answer) . " return 303 $to; }";
}

# Byte for byte, but for the date.
sub require_same ($ours, $theirs, $what) {
    my ($one, $other) = map { ($_->{head} =~ s/^Date: .*?\r\n//mr) . "\r\n" . $_->{body} } $ours, $theirs;
    return if $one eq $other;
    die "$what is not the same answer as the page:\n$ours->{head}\n$theirs->{head}";
}

# The same headers with values as long; of type and length of the body each has its own.
sub require_alike ($ours, $theirs, $what) {
    my ($one, $other) = map {
        join "\n", sort map { "$_->[0] " . length $_->[1] } grep { $_->[0] !~ /^(?:Date|Content-.*)$/ } @{$_->{headers}}
    } $ours, $theirs;
    return if $one eq $other && $ours->{status} == $theirs->{status};
    die "$what has not the same headers:\n$ours->{head}\n$theirs->{head}";
}

1;

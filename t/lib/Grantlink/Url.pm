package Grantlink::Url;

# URLs and forms, as far as tests need them.

use v5.36;
use Exporter 'import';

our @EXPORT_OK = qw(split_url resolve_url query_of encode_form encode_value with_parameter);

sub split_url ($url) {
    my ($scheme, $host, $port, $target) =
        $url =~ m{\A(https?)://([^/:?#]+)(?::(\d+))?([^#]*)}i or die "not a URL: $url\n";
    $target = "/$target" unless $target =~ m{\A/};
    $port //= lc $scheme eq 'https' ? 443 : 80;
    return {scheme => lc $scheme, host => $host, port => $port, target => $target,
        origin => $url =~ m{\A([^/]+//[^/?#]+)}, path => $target =~ s/\?.*//sr};
}

# A reference as a page or a Location header has it, against the page's own URL (RFC 3986, 5.2).
sub resolve_url ($base, $reference) {
    return $reference if $reference =~ m{\Ahttps?://}i;
    my $from = split_url($base);
    return $base =~ s/#.*//sr                         if $reference eq '';
    return "$from->{scheme}:$reference"               if $reference =~ m{\A//};
    return "$from->{origin}$reference"                if $reference =~ m{\A/};
    return "$from->{origin}$from->{path}$reference"   if $reference =~ m{\A\?};
    return $from->{origin} . ($from->{path} =~ s{[^/]*\z}{}r) . $reference;
}

sub decode_value ($text) {
    return $text =~ tr/+/ /r =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ger;
}

# Unreserved characters stay, all others become %XX.
sub encode_value ($text) {
    utf8::encode($text) if utf8::is_utf8($text);
    return $text =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ger;
}

# The query's parameters as a hash; the last one of a name counts.
sub query_of ($url) {
    my ($query) = $url =~ /\?([^#]*)/ or return {};
    return {map { my ($n, $v) = split /=/, $_, 2; decode_value($n) => decode_value($v // '') }
            grep { length } split /&/, $query};
}

# A hash, or a list of pairs where order or doubles matter; text is taken as it is.
sub encode_form ($form) {
    return $form unless ref $form;
    my @pairs = ref $form eq 'HASH' ? map { [$_, $form->{$_}] } sort keys %$form : @$form;
    return join '&', map { encode_value($_->[0]) . '=' . encode_value($_->[1]) } @pairs;
}

# The URL with one query parameter replaced, or taken out when the value is undefined.
sub with_parameter ($url, $name, $value) {
    my $fragment = $url =~ s/(#.*)\z//s ? $1 : '';
    my ($front, $query) = split /\?/, $url, 2;
    my @kept = grep { !/\A\Q$name\E(?:=|\z)/ } split /&/, $query // '';
    push @kept, "$name=" . encode_value($value) if defined $value;
    return $front . (@kept ? '?' . join('&', @kept) : '') . $fragment;
}

1;

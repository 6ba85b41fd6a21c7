# Every language says everything that English says, with the same values in it and no stray mark-up.

use v5.36;
use utf8;
use FindBin;
use Test::More;

my $pages = "$FindBin::Bin/../ngx_module/pages";
binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output todo_output);

sub text_of ($path) {
    open my $file, '<:encoding(UTF-8)', $path or die "$path: $!\n";
    local $/;
    return readline $file;
}

# {head => {key => text}, strings => {key => text}, order => [keys]}: one key a line, as the files have it.
sub language ($path) {
    my %out = (head => {}, strings => {}, order => []);
    my ($head, $strings) = split /^\[strings\]$/m, text_of($path);
    for my $part ([head => $head], [strings => $strings // '']) {
        my ($name, $lines) = @$part;
        for my $line (grep { !/\A(?:#.*)?\z/ } split /\n/, $lines) {
            my ($key, $value) = $line =~ /\A([a-z_0-9]+) = (.+)\z/ or die "$path: what is this? $line\n";
            fail("$path: $key stands there once") if exists $out{$name}{$key};
            $out{$name}{$key} = $value =~ /\A"([^"\\]*)"\z/ ? $1 : $value;
            push @{$out{order}}, $key if $name eq 'strings';
        }
    }
    return \%out;
}

sub values_in ($text)   { my %n = map { $_ => 1 } $text =~ /\{\{([a-z]+)\}\}/g;     return join ' ', sort keys %n }
sub sections_in ($text) { my %n = map { $_ => 1 } $text =~ /\{\{[#^]([a-z]+)\}\}/g; return join ' ', sort keys %n }

# What is wrong with the string itself; nothing when all is well.
sub faults ($key, $text) {
    my @faults;
    my @open;
    for my $tag ($text =~ /\{\{([^{}]*)\}\}/g) {
        push @open, $1 if $tag =~ /\A[#^](.+)/;
        push @faults, "{{$tag}} closes what is not open" if $tag =~ m{\A/(.+)} && (pop(@open) // '') ne $1;
        push @faults, "{{$tag}}" unless $tag =~ m{\A[#^/]?[a-z]+\z};
    }
    push @faults, "{{#$_}} is not closed" for @open;
    my $words = $text =~ s/\{\{[^{}]*\}\}/x/gr;
    push @faults, 'stray braces' if $words =~ /[{}]/;
    my $plain = $words;
    1 while $plain =~ s{<(bdi|strong|span)>([^<>]*)</\1>}{$2}g;
    push @faults, "mark-up: $plain" if $plain =~ /[<>]|&(?!amp;|nbsp;)/;
    push @faults, 'mark-up in a title' if $key =~ /_title\z/ && $words =~ /</;
    push @faults, 'a typewriter quote' if $words =~ /['`´]/;
    push @faults, 'spaces at an end, or two of them' if $text =~ /\A\s|\s\z|  /;
    # A name in another script must not turn the sentence around it (Unicode's bidi algorithm).
    my %bare = map { $_ => 1 } ($text =~ s{<bdi>\{\{[a-z]+\}\}</bdi>}{}gr) =~ /\{\{(requester|provider|account|approver)\}\}/g;
    push @faults, join ' ', 'without bdi:', sort keys %bare if %bare && $key !~ /_title\z/;
    return @faults;
}

my @files   = sort glob "$pages/strings/*.toml";
my %named   = map { m{([^/]+)\.toml\z} ? ($1 => language($_)) : () } @files;
my $english = $named{en};

ok(!(grep { !$named{$_} } qw(en de es fr pt ja ar)), 'the languages are there');
is($named{ar}{head}{direction}, 'rtl', 'Arabic runs from right to left');

for my $tag (sort keys %named) {
    my ($head, $strings) = @{$named{$tag}}{qw(head strings)};
    subtest $tag => sub {
        like($head->{name}, qr/\w/, 'it has its own name');
        like($head->{direction}, qr/\A(?:ltr|rtl)\z/, 'and a direction');
        my $months = () = $head->{months} =~ /"[^"]+"/g;
        is($months, 12, 'twelve months');
        like($head->{date}, qr/\{day\}/, 'a date has a day');
        like($head->{date}, qr/\{year\}/, 'a year');
        like($head->{date}, qr/\{month(?:_number)?\}/, 'and a month');
        is_deeply($named{$tag}{order}, $english->{order}, 'the same keys in the same order');
        is_deeply([map { my $key = $_; map { "$key: $_" } faults($key, $strings->{$key}) } sort keys %$strings], [],
            'nothing is wrong within a string');
        for my $key (@{$english->{order}}) {
            my ($here, $there) = ($strings->{$key} // '', $english->{strings}{$key});
            fail("$key has the values of English") if values_in($here) ne values_in($there);
            fail("$key has the sections of English") if sections_in($here) ne sections_in($there);
            fail("$key is translated") if $tag ne 'en' && $here eq $there;
        }
    };
}

my %used = map { $_ => 1 } map { text_of($_) =~ /\{\{t\.([a-z_0-9]+)\}\}/g } glob "$pages/*.html";
is_deeply([sort keys %used], [sort @{$english->{order}}], 'each string is used by a page, and there is no other');

done_testing;

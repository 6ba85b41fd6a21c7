# The console says in every language what it says in English, with the same values in it; each text is
# used, and each that is used is there.

use v5.36;
use utf8;
use FindBin;
use JSON::PP ();
use Test::More;

my $web = "$FindBin::Bin/../daemon/console/web";
binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output todo_output);

sub text_of ($path) { open my $file, '<:encoding(UTF-8)', $path or die "$path: $!\n"; local $/; return readline $file }
sub values_in ($text) { return join ' ', sort $text =~ /\{(\w+)\}/g }

my %named   = map { m{(\w+)\.json\z} ? ($1 => JSON::PP->new->decode(text_of($_))) : () } glob "$web/strings/*.json";
my $english = $named{en};
my $scripts = join "\n", map { text_of($_) } glob "$web/*.js";
my ($listed) = $scripts =~ /export const languages = \{(.*?)\};/s;
is_deeply([sort keys %named], [sort $listed =~ /\b(\w\w): /g], 'the languages that the page offers are there');
is_deeply([sort keys %named], [sort map { m{(\w+)\.toml\z} } glob "$web/../../../ngx_module/pages/strings/*.toml"], 'the same as the recipient\'s pages have');

# The same word in two languages, and names.
my %same = map { $_ => 1 } qw(now_is id link language notify filter state_active filter_active stage_active tokens health message token);
for my $tag (sort keys %named) {
    my $here = $named{$tag};
    subtest $tag => sub {
        is_deeply([sort keys %$here], [sort keys %$english], 'the same keys');
        is_deeply([grep { values_in($here->{$_} // '') ne values_in($english->{$_}) } sort keys %$english], [], 'the same values');
        is_deeply([grep { $here->{$_} !~ /\S/ || $here->{$_} =~ /\A\s|\s\z|  |['`<>]/ } sort keys %$here], [], 'no stray blanks, quotes or mark-up');
        is_deeply([grep { !$same{$_} && $here->{$_} eq $english->{$_} } sort keys %$here], [], 'everything is translated') if $tag ne 'en';
    };
}

# t('key'), and those that are put together: t(`state_${…}`)
my %made = map { $_ => 1 } $scripts =~ /\bt\(`(\w+)_\$\{/g;
my %used = map { $_ => 1 } $scripts =~ /'([a-z]\w*)'/g;
is_deeply([grep { my $key = $_; !$used{$key} && !grep { $key =~ /\A\Q$_\E_/ } keys %made } sort keys %$english], [], 'each text is used');
is_deeply([grep { !exists $english->{$_} } $scripts =~ /\bt\('(\w+)'/g], [], 'each that is used is there');

done_testing;

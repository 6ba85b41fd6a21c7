# The documents lead somewhere, and name what the module has: no directive, variable, page, value or
# metric less, and none more.

use v5.36;
use FindBin;
use File::Basename qw(dirname);
use Test::More;

my $root = "$FindBin::Bin/..";

sub text_of ($path) { open my $file, '<:encoding(UTF-8)', "$root/$path" or die "$path: $!\n"; local $/; return readline $file }
sub prose_of ($path) { return text_of($path) =~ s/^( *)```.*?^\1```$//gmsr }

# As GitHub makes them from headings.
sub anchors_of ($path) {
    my %anchors;
    for my $heading (prose_of($path) =~ /^#+ +(.+?) *$/mg) {
        my $text = lc $heading =~ s/\[([^\]]*)\]\([^)]*\)/$1/gr;
        $anchors{$text =~ s/[^\w\- ]//gr =~ s/ /-/gr} = 1;
    }
    return \%anchors;
}

sub links_of ($path) { return grep { !m{\A\w+:} } prose_of($path) =~ s/`[^`\n]*`/x/gr =~ /\]\(([^)\s]+)\)/g }

my @pages = ('README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', map { s{.*/docs/}{docs/}r } glob "$root/docs/*.md");
for my $page (@pages) {
    subtest "links of $page" => sub {
        my @links = links_of($page);
        pass('it has none') unless @links;
        for my $link (@links) {
            my ($to, $anchor) = split /#/, $link, 2;
            my $path = length $to ? dirname($page) . "/$to" : $page;
            ok(-e "$root/$path", "$link is there") or next;
            ok(anchors_of($path)->{$anchor}, "$link has its heading") if defined $anchor;
        }
    };
}
is_deeply([grep { /^\| / && !m{\[t/\d+\]\(\.\./t/\S+\.t\)[^|]*\|\z} && !/^\| (?:section|source|what is held) \|/ } split /\n/, prose_of('docs/security.md')], [],
    'each line of security.md has its test');
is_deeply([grep { !-e "$root/$_" } prose_of('docs/architecture.md') =~ m{`((?:daemon|ngx_module|shared)/[\w/]+\.\w+)`}g], [],
    'the files that architecture.md names are there');

# Two lists of names, of the code and of a document.
sub same_names ($what, $code, $document) {
    cmp_ok(scalar @$code, '>', 0, "the code has a $what");
    is_deeply([sort @$document], [sort @$code], "each $what is documented, and no other");
}

my $manual   = prose_of('docs/directives.md');
my %contexts = text_of('ngx_module/module.cpp') =~ /ngx_string\("(\w+)"\),\s*(\w+) \|/g;
my %sections = $manual =~ /^### (grantlink_\w+)\n(.*?)(?=^##)/msg;
same_names(directive => [keys %contexts], [keys %sections]);
for my $name (sort keys %sections) {
    my %row    = $sections{$name} =~ /^\| (Syntax|Default|Context) \| (.+) \|$/mg;
    my $expect = $contexts{$name} eq 'anywhere' ? '`http`, `server`, `location`' : '`location`';
    is($row{Context}, $expect, "$name: context");
    like($row{Syntax} // '', qr/\A`\Q$name\E(?: \w+)?;`\z/, "$name: syntax");
    ok($row{Default}, "$name: default");
}

same_names(variable => [text_of('ngx_module/variables.cpp') =~ /\{"(grantlink_\w+)",/g], [$manual =~ /^\| `\$(\w+)` \|/mg]);
same_names(metric => [map { "grantlink_$_" } text_of('ngx_module/metrics_text.cpp') =~ /"grantlink_(\w+)"/g], [$manual =~ /^\| `(grantlink_\w+)` \|/mg]);

same_names('metric of the daemon' => [map { "grantlink_$_" } text_of('daemon/metrics/metrics_text.cpp') =~ /family\("grantlink_(\w+)"/g],
    [prose_of('docs/configuration.md') =~ /^\| `(grantlink_\w+)` \|/mg]);

my @events  = text_of('daemon/vault/event.cpp') =~ /\{EventKind::\w+, "(\w+)"\}/g;
my ($trail) = prose_of('docs/configuration.md') =~ /^\| event \| when \| by \|\n(.*?)\n\n/ms;
my ($enum)  = text_of('docs/openapi.yaml') =~ /enum: \[(created,.*?)\]/s;
same_names(event => \@events, [map { /\A\| (.*?) \|/ ? $1 =~ /`(\w+)`/g : () } split /\n/, $trail]);
same_names('event of the API' => \@events, [$enum =~ /\w+/g]);

my %status = text_of('ngx_module/page_set.cpp') =~ /\{"(\w+)", (\d+)\},/g;
my ($table) = $manual =~ /^## Pages\n(.*?)^### /ms;
my %shown = $table =~ /^\| `(\w+)` \| (\d+) \|/mg;
is_deeply(\%shown, \%status, 'each page is documented with its status, and no other');

my $templates = text_of('docs/templates.md');
my ($slots)   = text_of('ngx_module/template_compiler.cpp') =~ /slotNames\{(.*?)\};/s;
my ($values)  = $templates =~ /^### Values\n(.*?)^Pages of a link:/ms;
same_names(value => [$slots =~ /"(\w+)"/g], [$values =~ /^\| `(\w+)` \|/mg]);
my ($files) = $templates =~ /^\| files \|(.*?)^## /ms;
same_names('page template' => [map { "$_.html" } keys %status], [(split /\n/, $files)[2] =~ /`(\w+\.html)`/g]);
same_names('language'      => [map { m{(\w+)\.toml\z} ? $1 : () } glob "$root/ngx_module/pages/strings/*.toml"],
    [$manual =~ /are shipped \((.*?)\)/s ? $1 =~ /`(\w+)`/g : ()]);

done_testing;

# An operator's own pages: what docs/templates.md shows works as it is written there, and nginx -t names
# file and line of a mistake in them.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Encode     qw(decode_utf8);
use File::Path qw(make_path remove_tree);
use Test::More;
use Grantlink::Build;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Port;
use Grantlink::Toml qw(write_file);

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output todo_output);

my $repository = $Grantlink::Build::repository;
my $manual     = text_of("$repository/docs/templates.md");
my $english    = text_of("$repository/ngx_module/pages/strings/en.toml");
my $second     = Grantlink::Port->reserve;
my $grantlink  = Grantlink::Instance->new;
my $base       = $grantlink->directory . '/pages';

sub text_of ($path) { open my $file, '<', $path or die "$path: $!\n"; local $/; return readline $file }

# A directory of templates with these files; answers its path.
sub templates ($name, %files) {
    my $directory = "$base/$name";
    remove_tree($directory);
    make_path("$directory/strings");
    write_file("$directory/$_", $files{$_}) for keys %files;
    return $directory;
}

# The file that the manual shows under this name.
sub shown ($file) {
    my ($text) = $manual =~ /^`\Q$file\E`[^\n]*:\n\n```\w+\n(.*?)^```/ms or die "the manual does not show $file\n";
    return $text;
}

# A copy of en.toml with what stands in `over` in place of its own, as the manual says.
sub copy_of_english ($over) {
    my ($head, $strings) = split /^\[strings\]\n/m, $over;
    my %new = map { /\A(\w+) = / ? ($1 => $_) : () } split /^/, $strings;
    my $all = $english =~ s/\A.*^\[strings\]\n//msr;
    $all =~ s/^((\w+) = .*\n)/$new{$2} \/\/ $1/gme;
    return "$head\[strings]\n$all";
}

my $dutch = copy_of_english(shown('strings/nl.toml'));
my $own   = templates(own => 'ready.html' => shown('ready.html'),
    'strings/en.toml' => shown('strings/en.toml'), 'strings/nl.toml' => $dutch);
my $plain = templates(plain => 'ready.html' => "<body data-page=\"{{page}}\">{{lang}}: {{requester}}\n");

# The operator's server, and another one on the same store with templates of its own in one location.
my $keys = 'grantlink_store ' . $grantlink->edge_store . '; grantlink_key ' . $grantlink->directory . '/etc/edge.key;';
$grantlink->write_nginx_config(server => "grantlink_templates $own; grantlink_language nl;", http => <<~"END");
    server {
        listen 127.0.0.1:${\$second->number};
        $keys
        grantlink_language ja;
        location /approve/ { grantlink_templates $plain; grantlink_approve; }
        location /callback/ { grantlink_callback; }
    }
    END
$grantlink->start;
my $asked = request_connection($grantlink, requester => 'Acme & Co');
my $link  = $asked->{link};

sub page ($url, %headers) { return $grantlink->browser->get($url, headers => \%headers) }
sub words ($response)     { return $response->text =~ s/\s+/ /gr }
sub elsewhere ($url)      { return $url =~ s{\A\w+://[^/]+}{'http://127.0.0.1:' . $second->number}er }

subtest 'the example of the manual' => sub {
    my $page = page($link);
    is($page->page, 'ready', 'the page');
    like($page->body, qr/<html lang="nl" dir="ltr">/, 'is in the operator\'s language');
    like(words($page), qr/Acme & Co vraagt om toegang tot je account bij Instagram/, 'with its own texts');
    like($page->body, qr/Acme &amp; Co/, 'in which values are escaped');
    like(words($page), qr/werkt tot \d+ (?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december) \d{4} ?\./,
        'and its own months');
    like($page->body, qr/\+1 555 0100/, 'the template is the operator\'s');
    unlike($page->body, qr/\{\{|needs no key/, 'without tags and comments');
    unlike($page->body, qr/How it works|class="about"/, 'and without what it leaves out');
    like($page->body, qr/<a href="\?lang=$_" /, "the menu offers $_") for qw(ar de en es fr ja pt);
    like(page($link, 'Accept-Language' => 'en')->body, qr{You sign in at <bdi>Instagram</bdi>, not here\. Please use <bdi>\@nike</bdi>\.}, 'the changed sentence');
    like(words(page($link, 'Accept-Language' => 'en')), qr/Acme & Co asks for access to your Instagram account/, 'the others stayed');
    like(words(page($link, 'Accept-Language' => 'de')), qr/Acme & Co bittet um Zugriff/, 'other languages stayed');
    is(page("$link?lang=nl", 'Accept-Language' => 'de')->header('set-cookie') =~ s/;.*//r, 'grantlink-language=nl', 'the new one can be chosen');
    like(page($link, 'Accept-Language' => 'fr;q=0.5, nl-BE')->body, qr/<html lang="nl"/, 'and asked for by a browser');
    my $chosen = request_connection($grantlink, account => '@adidas', language => 'nl');
    like(page($chosen->{link}, 'Accept-Language' => 'de')->body, qr/<html lang="nl"/, 'and by the requester');
    my $problem = page($grantlink->public_url . '/callback/instagram?problem=too_many');
    like($problem->body, qr/<html lang="nl"/, 'the callback has the same pages');
    like($problem->body, qr/href="\?lang=en&amp;problem=too_many"/, 'and comes back to them from the menu');
    my ($style) = $page->body =~ m{<style>(.*?)</style>}s;
    is($style, text_of("$repository/ngx_module/pages/style.css"), 'the style is the shipped one, as the policy has it');
};

subtest 'the approval goes through it' => sub {
    my $browser = $grantlink->browser;
    is(wait_for_outcome($browser, approve($browser, $link)), 'connected', 'to the end');
};

subtest 'another server has its own' => sub {
    my $other = request_connection($grantlink, account => '@puma', requester => 'Somebody')->{link};
    is(page(elsewhere($other))->body, qq{<body data-page="ready">ja: Somebody\n}, 'template and language');
    my $problem = page(elsewhere($grantlink->public_url . '/callback/instagram?problem=too_many'));
    like($problem->body, qr/<html lang="ja"/, 'its callback has the shipped pages');
    unlike($problem->body, qr/lang=nl/, 'and their languages only');
};

# nginx -t with this text at that level
sub tried (%extra) { return $grantlink->test_nginx_config($grantlink->nginx_config_text(server => '', http => '', %extra)) }

subtest 'inheritance' => sub {
    my $bad = templates(bad => 'ready.html' => '{{nothing}}');
    for my $level (qw(http server approve callback)) {
        is(tried($level => "grantlink_templates $own; grantlink_language nl;")->{exit}, 0, "both in $level");
        like(tried($level => "grantlink_templates $bad;")->{err}, qr/no value "nothing"/, "a mistake is found in $level");
        like(tried($level => "$_ $_")->{err}, qr/is duplicate/, "twice in $level: $_")
            for "grantlink_templates $own;", 'grantlink_language de;';
    }
    is(tried(http => "grantlink_templates $bad;", server => "grantlink_templates $own;")->{exit}, 0, 'the inner directory alone is read');
    like(tried(approve => "grantlink_templates $own; grantlink_language nl;", server => 'grantlink_language de;')->{err}, qr/test is successful/, 'a language in a location');
    like(tried(main => 'grantlink_language de;')->{err}, qr/not allowed here/, 'not in main');
};

subtest 'the language of the operator' => sub {
    is(tried(http => "grantlink_language $_;")->{exit}, 0, $_) for qw(de AR de-AT);
    my $ran = tried(http => 'grantlink_language nl;');
    isnt($ran->{exit}, 0, 'one that is not there is refused');
    like($ran->{err}, qr/grantlink_language: there are no pages in "nl"; there are ar, de, en, es, fr, ja, pt, and grantlink_templates can add one in \S+tried\.conf:\d+/,
        'with what there is');
};

subtest 'a new language needs everything' => sub {
    my $lacking = sub ($what) { tried(http => 'grantlink_templates ' . templates(lacking => 'strings/nl.toml' => $what) . ';')->{err} };
    like($lacking->($dutch), qr/test is successful/, 'with everything it is taken');
    like($lacking->($dutch =~ s/^$_ .*\n//mr), qr{strings/nl\.toml: is not complete; add $_ = }, "not without $_") for qw(name date months);
    my @keys = (split /^\[strings\]\n/m, $dutch)[1] =~ /^(\w+) = /mg;
    cmp_ok(scalar @keys, '>', 80, 'there are many texts');
    @keys = @keys[grep { $_ % 10 == 0 } 0 .. $#keys] if $ENV{GRANTLINK_VALGRIND};    # seconds each there
    like($lacking->($dutch =~ s/^\Q$_\E = .*\n//mr), qr{: strings/nl\.toml has no "\Q$_\E"; add it there in \S+tried\.conf:\d+}, "nor without $_")
        for @keys;
};

# A text that is long enough to be sent from where it lies must lie somewhere for good.
subtest 'a long text' => sub {
    my $long      = 'This is a long sentence. ' x 60;
    my $other     = Grantlink::Instance->new;
    my $directory = $other->directory . '/pages';
    make_path("$directory/strings");
    write_file("$directory/strings/en.toml", "[strings]\nready_text = \"$long\"\n");
    $other->write_nginx_config(http => "grantlink_templates $directory;");
    $other->start;
    like($other->browser->get(request_connection($other)->{link})->body, qr/\Q$long\E/, 'is shown as it is');
    $other->finish;
};

subtest 'the mistakes of the manual' => sub {
    my $known = 'known are requester, account, provider, approver, detail, expires, brand, logo, colour, switchurl, switchhow, assets, problem, retry, message, total, done, item, start, waits, connected, declined, wrong, failed, checking';
    my @mistakes = (
        ['ready.html' => "<p>\n<p>\n{{requestor}}",   qq{ready.html:3: there is no value "requestor"; $known}],
        ['ready.html' => "{{#account}}\n\n\n",        'ready.html:4: the section {{#account}} is not closed; add {{/account}}'],
        ['ready.html' => "{{#account}}{{#brand}}\n{{/account}}{{/brand}}", 'ready.html:2: {{/account}} closes a section that is not open here'],
        ['ready.html' => "<p>\n{{account}",           'ready.html:2: this {{ has no }}'],
        ['ready.html' => '{{> heading.html}}',        'heading.html: there is no such template'],
        ['ready.html' => '{{t.hello}}',               'ready.html:1: strings/ar.toml has no "hello"; add it there'],
        ['strings/en.toml' => "[strings]\nready_text = \"{{who}}\"\n", 'strings/en.toml:2: there is no value "who"; known are'],
        ['strings/nl.toml' => "direction = \"ltr\"\n", decode_utf8('strings/nl.toml: is not complete; add name = "…", the language\'s own name')],
        ['strings/nl.toml' => "name = \"x\"\ntitle = \"x\"\n", 'strings/nl.toml:2: unknown key "title"; known are name, direction, date, months and [strings]'],
        ['strings/nl.toml' => 'name',                 'strings/nl.toml:1: Error while parsing'],
    );
    for my $mistake (@mistakes) {
        my ($file, $text, $message) = @$mistake;
        my $directory = templates(mistake => $file => $text);
        my $ran       = tried(http => "grantlink_templates $directory;");
        isnt($ran->{exit}, 0, "refused: $message");
        like(decode_utf8($ran->{err}), qr/\[emerg\] grantlink_templates \Q$directory: $message\E.* in \S+tried\.conf:\d+\n/, 'with file, line and directive') or diag $ran->{err};
        like(decode_utf8($manual), qr/\| `\Q$message\E`/, 'the manual has it so');
    }
    my $ran = tried(http => "grantlink_templates $base/nowhere;");
    like($ran->{err}, qr{grantlink_templates (\Q$base\E/nowhere): \1: there is no such directory}, 'a directory that is not there');
    like(tried(http => 'grantlink_templates ' . templates(txt => 'strings/nl.txt' => 'x') . ';')->{err}, qr/nl\.txt: files of languages end in \.toml/, 'a language that is no TOML');
};

$grantlink->finish;
done_testing;

# Every page in every state, in an Arabic and an English browser, light and dark, on a phone and on a
# desktop: axe-core finds nothing, nothing comes from elsewhere, and it weighs next to nothing, in each
# language. The same pages once more without JavaScript.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Chromium qw(desktop phone);
use Grantlink::Instance;
use Grantlink::States;

my @languages = qw(ar de en es fr ja pt);
my %direction = (en => 'ltr', ar => 'rtl');
my @looks     = (
    [phone_light   => width => 360,  height => 740, scheme => 'light'],
    [phone_dark    => width => 360,  height => 740, scheme => 'dark'],
    [desktop_light => width => 1280, height => 800, scheme => 'light'],
    [desktop_dark  => width => 1280, height => 800, scheme => 'dark'],
);
my %zoomed = (width => 320, height => 512, scheme => 'light');    # 1280 at 400 % (WCAG 2.2, 1.4.10)

my $grantlink = Grantlink::Instance->running(tap => 1, server => 'gzip on; gzip_types text/javascript;');
my $states    = Grantlink::States->new($grantlink);
my $chromium  = Grantlink::Chromium->start($grantlink->directory);
my $public    = $grantlink->public_url;
my %weight;

# The bytes of this page and of what it loads, by language, as nginx's gzip sends them: compressed, but for
# the pages with another status than 200, 403 and 404. The last language is the tab's own, so that it keeps it.
sub weights ($tab, $own) {
    my $tags = join ',', map { qq{"$_"} } (grep { $_ ne $own } @languages), $own;
    return $tab->evaluate(<<~"END");
        (async () => {
          const bytes = async url => {
            for (let turn = 0; turn < 400; ++turn) {
              const entry = performance.getEntriesByName(url).at(-1);
              if (entry?.encodedBodySize > 0) {
                if (entry.responseStatus === 200 && entry.encodedBodySize >= entry.decodedBodySize) throw new Error(url + ' is not compressed');
                return entry.encodedBodySize;
              }
              await new Promise(done => setTimeout(done, 5));
            }
            throw new Error(url + ' was not loaded');
          };
          let files = 0;
          for (const of of document.querySelectorAll('link[rel=stylesheet], script[src]')) files += await bytes(of.href ?? of.src);
          const out = {};
          for (const tag of [$tags]) {
            const url = new URL(location.href);
            url.searchParams.set('lang', tag);
            url.hash = '';
            await (await fetch(url, {cache: 'no-store'})).text();
            out[tag] = files + await bytes(url.href);
          }
          return out;
        })()
        END
}

sub check ($tab, $name, $tag) {
    my $look = $tab->look;
    is($look->{lang}, $tag, "it is in the language $tag");
    is($look->{dir}, $direction{$tag}, "which runs $direction{$tag}");
    is(scalar @{$look->{headings}}, 1, 'it has one h1');
    like($look->{title}, qr/\S/, 'and a title');
    like($look->{robots}, qr/noindex/, 'it is not for search engines');
    unlike("$look->{title} $look->{text}", qr/\{\{|\}\}|undefined/, 'nothing of the template is left');
    for my $view (@looks) {
        my ($kind, %how) = @$view;
        $tab->emulate(%how);
        is_deeply([$tab->axe], [], "axe-core finds nothing: $kind");
        $tab->screenshot("$name-$tag-$kind");
    }
    is_deeply($tab->look->{small}, [], 'every target is large enough');
    $tab->emulate(%zoomed);
    ok(!$tab->look->{scrolls}, 'it needs no scrolling sideways at 400 %');
    my $weights = weights($tab, $tag);
    for my $language (@languages) {
        my $weight = $weight{"$name $language"} = $weights->{$language};
        ok($weight > 1000 && $weight <= 14 * 1024, "it weighs 14 KB at the most: $language, $weight bytes");
    }
}

for my $tag (qw(en ar)) {
    my $tab = $chromium->person(phone(locale => $tag, reducedMotion => 'reduce'));
    for my $name (Grantlink::States->names) {
        subtest "$name, $tag" => sub {
            $states->visit($tab, $name);
            check($tab, $name, $tag);
            $states->release if $name eq 'finishing';
        };
    }
    my @elsewhere = grep { !m{ \Q$public\E/} && !m{ \Q@{[$grantlink->tap->url]}\E/oauth/authorize} } $tab->asked;
    is_deeply(\@elsewhere, [], 'nothing was asked of anybody else');
    # 4xx and 5xx pages are said on the console as such; so is a favicon that the site does not have.
    is_deeply([grep { !/Failed to load resource: the server responded with a status of [45]/ } $tab->said], [],
        'the console has nothing to say, of the policy neither');
    $tab->leave;
}

subtest 'without JavaScript' => sub {
    my $tab = $chromium->person(phone(javaScriptEnabled => \0));
    for my $name (Grantlink::States->names) {
        my $look = $states->visit($tab, $name);
        $states->release if $name eq 'finishing';
        is(scalar @{$look->{headings}}, 1, "$name: the same page, with its h1");
        my $main = $tab->evaluate('document.querySelector("main").innerText');
        cmp_ok(length($main =~ s/\s+//gr), '>', 40, 'and it says what to do');
        ok($tab->evaluate('!!document.querySelector("main form button")'), 'with a button')
            if $name =~ /\A(?:ready|accounts|begun|confirm|declined|wrong_account)\z/;
    }
    ok($tab->evaluate('matchMedia("(scripting: none)").matches'), 'there was no JavaScript');
    $tab->leave;
};

my ($heaviest) = sort { $weight{$b} <=> $weight{$a} } keys %weight;
note "the heaviest page: $heaviest, $weight{$heaviest} bytes";

$chromium->stop;
$grantlink->finish;
done_testing;

# The requester's brand: its logo, name and colour are on the pages, whatever the colour is, and names
# of any length and script break nothing.

use v5.36;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use Compress::Zlib qw(compress crc32);
use Test::More;
use Grantlink::Chromium qw(desktop phone);
use Grantlink::Flow;
use Grantlink::Instance;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output todo_output);

# A PNG of one colour (W3C Portable Network Graphics, section 5).
sub png ($width, $height, @rgb) {
    my $chunk = sub ($type, $data) { pack 'N a4 a* N', length $data, $type, $data, crc32($type . $data) };
    my $rows  = ("\0" . pack('C3', @rgb) x $width) x $height;
    return "\x89PNG\r\n\x1a\n" . $chunk->('IHDR', pack 'NNCCCCC', $width, $height, 8, 2, 0, 0, 0)
        . $chunk->('IDAT', compress($rows)) . $chunk->('IEND', '');
}

my %colours = (red => '#e4002b', yellow => '#ffd400', night => '#0b0d17', grey => '#767676', paper => '#ffffff');
my $grantlink = Grantlink::Instance->new;
my $logo = $grantlink->directory . '/etc/logo.png';
open my $file, '>:raw', $logo or die "$logo: $!\n";
print {$file} png(96, 48, 228, 0, 43);
close $file;
my $endless = 'Agentur' . 'für' x 20 . ' شركة ' . '株式会社' x 5;
my %brands  = map { $_ => {name => 'Red & Co', colour => $colours{$_}, logo => $logo} } keys %colours;
$brands{long} = {name => $endless};
$grantlink->write_daemon_config(settings => {brands => \%brands});
$grantlink->start;
my $chromium = Grantlink::Chromium->start($grantlink->directory);
my $tab      = $chromium->person(phone(reducedMotion => 'reduce'));

for my $colour (sort keys %colours) {
    subtest $colour => sub {
        $tab->goto(request_connection($grantlink, brand => $colour)->{link});
        $tab->wait_for_page('ready');
        like($tab->look->{text}, qr/Red & Co/, 'the name is there');
        is($tab->evaluate('document.querySelector("header img").naturalWidth'), 96, 'so is the logo');
        my $rgb = sprintf 'rgb(%d, %d, %d)', map { hex } $colours{$colour} =~ /[0-9a-f]{2}/g;
        is($tab->evaluate('getComputedStyle(document.querySelector("button")).backgroundColor'), $rgb,
            'the button has the colour');
        for my $scheme (qw(light dark)) {
            $tab->emulate(width => 360, height => 740, scheme => $scheme);
            is_deeply([$tab->axe], [], "and can be read: $scheme");
            $tab->screenshot("brand-$colour-$scheme");
        }
    };
}

subtest 'the status page has it too' => sub {
    my $url = approve($grantlink->browser, request_connection($grantlink, brand => 'red')->{link});
    $tab->goto($url);
    $tab->wait_for_page('connected');
    is($tab->evaluate('document.querySelector("header img").naturalWidth'), 96, 'the logo is there');
    is($tab->evaluate('getComputedStyle(document.querySelector(".account svg")).backgroundColor'), 'rgb(228, 0, 43)',
        'and the colour');
};

subtest 'long names' => sub {
    my $asked = request_connection($grantlink, brand => 'long', account => '@' . 'w' x 80);
    for my $tag (qw(en ar ja)) {
        $tab->goto("$asked->{link}?lang=$tag");
        $tab->wait_for_page('ready');
        $tab->emulate(width => 320, height => 512, scheme => 'light');
        ok(!$tab->look->{scrolls}, "nothing is wider than the window: $tag");
        is_deeply([$tab->axe], [], 'axe-core finds nothing');
        $tab->screenshot("brand-long-$tag");
    }
};

is_deeply([grep { !/favicon|status of 404/ } $tab->said], [], 'the console has nothing to say');
$chromium->stop;
$grantlink->finish;
done_testing;

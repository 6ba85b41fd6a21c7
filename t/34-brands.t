# Brands: a request names one or gets the default; it is kept with the connection, reaches the edge,
# and may be taken out of the configuration while links with it are under way.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(resolve_url);

my $grantlink = Grantlink::Instance->new;
my $etc       = $grantlink->directory . '/etc';

sub raw ($path, $mode, $bytes = undef) {
    open my $file, "$mode:raw", $path or die "$path: $!\n";
    return print {$file} $bytes if defined $bytes;
    local $/;
    return readline $file;
}

# What nginx reads. Pages that are not in use any more stay in the file: good for what is there.
sub edge_has ($bytes) { return index(raw($grantlink->edge_store . '/links/data.mdb', '<'), $bytes) >= 0 }

my $logo = 'GIF89a' . join('', map { chr(33 + $_ % 90) } 1 .. 20_000);
raw("$etc/logo.png", '>', $logo);    # what it is called does not matter
my %brands = (
    acme => {name => 'Acme & Sons', colour => '#1F5F4A', logo => "$etc/logo.png"},
    zeta => {name => 'Zeta'},
);
$grantlink->write_daemon_config(settings => {brands => {%brands}, brand => 'zeta'});
$grantlink->start;
my $browser = $grantlink->browser;
my $admin   = $grantlink->admin;

my $acme = request_connection($grantlink, brand => 'acme', language => 'pt-BR');
is($acme->{brand}, 'acme', 'a request names a brand');
is($acme->{language}, 'pt-BR', 'and a language');
my $default = request_connection($grantlink);
is($default->{brand}, 'zeta', 'without one it gets the default');
is($admin->connection($_->{id})->{brand}, $_->{brand}, "$_->{brand} is kept with the connection") for $acme, $default;

ok(edge_has($logo), 'the logo is in the edge store, byte by byte');
ok(edge_has('Acme & Sons'), 'so is the name');
ok(edge_has('1f5f4a'), 'and the colour');

subtest 'the page in the brand' => sub {
    my $page = open_page($browser, $acme->{link});
    like($page->text, qr/Acme &(?:amp;)? Sons/, 'has the name');
    my ($image) = $page->body =~ m{<img src="([^"]*logo-[0-9a-f]{32}\.gif)"};
    ok($image, 'and the logo') or return;
    my $served = $browser->get(resolve_url($acme->{link}, $image));
    is($served->header('content-type'), 'image/gif', 'as what it is, whatever the file was called');
    ok($served->body eq $logo, 'byte by byte');
    like($page->body, qr{brand-1f5f4a\.css}, 'and the colour');
    like($page->body, qr{<html lang="pt}, 'in the language that was asked for');
};

subtest 'the page in a brand with nothing but a name' => sub {
    my $page = open_page($browser, $default->{link});
    like($page->text, qr/Zeta/, 'has the name');
    unlike($page->body, qr{logo-|brand-[0-9a-f]{6}\.css}, 'and no more');
};

subtest 'another image in the same file' => sub {
    my $second = 'GIF89a' . join('', map { chr(33 + $_ % 80) } 1 .. 20_000);
    raw("$etc/logo.png", '>', $second);
    $grantlink->reload_daemon;
    ok(eventually(sub { edge_has($second) }), 'is there after a reload');
};

subtest 'a brand is taken out of the configuration' => sub {
    unlink "$etc/logo.png";
    $grantlink->write_daemon_config(settings => {brands => {zeta => $brands{zeta}}, requester => 'After'});
    $grantlink->reload_daemon;
    ok(eventually(sub { request_connection($grantlink)->{requester} eq 'After' }), 'the reload went through');
    ok(eventually(sub { $grantlink->log('daemon') =~ /brands\.acme/ }), 'the log names it');
    my @lines = $grantlink->log('daemon') =~ /^.*brands\.acme.*$/mg;
    is(scalar @lines, 1, 'once');
    like($lines[0], qr/ warning .*\[brands\.acme\].*\(1\)/, 'with how many connections had it');
    is($admin->connection($acme->{id})->{brand}, 'acme', 'the connection keeps its brand');
    my $page = open_page($browser, $acme->{link});
    is($page->page, 'ready', 'its link works');
    unlike($page->body, qr{Acme|logo-|brand-[0-9a-f]{6}\.css}, 'without a brand');
    my $refused = $admin->post('/v1/connections', {provider => 'instagram', account => '@nike', brand => 'acme'});
    is($refused->status, 400, 'a new request for it is refused');
    like($refused->json->{detail}, qr/known are zeta/, 'with those that there are');
    my $new = $admin->post("/v1/connections/$acme->{id}/regenerate")->json;
    is(wait_for_outcome($browser, approve($browser, $new->{link})), 'connected', 'and the old one is approved');
};

subtest 'there is a default no more, and no brand' => sub {
    $grantlink->write_daemon_config(settings => {brands => undef, brand => undef, requester => 'Last'});
    $grantlink->reload_daemon;
    ok(eventually(sub { request_connection($grantlink)->{requester} eq 'Last' }), 'the reload went through');
    is(request_connection($grantlink)->{brand}, undef, 'a request without brand has none');
    is(open_page($browser, $default->{link})->page, 'ready', 'links of the former default work');
};

$grantlink->finish;
done_testing;

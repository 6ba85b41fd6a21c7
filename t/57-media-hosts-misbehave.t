# Whatever a media host does: what is no picture and no video, is too large or leads elsewhere is not copied, what
# fails is tried again within bounds, and posts are collected all the same.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::MediaHost;
use Grantlink::Publisher;

my %quick     = (fastest => '1s', slowest => '1s', retention => '3660d');
my $grantlink = Grantlink::Instance->new;
my $host      = Grantlink::MediaHost->new($grantlink);
sub configure (%media) {
    return (settings => {content => {%quick, media => {copy => \1, max_file_mb => 1, %media}}});
}
$grantlink->write_daemon_config(configure(), providers => {instagram => $host->provider});
$grantlink->start;
my $admin = $grantlink->admin;

my $acme = Grantlink::Publisher->new($grantlink, 'acme');
is($acme->outcome, 'connected', 'an account without posts');



# What is published so ends so, and is told; no file is left.
sub ends ($id, $result, $name, %how) {
    subtest $name => sub {
        my $before = $host->counted($result);
        my $files  = () = $host->files;
        $host->behave("/$id.jpg", %how);
        is($acme->publish($id), 204, 'a post');
        ok(eventually(sub { $host->counted($result) > $before }, 30), "is counted as $result") or diag $grantlink->tail('daemon');
        ok($acme->post($id), 'it is collected');
        is($acme->copy_of($id), undef, 'without a copy');
        is($admin->get("/v1/connections/@{[$acme->id]}/media?post=$id")->status, 404, 'none is handed out');
        is(scalar(() = $host->files), $files, 'no file is left');
    };
}

ends(large      => 'too_large', 'what is too large',                       size => 1_000_001);
ends(unsized    => 'too_large', 'what does not say that it is too large',  size => 1_500_000, unsized => 1);
ends(endless    => 'too_large', 'what never ends',                         endless => 1);
ends(page       => 'not_media', 'a page',                                  type => 'text/html', body => '<script>alert(1)</script>');
ends(disguised  => 'not_media', 'a page that is called a picture',         body => '<!doctype html><script>alert(1)</script>');
ends(svg        => 'not_media', 'a picture that is a document',            type => 'image/svg+xml', body => '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
ends(sound      => 'not_media', 'a sound',                                 type => 'video/mp4', body => "\0\0\0\x18ftypM4A \0\0\0\0" . 'x' x 2000);
ends(empty      => 'not_media', 'nothing',                                 body => '');
ends(encoded    => 'not_media', 'what has to be decoded',                  headers => {'Content-Encoding' => 'gzip'});
ends(cut        => 'failed',    'what ends in the middle',                 cut => 1);
ends(broken     => 'failed',    'a server with a fault',                   status => 500);
ends(absent     => 'gone',      'an address that leads nowhere',           status => 404);
my $port = $1 if $host->url =~ /:(\d+)\z/;
ends(elsewhere  => 'refused',   'a redirect to another origin, not by https', status => 302, headers => {Location => "http://localhost:$port/secret.jpg"});
ends(inside     => 'refused',   'a redirect to a private address',         status => 307, headers => {Location => "https://127.0.0.1:$port/secret.jpg"});
ends(local      => 'refused',   'a redirect to a file',                    status => 301, headers => {Location => 'file:///etc/passwd'});
ends(loop       => 'failed',    'a redirect to itself',                    status => 302, headers => {Location => '/loop.jpg'});
is($host->times('/secret.jpg'), 0, 'nobody was asked whom a redirect must not lead to');
ok(eventually(sub { $host->times('/loop.jpg') == 4 }), 'three redirects are followed');
$host->behave('/moved.jpg', status => 308, headers => {Location => 'there.jpg'});
$acme->publish('moved');
ok(eventually(sub { $acme->copy_of('moved') }), 'one within an origin that the operator has named is');
ok($admin->get($acme->copy_of('moved')->{url})->body eq $host->bytes('/there.jpg'), 'to what is there');

subtest 'an address that has expired' => sub {
    is($host->times('/absent.jpg'), 1, 'is not tried again');
    ok($acme->polled_again, 'not even when the post is read again');
    is($host->times('/absent.jpg'), 1, 'with the same address');
    is($acme->publish('absent', media_type => 'VIDEO'), 204, 'a fresh one');
    ok(eventually(sub { $acme->copy_of('absent') }), 'is');
    is($acme->copy_of('absent')->{type}, 'video/mp4', 'and has what there is');
    is($acme->post('absent')->{updated_at}, undef, 'the post is the same');
};

subtest 'a host that turns us away' => sub {
    my $before = $host->counted('turned_away');
    $host->behave('/busy.jpg', status => 429, headers => {'Retry-After' => '3600'});
    $acme->publish('busy');
    ok(eventually(sub { $host->counted('turned_away') > $before }), 'is heard');
    ok($acme->polled_again && $acme->polled_again, 'posts are collected meanwhile');
    is($host->times('/busy.jpg'), 1, 'it is not asked again before its time');
};

subtest 'a host that falls silent' => sub {
    $host->behave('/silent.jpg', silent => 1, size => 300_000);
    $acme->publish('silent');
    ok(eventually(sub { grep { /part/ } $host->files }), 'has begun');
    ok($acme->polled_again, 'posts are collected meanwhile');
    my $began = time;
    $grantlink->stop('daemon');
    cmp_ok(time - $began, '<', 10, 'nobody waits for it when the daemon is to end');
    is_deeply([grep { /part/ } $host->files], [], 'and nothing is left of it');
    $host->behave('/silent.jpg');
    $grantlink->start_daemon;
    ok(eventually(sub { $acme->copy_of('silent') }), 'the next start copies it');
};

subtest 'a disk that does not take it' => sub {
    $grantlink->stop('daemon');
    rename $host->directory, $grantlink->directory . '/media' or die;
    open my $file, '>', $host->directory or die;    # not a directory
    $grantlink->start_daemon;
    $acme->publish("disk-$_") for 1 .. 3;
    ok(eventually(sub { $acme->post('disk-3') }), 'posts are collected all the same');
    ok(eventually(sub { $host->counted('unwritable') }, 30), 'it is counted');
    ok($acme->polled_again && $acme->polled_again, 'and go on being collected');
    my @told = $grantlink->log('daemon') =~ /copies: they cannot be written/g;
    is(scalar @told, 1, 'the log says it once');
    ok(!$acme->copy_of('disk-1'), 'there is no copy');
    $grantlink->stop('daemon');
    unlink $host->directory or die;
    rename $grantlink->directory . '/media', $host->directory or die;
    $grantlink->start_daemon;
    ok(eventually(sub { 3 == grep { $acme->copy_of("disk-$_") } 1 .. 3 }, 30) || diag($grantlink->tail('daemon')), 'when it does again, they are copied');
};

subtest 'the most that is kept' => sub {
    $grantlink->write_daemon_config(configure(max_total_mb => 1));
    $grantlink->reload_daemon;
    $host->behave("/total-$_.jpg", size => 300_000) for 1 .. 6;
    $acme->publish("total-$_") for 1 .. 6;
    ok(eventually(sub { $host->counted('no_room') }, 30), 'there is no room for all of them');
    ok($acme->polled_again && $acme->polled_again, 'posts are collected');
    my $copies = grep { $acme->copy_of("total-$_") } 1 .. 6;
    ok($copies >= 1 && $copies <= 3, "some have a copy: $copies");
    my ($bytes) = $admin->get('/metrics')->body =~ /^grantlink_media_bytes (\d+)$/m;
    cmp_ok($bytes, '<=', 1_000_000, "no more than what is allowed: $bytes");
    my @told = $grantlink->log('daemon') =~ /content\.media\.max_total_mb allows/g;
    is(scalar @told, 1, 'the log says it once');
    my $times = sub { my $sum = 0; $sum += $host->times("/total-$_.jpg") for 1 .. 6; return $sum };
    my $before = $times->();
    ok($acme->polled_again && $acme->polled_again, 'posts are read again');
    is($times->(), $before, 'nothing is fetched that has no room');
};

subtest 'a list with a gap' => sub {
    $grantlink->stop('daemon');
    my ($wanted) = split ' ', $grantlink->vault_tool(list => 'media_wanted');
    $grantlink->vault_tool(remove => 'media_wanted', $wanted);
    my $number = hex substr $wanted, -16;
    like($grantlink->cli('check', '--config', $grantlink->toml_path)->{out}, qr/^posts: $number: is never copied/m, 'is found by grantlink check');
    $grantlink->start_daemon;
};

is($admin->connection($acme->id)->{status}, 'active', 'the connection is well');
$grantlink->finish;
done_testing;

# Whatever a media host does: what is no picture and no video, is too large or leads elsewhere is not copied, what
# fails is tried again within bounds, and posts are collected all the same.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::MediaHost;

my %quick     = (fastest => '1s', slowest => '1s', retention => '3660d');
my $grantlink = Grantlink::Instance->new;
my $host      = Grantlink::MediaHost->new($grantlink);
sub configure (%media) {
    return (settings => {content => {%quick, media => {copy => \1, max_file_mb => 1, %media}}});
}
$grantlink->write_daemon_config(configure(), providers => {instagram => $host->provider});
$grantlink->start;
my $admin = $grantlink->admin;

my $asked   = request_connection($grantlink, account => '@acme');
my $browser = $grantlink->browser;
is(wait_for_outcome($browser, approve($browser, $asked->{link}, 'acme')), 'connected', 'an account without posts');
my $acme = $asked->{id};

sub post ($id) { return (grep { $_->{id} eq $id } @{$admin->get("/v1/connections/$acme/posts")->json->{posts}})[0] }
sub copy_of ($id) { return (post($id) // {})->{media_copy} }
sub publish ($id, %more) { return $grantlink->control_sandbox(POST => 'posts', {user => 'acme', id => $id, caption => "Post $id", %more})->status }

sub counted ($result) { return $admin->get('/metrics')->body =~ /^grantlink_media_copies_total\{result="$result"\} (\d+)$/m ? $1 : undef }

sub polled_again () {
    my $polled = sub { $admin->get("/v1/connections/$acme/posts?limit=1")->json->{collected_at} // '' };
    my $before = $polled->();
    return eventually(sub { $polled->() gt $before });
}

# What is published so ends so, and is told; no file is left.
sub ends ($id, $result, $name, %how) {
    subtest $name => sub {
        my $before = counted($result);
        my $files  = () = $host->files;
        $host->behave("/$id.jpg", %how);
        is(publish($id), 204, 'a post');
        ok(eventually(sub { counted($result) > $before }, 30), "is counted as $result") or diag $grantlink->tail('daemon');
        ok(post($id), 'it is collected');
        is(copy_of($id), undef, 'without a copy');
        is($admin->get("/v1/connections/$acme/media?post=$id")->status, 404, 'none is handed out');
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
publish('moved');
ok(eventually(sub { copy_of('moved') }), 'one within an origin that the operator has named is');
ok($admin->get(copy_of('moved')->{url})->body eq $host->bytes('/there.jpg'), 'to what is there');

subtest 'an address that has expired' => sub {
    is($host->times('/absent.jpg'), 1, 'is not tried again');
    ok(polled_again(), 'not even when the post is read again');
    is($host->times('/absent.jpg'), 1, 'with the same address');
    is(publish('absent', media_type => 'VIDEO'), 204, 'a fresh one');
    ok(eventually(sub { copy_of('absent') }), 'is');
    is(copy_of('absent')->{type}, 'video/mp4', 'and has what there is');
    is(post('absent')->{updated_at}, undef, 'the post is the same');
};

subtest 'a host that turns us away' => sub {
    my $before = counted('turned_away');
    $host->behave('/busy.jpg', status => 429, headers => {'Retry-After' => '3600'});
    publish('busy');
    ok(eventually(sub { counted('turned_away') > $before }), 'is heard');
    ok(polled_again() && polled_again(), 'posts are collected meanwhile');
    is($host->times('/busy.jpg'), 1, 'it is not asked again before its time');
};

subtest 'a host that falls silent' => sub {
    $host->behave('/silent.jpg', silent => 1, size => 300_000);
    publish('silent');
    ok(eventually(sub { grep { /part/ } $host->files }), 'has begun');
    ok(polled_again(), 'posts are collected meanwhile');
    my $began = time;
    $grantlink->stop('daemon');
    cmp_ok(time - $began, '<', 10, 'nobody waits for it when the daemon is to end');
    is_deeply([grep { /part/ } $host->files], [], 'and nothing is left of it');
    $host->behave('/silent.jpg');
    $grantlink->start_daemon;
    ok(eventually(sub { copy_of('silent') }), 'the next start copies it');
};

subtest 'a disk that does not take it' => sub {
    $grantlink->stop('daemon');
    rename $host->directory, $grantlink->directory . '/media' or die;
    open my $file, '>', $host->directory or die;    # not a directory
    $grantlink->start_daemon;
    publish("disk-$_") for 1 .. 3;
    ok(eventually(sub { post('disk-3') }), 'posts are collected all the same');
    ok(eventually(sub { counted('unwritable') }, 30), 'it is counted');
    ok(polled_again() && polled_again(), 'and go on being collected');
    my @told = $grantlink->log('daemon') =~ /copies: they cannot be written/g;
    is(scalar @told, 1, 'the log says it once');
    ok(!copy_of('disk-1'), 'there is no copy');
    $grantlink->stop('daemon');
    unlink $host->directory or die;
    rename $grantlink->directory . '/media', $host->directory or die;
    $grantlink->start_daemon;
    ok(eventually(sub { 3 == grep { copy_of("disk-$_") } 1 .. 3 }, 30) || diag($grantlink->tail('daemon')), 'when it does again, they are copied');
};

subtest 'the most that is kept' => sub {
    $grantlink->write_daemon_config(configure(max_total_mb => 1));
    $grantlink->reload_daemon;
    $host->behave("/total-$_.jpg", size => 300_000) for 1 .. 6;
    publish("total-$_") for 1 .. 6;
    ok(eventually(sub { counted('no_room') }, 30), 'there is no room for all of them');
    ok(polled_again() && polled_again(), 'posts are collected');
    my $copies = grep { copy_of("total-$_") } 1 .. 6;
    ok($copies >= 1 && $copies <= 3, "some have a copy: $copies");
    my ($bytes) = $admin->get('/metrics')->body =~ /^grantlink_media_bytes (\d+)$/m;
    cmp_ok($bytes, '<=', 1_000_000, "no more than what is allowed: $bytes");
    my @told = $grantlink->log('daemon') =~ /content\.media\.max_total_mb allows/g;
    is(scalar @told, 1, 'the log says it once');
    my $times = sub { my $sum = 0; $sum += $host->times("/total-$_.jpg") for 1 .. 6; return $sum };
    my $before = $times->();
    ok(polled_again() && polled_again(), 'posts are read again');
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

is($admin->connection($acme)->{status}, 'active', 'the connection is well');
$grantlink->finish;
done_testing;

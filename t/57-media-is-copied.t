# What posts show is copied where somebody asks for it, kept sealed, handed out, and erased with the post.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Digest::SHA qw(sha256_hex);
use Test::More;
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::MediaHost;

# The sandbox's posts are some months old.
my %quick     = (fastest => '1s', slowest => '1s', retention => '3660d');
my $grantlink = Grantlink::Instance->new(settings => {content => {%quick}});
my $host      = Grantlink::MediaHost->new($grantlink);
$grantlink->write_daemon_config(providers => {instagram => $host->provider});
$grantlink->start;
my $admin = $grantlink->admin;

sub connected ($account) {
    my $asked   = request_connection($grantlink, account => "\@$account");
    my $browser = $grantlink->browser;
    is(wait_for_outcome($browser, approve($browser, $asked->{link}, $account)), 'connected', "$account is connected");
    return $asked->{id};
}

sub posts ($id)  { return @{$admin->get("/v1/connections/$id/posts")->json->{posts}} }
sub copied ($id) { return grep { $_->{media_copy} } posts($id) }
sub path_of ($post) { return $post->{media_url} =~ s{\Ahttps://media\.sandbox\.invalid}{}r }
sub polled ($id) { return $admin->get("/v1/connections/$id/posts?limit=1")->json->{collected_at} }
sub sandbox ($method, %post) { return $grantlink->control_sandbox($method => 'posts', {user => 'nike', %post})->status }

sub polled_again ($id) {
    my $before = polled($id) // '';
    return eventually(sub { (polled($id) // '') gt $before });
}

sub configure (%content) {
    $grantlink->write_daemon_config(settings => {content => {%quick, %content}});
    $grantlink->reload_daemon;
}

my $nike = connected('nike');
ok(eventually(sub { posts($nike) == 7 }), 'its posts are there');
ok(polled_again($nike) && polled_again($nike), 'and read again');
is_deeply([$host->asked], [], 'unless asked to, grantlinkd asks no media host');
is_deeply([grep { $_->{media_copy} } posts($nike)], [], 'there are no copies');
ok(!-e $host->directory, 'and no directory for them');
is($admin->get("/v1/connections/$nike/media?post=18010000000000107")->status, 404, 'none is handed out');

configure(media => {copy => \1});
ok(eventually(sub { copied($nike) == 7 }, 30), 'when asked to, it copies what is read from then on')
    or diag $grantlink->tail('daemon');

subtest 'a copy is what was there' => sub {
    for my $post (copied($nike)) {
        my $answer = $admin->get($post->{media_copy}{url});
        my $bytes  = $host->bytes(path_of($post));
        is($answer->status, 200, "$post->{id} is handed out");
        ok($answer->body eq $bytes, 'byte by byte');
        is($post->{media_copy}{bytes}, length $bytes, 'with its size');
        is($answer->header('content-type'), $post->{media_copy}{type}, 'and type');
        is($post->{media_copy}{type}, $post->{media_url} =~ /mp4/ ? 'video/mp4' : 'image/png', 'which is that of what it is');
    }
};

my ($first) = copied($nike);
my $copy = $first->{media_copy}{url};

subtest 'how it is handed out' => sub {
    my $answer = $admin->get($copy);
    is($answer->header('x-content-type-options'), 'nosniff', 'as nothing else than it is');
    is($answer->header('content-disposition'), 'inline; filename="media.png"', 'under a name that says nothing');
    is($answer->header('content-security-policy'), q{default-src 'none'; sandbox}, 'in no page of its own');
    like($answer->header('cache-control'), qr/\Aprivate/, 'for nobody else');
    is($answer->header('content-length'), 20000, 'with its length');
    my $tag = $answer->header('etag');
    my $whole = $answer->body;
    for my $case (['bytes=0-9', 0, 10], ['bytes=19990-', 19990, 10], ['bytes=-5', 19995, 5], ['bytes=100-99999', 100, 19900]) {
        my ($range, $from, $count) = @$case;
        my $part = $admin->request(GET => $copy, undef, Range => $range);
        is($part->status, 206, "$range is a part");
        ok($part->body eq substr($whole, $from, $count), 'the right one');
        is($part->header('content-range'), sprintf('bytes %d-%d/20000', $from, $from + $count - 1), 'which it says');
    }
    is($admin->request(GET => $copy, undef, Range => $_)->status, 200, "$_ is no such request") for 'bytes=5-1', 'lines=1-2', 'bytes=a-', 'bytes=0-1,5-9';
    is($admin->request(GET => $copy, undef, Range => 'bytes=20000-')->status, 416, 'behind the end there is nothing');
    is($admin->request(GET => $copy, undef, Range => 'bytes=0-9', 'If-Range' => '"other"')->status, 200, 'nor a part of something else');
    is($admin->request(GET => $copy, undef, Range => 'bytes=0-9', 'If-Range' => $tag)->status, 206, 'but of this');
    is($admin->get("/v1/connections/$nike/media?post=none")->status, 404, 'an unknown post has none');
    is($admin->get("/v1/connections/$nike/media")->status, 400, 'a post has to be named');
    is($admin->get("$copy&size=1")->status, 400, 'and nothing else');
    is($admin->post($copy)->status, 405, 'copies are read only');
};

subtest 'a large video' => sub {
    $host->behave('/film.mp4', size => 3_000_001, unsized => 1);
    is(sandbox(POST => (id => 'film', caption => 'A film', media_type => 'VIDEO')), 204, 'is published');
    my $url;
    ok(eventually(sub { my ($post) = grep { $_->{id} eq 'film' } copied($nike); $url = $post && $post->{media_copy}{url} }), 'and copied')
        or diag $grantlink->tail('daemon');
    my $bytes = $host->bytes('/film.mp4');
    is(sha256_hex($admin->get($url)->body), sha256_hex($bytes), 'as it is');
    ok($admin->request(GET => $url, undef, Range => 'bytes=2000000-2999999')->body eq substr($bytes, 2_000_000, 1_000_000), 'in parts, too');
    is(sandbox(DELETE => (id => 'film')), 204, 'it goes again');
    ok(eventually(sub { $admin->get($url)->status == 404 }), 'with its copy');
};

subtest 'nobody is told more than an address' => sub {
    my $token = $admin->get("/v1/connections/$nike/token")->json->{access_token};
    my @asked = $host->asked;
    is_deeply([grep { $_->{headers}{authorization} || $_->{headers}{cookie} || $_->{headers}{referer} } @asked], [], 'no credentials go to the media host');
    is_deeply([grep { index($_->{path}, $token) >= 0 } @asked], [], 'no token');
};

subtest 'at rest' => sub {
    ok(eventually(sub { $host->files == 7 }), 'there is a file for each');
    my @files = $host->files;
    is_deeply([grep { !/\A[0-9a-f]{32}\z/ } @files], [], 'with names that say nothing');
    is((stat $host->directory)[2] & 07777, 0700, 'for nobody else');
    is_deeply([map { sprintf '%o', (stat $host->directory . "/$_")[2] & 07777 } @files], [('600') x 7], 'each');
    for my $path (map({ $host->directory . "/$_" } @files), $grantlink->vault . '/data.mdb') {
        open my $file, '<:raw', $path or die "$path: $!\n";
        my $bytes = do { local $/; readline $file };
        is_deeply([grep { index($bytes, $_) >= 0 } 'in the clear', "\x89PNG", 'ftypisom', 'sandbox.invalid/1801'], [], 'nothing of it can be read');
    }
};

subtest 'feeds lead to the copy' => sub {
    my ($item) = @{$admin->get("/v1/connections/$nike/posts?format=jsonfeed")->json->{items}};
    is($item->{image}, "http://grantlink$copy", 'JSON Feed by image');
    is_deeply($item->{attachments}, [{url => "http://grantlink$copy", mime_type => 'image/png', size_in_bytes => 20000}], 'and attachment');
    is($item->{_grantlink}{media_url}, $first->{media_url}, 'the provider\'s address is there as well');
    my $atom = $admin->get("/v1/connections/$nike/posts?format=atom")->body;
    like($atom, qr{<link rel="enclosure" type="image/png" length="20000" href="http://grantlink\Q$copy\E"/>}, 'Atom');
    is(run_command(['xmllint', '--noout', '-'], input => $atom)->{exit}, 0, 'it is well-formed');
};

like($grantlink->cli('posts', $nike, '--json')->{out}, qr/"media_copy":\s*\{"url":/, 'grantlink posts --json shows it');
ok(eventually(sub { $admin->get('/metrics')->body =~ /^grantlink_media_bytes 140000$/m }), 'the metrics have the bytes of copies');
my $metrics = $admin->get('/metrics')->body;
like($metrics, qr/^grantlink_media_copies_total\{result="done"\} 8$/m, 'count copies');
like($metrics, qr/^grantlink_media_files 7$/m, 'and those that are kept');

subtest 'a restart' => sub {
    my @before = $host->asked;
    open my $orphan, '>', $host->directory . '/' . 'ab' x 16 or die;
    open my $unfinished, '>', $host->directory . '/' . 'cd' x 16 . '.part' or die;
    open my $foreign, '>', $host->directory . '/notes.txt' or die;
    utime 1_700_000_000, 1_700_000_000, $host->directory . '/' . 'ab' x 16;
    my $ran = $grantlink->cli('check');
    like($ran->{out}, qr/^media: (?:ab){16}: is of no post/m, 'a file of nobody is found by grantlink check');
    is($ran->{exit}, 1, 'which tells of it');
    $grantlink->restart_daemon;
    ok(eventually(sub { $host->files == 8 }), 'and removed by the next start');
    ok(-e $host->directory . '/notes.txt', 'but not what is somebody else\'s');
    unlink $host->directory . '/notes.txt';
    like($grantlink->cli('check')->{out}, qr/All is well.* 7 copies/, 'all is well');
    ok(polled_again($nike), 'posts are read again');
    is(scalar(() = $host->asked), scalar @before, 'what there is is not fetched again');
    ok($admin->get($copy)->body eq $host->bytes(path_of($first)), 'and it can be opened');
};

subtest 'copies and backups' => sub {
    my @config = ('--config', $grantlink->toml_path);
    my $backup = $grantlink->directory . '/state/copy';
    is($grantlink->cli('backup', $backup, @config)->{exit}, 0, 'a backup does not have them');
    my ($lost) = $host->files;
    rename $host->directory . "/$lost", $grantlink->directory . '/lost' or die;
    for my $how ([], \@config) {
        like($grantlink->cli('check', @$how)->{out}, qr/^media: \d+: the file of its copy, $lost, is not there$/m, 'check finds one that is missing');
    }
    my ($broken) = grep { $admin->get($_->{media_copy}{url})->status == 404 } copied($nike);
    ok($broken, 'which cannot be handed out');
    $grantlink->stop('daemon');
    my $ran = $grantlink->cli('restore', $backup, '--yes', @config);
    is($ran->{exit}, 0, 'a vault can be restored without it') or diag $ran->{err};
    $grantlink->start_daemon;
    ok(eventually(sub { copied($nike) == 7 && $host->files == 7 }, 30), 'and it is copied again');
    like($grantlink->cli('check')->{out}, qr/All is well/, 'all is well');
};

subtest 'a copy that was changed' => sub {
    my ($name) = $host->files;
    my $path = $host->directory . "/$name";
    open my $file, '+<:raw', $path or die;
    seek $file, 1000, 0;
    print $file 'changed';
    close $file;
    my @answers = map { $admin->get($_->{media_copy}{url}) } copied($nike);
    is(scalar(grep { length $_->body == 20000 } @answers), 6, 'is not handed out');
    $grantlink->log_has('daemon', qr/a sealed file was changed/, 'which the log says');
};

subtest 'what goes' => sub {
    is(sandbox(DELETE => (id => '18010000000000107')), 204, 'a post is deleted');
    ok(eventually(sub { $host->files == 6 }), 'so is its copy');
    is($admin->get($copy)->status, 404, 'which cannot be had any more');
    my $zoe = connected('zoe.und.soehne');
    ok(eventually(sub { copied($zoe) == 1 }), 'another account has a copy');
    is($admin->request(DELETE => "/v1/connections/$nike")->status, 200, 'a connection is removed');
    ok(eventually(sub { $host->files == 1 }), 'and all copies of its posts');
    configure(media => {copy => \1}, retention => '1d');
    ok(eventually(sub { $host->files == 0 }), 'posts that are too old take their copies with them');
    ok(eventually(sub { $admin->get('/metrics')->body =~ /^grantlink_media_bytes 0$/m }), 'nothing is left');
};

subtest 'a provider of its own' => sub {
    $grantlink->write_daemon_config(settings => {content => {%quick, media => {copy => \1}}}, providers => {instagram => $host->provider(copy_media => \0)});
    $grantlink->restart_daemon;
    my $before = () = $host->asked;
    my $adidas = connected('adidas');
    ok(eventually(sub { posts($adidas) == 3 }) && polled_again($adidas), 'its posts are there');
    is(scalar(() = $host->asked), $before, 'is not copied from when its settings say so');
    $grantlink->write_daemon_config(settings => {content => {%quick, media => {copy => \0}}}, providers => {instagram => $host->provider(copy_media => \1)});
    $grantlink->restart_daemon;
    ok(eventually(sub { copied($adidas) == 3 }), 'or is, alone');
};

$grantlink->finish;
done_testing;

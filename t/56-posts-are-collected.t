# What an account publishes is collected as soon as it is connected, and kept up to date.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use JSON::PP qw(decode_json);
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;

# The sandbox's posts are some months old.
my $quick     = {fastest => '1s', slowest => '1s', retention => '3660d'};
my $grantlink = Grantlink::Instance->running(settings => {content => $quick});
my $admin     = $grantlink->admin;

sub connected ($account) {
    my $asked   = request_connection($grantlink, account => "\@$account");
    my $browser = $grantlink->browser;
    is(wait_for_outcome($browser, approve($browser, $asked->{link}, $account)), 'connected', "$account is connected");
    return $asked->{id};
}

sub posts ($id, $query = '') { return $admin->get("/v1/connections/$id/posts$query")->json->{posts} }
sub has_posts ($id, $count)  { return eventually(sub { @{posts($id)} == $count }) }
sub sandbox ($method, %post) { return $grantlink->control_sandbox($method => 'posts', {user => 'nike', %post})->status }

my $pending = request_connection($grantlink, account => '@adidas');
is_deeply(posts($pending->{id}), [], 'a connection that waits has no posts');
my $nike = connected('nike');
ok(has_posts($nike, 7), 'one that is active has them at once');
my ($newest, @older) = @{posts($nike)};
is($newest->{text}, "Run your own race. \x{1f3c3}\x{200d}\x{2640}\x{fe0f}", 'with their words');
is($newest->{published_at}, '2026-10-30T16:05:00Z', 'the newest first');
like($newest->{url}, qr{\Ahttps://www\.instagram\.com/p/}, 'their pages');
like($newest->{media_url}, qr{\Ahttps://media\.sandbox\.invalid/}, 'and pictures, which stay where they are');
is_deeply([@$newest{qw(account provider connection)}], ['@nike', 'instagram', $nike], 'it says whose they are');
is_deeply([map { $_->{published_at} } @older], [reverse sort map { $_->{published_at} } @older], 'in the order of their times');
is($newest->{updated_at} // $newest->{deleted_at}, undef, 'and nothing happened to them');

# Pages
my @paged;
my $after = '';
for my $pages (1 .. 5) {
    my $page = $admin->get("/v1/connections/$nike/posts?limit=3$after")->json;
    push @paged, map { $_->{id} } @{$page->{posts}};
    last unless $page->{next};
    $after = "&after=$page->{next}";
}
is_deeply(\@paged, [map { $_->{id} } $newest, @older], 'pages follow each other');
for my $query ('limit=0', 'limit=201', 'after=x', 'format=rss', 'since=1') {
    is($admin->get("/v1/posts?$query")->status, 400, "$query is refused");
}

# What changes
is(sandbox(POST => (id => 'new', caption => 'Just out')), 204, 'the account publishes');
ok(has_posts($nike, 8), 'which is collected');
is(posts($nike)->[0]{text}, 'Just out', 'first in its place');
sandbox(POST => (id => 'new', caption => 'Just out, without a mistake'));
ok(eventually(sub { posts($nike)->[0]{text} =~ /without/ }), 'an edit is noticed');
ok(posts($nike)->[0]{updated_at}, 'with its time');
is(scalar @{posts($nike)}, 8, 'and is no other post');
is(sandbox(DELETE => (id => '18010000000000106')), 204, 'the account deletes a post');
my $gone;
ok(eventually(sub { ($gone) = grep { $_->{deleted_at} } @{posts($nike)}; $gone }), 'which is noticed');
is($gone->{id}, '18010000000000106', 'of the right one');
is($gone->{text} // $gone->{url} // $gone->{media_url}, undef, 'nothing of it is kept');
is(scalar(grep { $_->{deleted_at} } @{posts($nike)}), 1, 'the others stay');

# All connections
my $zoe = connected('zoe.und.soehne');
ok(has_posts($zoe, 1), 'a second account is collected');
my $all = $admin->get('/v1/posts?limit=100')->json->{posts};
is(scalar @$all, 9, 'there is a list of all');
is($all->[0]{connection}, $zoe, 'those seen last come first');
is_deeply([map { $_->{id} } grep { $_->{connection} eq $nike } @$all]->[0], 'new', 'by when they were seen');

# Formats
my $atom = $admin->request(GET => '/v1/posts', undef, Accept => 'application/atom+xml');
is($atom->header('content-type'), 'application/atom+xml', 'Atom is answered to whoever accepts it');
my $checked = run_command(['xmllint', '--noout', '-'], input => $atom->body);
is($checked->{exit}, 0, 'it is well-formed') or diag $checked->{err};
my $entries = () = $atom->body =~ /<entry>/g;
is($entries, 8, 'without the post that was deleted');
my $whole = '//*[local-name()="entry"][*[local-name()="id"] and *[local-name()="title"] and *[local-name()="updated"]'
    . ' and *[local-name()="author"]/*[local-name()="name"] and *[local-name()="content"]]';
is(run_command(['xmllint', '--xpath', "count($whole)", '-'], input => $atom->body)->{out} + 0, 8, 'each entry has what RFC 4287 wants');
like($atom->body, qr/&lt;b&gt;relative&lt;\/b&gt; &amp; personal/, 'mark-up in a post is text');
my $feed = $admin->get("/v1/connections/$nike/posts?format=jsonfeed&limit=2");
is($feed->header('content-type'), 'application/feed+json', 'JSON Feed to whoever asks for it');
is($feed->json->{version}, 'https://jsonfeed.org/version/1.1', 'in its version');
is($feed->json->{title}, '@nike at instagram', 'with a title');
my ($next) = $feed->json->{next_url} =~ m{\Ahttp://grantlink(/.+)\z};
my ($first, $second) = map { {map { $_->{id} => 1 } @{$_->{items}}} } $feed->json, $admin->get($next)->json;
ok(!(grep { $first->{$_} } keys %$second), 'whose next page goes on');

# The command
my $shown = $grantlink->cli('posts', '@nike');
is($shown->{exit}, 0, 'grantlink posts') or diag $shown->{err};
like($shown->{out}, qr/\@nike at instagram · .*\n  Just out, without a mistake\n  https:/, 'shows cards');
unlike($shown->{out}, qr/Behind the scenes, part 2/, 'and nothing that was deleted');
is(scalar @{decode_json($grantlink->cli('posts', $nike, '--limit', 2, '--json')->{out})->{posts}}, 2, '--limit and --json');
is(scalar @{decode_json($grantlink->cli('posts', '--json')->{out})->{posts}}, 9, 'without an ID all');

# What stays, and what goes
$grantlink->restart_daemon;
is(scalar @{posts($nike)}, 8, 'a restart loses nothing');
is(scalar(grep { $_->{deleted_at} } @{posts($nike)}), 1, 'and makes nothing new');
is($admin->request(DELETE => "/v1/connections/$nike")->status, 200, 'a connection is removed');
is_deeply(posts($nike), [], 'and its posts with it');
is(scalar @{$admin->get('/v1/posts')->json->{posts}}, 1, 'from the list of all, too');
is($admin->get('/v1/connections/0193a1b2-0000-7000-8000-000000000000/posts')->status, 404, 'no connection has no posts');
is($admin->post("/v1/connections/$zoe/posts")->status, 405, 'posts are read only');

# Retention, and switching it off
$grantlink->write_daemon_config(settings => {content => {%$quick, retention => '1d'}});
$grantlink->reload_daemon;
ok(has_posts($zoe, 0), 'posts that are too old for the retention go');
$grantlink->write_daemon_config(settings => {content => {%$quick, enabled => \0}});
$grantlink->restart_daemon;
my $off = connected('nike');
$grantlink->control_sandbox(DELETE => 'requests');
sleep 3;
my $counts = $grantlink->control_sandbox(GET => 'requests')->json->{counts};
is_deeply([grep { /media/ } keys %$counts], [], 'when collecting is switched off, no feed is asked for');
is_deeply(posts($off), [], 'and there are no posts');

$grantlink->finish;
done_testing;

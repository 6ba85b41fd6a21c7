# A daemon that is killed while it collects neither loses a post nor has one twice, and posts are in the
# vault, but not for whoever reads its file.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep);
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->running(
    settings => {content => {fastest => '1s', slowest => '1s', retention => '3660d'}});
my $admin = $grantlink->admin;

sub ids ($id) { return map { $_->{id} } @{$admin->get("/v1/connections/$id/posts")->json->{posts}} }

# Killed before the first answer came.
$grantlink->control_sandbox(POST => 'faults', {path => '/me/media', latency_ms => 60000});
my $asked   = request_connection($grantlink);
my $browser = $grantlink->browser;
is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'a connection is active');
ok(eventually(sub { $grantlink->control_sandbox(GET => 'requests')->json->{counts}{'/v23.0/me/media'} }), 'its feed is asked for');
$grantlink->kill('daemon');
$grantlink->control_sandbox(DELETE => 'faults');
$grantlink->start_daemon;
ok(eventually(sub { ids($asked->{id}) == 7 }), 'after a restart its posts are there');

# Killed at any moment.
my @published;
for my $number (1 .. 6) {
    push @published, "kill-$number";
    $grantlink->control_sandbox(POST => 'posts', {user => 'nike', id => $published[-1], caption => "Published before kill $number"});
    sleep 0.3 + rand 1.2;
    $grantlink->kill('daemon');
    $grantlink->start_daemon;
}
ok(eventually(sub { ids($asked->{id}) == 13 }), 'all that was published meanwhile is there');
my %times;
$times{$_}++ for ids($asked->{id}), map { $_->{id} } @{$admin->get('/v1/posts')->json->{posts}};
is_deeply([grep { $times{$_} != 2 } keys %times], [], 'once in each list');
is(scalar(grep { $times{$_} } @published), 6, 'and none is missing');

# At rest
$grantlink->stop('daemon');
open my $file, '<:raw', $grantlink->vault . '/data.mdb' or die "the vault: $!\n";
my $bytes = do { local $/; readline $file };
cmp_ok(length $bytes, '>', 10000, 'the vault\'s file');
is_deeply([grep { index($bytes, $_) >= 0 } 'Published before kill', 'Behind the scenes', 'www.instagram.com/p/'], [],
    'has no post that can be read');

$grantlink->finish;
done_testing;

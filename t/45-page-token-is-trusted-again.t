# Whether the token of a Facebook page works, only its posts tell: the list of pages is for people's tokens. So
# posts that can be read end the doubt that one refusal has left.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;

my %content   = (fastest => '1s', slowest => '1s', retention => '3660d');
my $grantlink = Grantlink::Instance->running(shape => 'facebook', settings => {content => \%content});
my $admin     = $grantlink->admin;

my $asked   = request_connection($grantlink, provider => 'facebook-page', account => 'nike');
my $browser = $grantlink->browser;
is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'a page is connected');
my $id = $asked->{id};
ok(eventually(sub { $admin->get("/v1/connections/$id/posts")->json->{collected_at} }), 'and collected');

$grantlink->control_sandbox(POST => 'faults', {path => '/126049000000000001/posts', status => 401});
ok(eventually(sub { $admin->connection($id)->{trouble} }), 'its posts are refused once');
is($admin->connection($id)->{status}, 'active', 'which breaks nothing');
ok(eventually(sub { !$admin->connection($id)->{trouble} }, 120), 'and is forgotten with the next poll, a minute later')
    or diag $grantlink->tail('sandbox');
is($admin->connection($id)->{status}, 'active', 'the connection is as it was');

$grantlink->finish;
done_testing;

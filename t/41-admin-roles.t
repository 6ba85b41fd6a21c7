# Who is at the other end of the admin socket decides what is allowed.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Background qw(in_background);
use POSIX ();

plan skip_all => 'only root can become somebody else' if $> != 0;

my %user = map { my @entry = getpwnam $_; @entry ? ($_ => \@entry) : () } qw(nobody www-data daemon games);
plan skip_all => 'needs the users nobody, www-data, daemon and games' if keys %user < 4;

my $grantlink = Grantlink::Instance->running(grants => [
    {role => 'viewer',   users  => ['nobody']},
    {role => 'operator', groups => ['games']},
    {role => 'token-reader', users => ['www-data']},
]);
my $asked = request_connection($grantlink);
my $id    = $asked->{id};

# The statuses of a few requests made as this user.
sub as ($name) {
    my (undef, undef, $uid, $gid) = @{$user{$name}};
    return in_background(sub {
        $) = "$gid $gid";
        POSIX::setgid($gid);
        POSIX::setuid($uid);
        die "still root\n" if $> == 0;
        my $admin = $grantlink->admin;
        my %got;
        for my $case (['health', 'GET', '/healthz'], ['metrics', 'GET', '/metrics'], ['list', 'GET', '/v1/connections'], ['show', 'GET', "/v1/connections/$id"],
            ['events', 'GET', "/v1/connections/$id/events"], ['posts', 'GET', '/v1/posts'],
            ['providers', 'GET', '/v1/providers'], ['link', 'GET', "/v1/connections/$id/link"],
            ['create', 'POST', '/v1/connections', '{"provider":"instagram"}'],
            ['token', 'GET', "/v1/connections/$id/token"], ['refresh', 'POST', "/v1/connections/$id/refresh", ''],
            ['trace', 'GET', "/v1/connections/$id/trace"], ['remove', 'DELETE', "/v1/connections/$id"],
            ['dead', 'GET', '/v1/notifications'], ['replay', 'POST', "/v1/notifications/$id/replay", ''],
            ['regenerate', 'POST', "/v1/connections/$id/regenerate", ''], ['cancel', 'POST', "/v1/connections/$id/cancel", '']) {
            my ($what, @request) = @$case;
            my $response = eval { $admin->request(@request) };
            $got{$what} = $response ? $response->status : 'no connection';
            $got{document} = $response->header('content-type') if $response && $response->status == 403;
        }
        return \%got;
    })->result;
}

my %viewer = (health => 200, metrics => 200, list => 200, show => 200, events => 200, providers => 200, posts => 200);
my %refused = (dead => 403, replay => 403, token => 403, refresh => 403, trace => 403, remove => 403,
    link => 403, create => 403, regenerate => 403, cancel => 403, document => 'application/problem+json');

is_deeply(as('nobody'), {%viewer, %refused}, 'a viewer sees connections, but no link, and changes nothing');

my $stranger = as('daemon');
is_deeply([grep { $stranger->{$_} !~ /\A(?:403|no connection)\z/ } qw(metrics list show events posts link dead replay token refresh trace remove create regenerate cancel)], [],
    'who has no role is refused everything');

my $reader = as('www-data');
is_deeply($reader, {%viewer, %refused, token => 409}, 'a token-reader may read tokens, were there one, and is no operator');

is($grantlink->admin->connection($id)->{status}, 'pending', 'none of them changed anything');
is($grantlink->admin->get("/v1/connections/$id/link")->json->{generation}, 1, 'nor the link');

is_deeply(as('games'), {%viewer, dead => 200, replay => 404, token => 403, refresh => 409, trace => 404, link => 200, create => 201, regenerate => 409, cancel => 200,
    remove => 200, document => 'application/problem+json'},
    'an operator, by group, may do all that');
is($grantlink->admin->connection($id)->{status}, 'revoked', 'and did');

$grantlink->finish;
done_testing;

# The sandbox in the shape of each of its providers: the shipped preset leads from the button to an active
# connection, its posts, refreshes, a broken connection when the grant is gone, and a token that is given back.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Build;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Preset qw(described_presets);

# By preset: its shape, the account as one asks for it, what the provider calls it, and what there is.
my @presets = (
    {preset => 'instagram', shape => 'instagram', handle => 'nike', id => '17841400000000001',
        scopes => ['instagram_business_basic'], refresh => 1, posts => 'https://www.instagram.com/p/18010000000000101/'},
    {preset => 'facebook', shape => 'facebook', handle => 'Nike', id => '26049000000000001',
        revoke => 1, posts => 'https://www.facebook.com/26049000000000001/posts/18010000000000101'},
    {preset => 'facebook-page', shape => 'facebook', handle => 'nike', id => '126049000000000001',
        posts => 'https://www.facebook.com/26049000000000001/posts/18010000000000101'},
    {preset => 'tiktok', shape => 'tiktok', handle => 'nike', id => '-00026049000000000001',
        scopes => [qw(user.info.basic user.info.profile video.list)], refresh => 1, revoke => 1, posts => 'https://www.tiktok.com/@nike/video/18010000000000101'},
    {preset => 'slack', shape => 'slack', handle => 'nike', id => 'U26049000000000001', scopes => ['users:read'], refresh => 1, revoke => 1},
    {preset => 'github', shape => 'github', handle => 'nike', id => '17841400000000001', refresh => 1, revoke => 1,
        posts => 'https://github.com/nike/sandbox/issues/18010000000000101'},
    {preset => 'x', shape => 'x', handle => 'nike', id => '17841400000000001', scopes => [qw(users.read tweet.read offline.access)],
        refresh => 1, revoke => 1, posts => ''},
    {preset => 'github', shape => 'github', sandbox => ['--lasting-tokens'], handle => 'nike', id => '17841400000000001', scopes => ['read:user'],
        revoke => 1, posts => 'https://github.com/nike/sandbox/issues/18010000000000101'},
    {preset => 'slack', shape => 'slack', sandbox => ['--lasting-tokens'], handle => 'nike', id => 'U26049000000000001', scopes => ['users:read'], revoke => 1},
    {preset => 'notion', shape => 'notion', handle => 'nike@example.com', id => 'b0000000-0000-0001-7841-400000000001',
        wrong => 'adidas@example.com', refresh => 1, revoke => 1},
);
my $directory = "$Grantlink::Build::repository/conf.d/providers";
is(scalar described_presets(map { "$directory/$_->{preset}.toml" } @presets), @presets, 'each preset loads and lints');

my %content = (fastest => '1s', slowest => '1s', retention => '3660d');    # the sandbox's posts are some months old

sub decided ($grantlink, $link, $account, $decide) {
    my $browser  = $grantlink->browser;
    my $callback = $decide->($browser, press($browser, $link), $account);
    my $status   = come_back($browser, $callback)->location;
    return (wait_for_outcome($browser, $status), $browser->get($status)->text);
}

sub connected ($grantlink, $expected) {
    my $asked = request_connection($grantlink, provider => $expected->{preset}, account => $expected->{handle});
    my ($outcome, $page) = decided($grantlink, $asked->{link}, 'nike', \&approve_at_provider);
    is($outcome, 'connected', 'connected') or diag $page;
    return $asked->{id};
}

sub tokens ($grantlink, $user) {
    return grep { $_->{user} eq $user } @{$grantlink->control_sandbox(GET => 'tokens')->json->{tokens}};
}

sub refused_outcomes ($grantlink, $expected) {
    my $asked = request_connection($grantlink, provider => $expected->{preset}, account => $expected->{handle});
    is((decided($grantlink, $asked->{link}, 'nike', \&decline_at_provider))[0], 'declined', 'somebody says no');
    is((decided($grantlink, $asked->{link}, 'adidas', \&approve_at_provider))[0], 'wrong_account', 'somebody else says yes');
    is(scalar tokens($grantlink, 'adidas'), 0, 'and gets the tokens back at once') if $expected->{revoke};
}

# More than one page of them, at every provider.
sub collects_posts ($grantlink, $expected, $id) {
    my $admin = $grantlink->admin;
    my $posts;
    my $came = eventually(sub { $posts = $admin->get("/v1/connections/$id/posts?limit=200")->json->{posts}; @$posts == 107 }, 60);
    ok($came, 'all its posts are collected') or diag scalar(@$posts) . ' posts; ' . ($admin->connection($id)->{trouble} // '');
    my ($oldest) = grep { $_->{published_at} eq '2026-08-01T12:00:00Z' } @$posts;
    ok($oldest, 'the oldest one with its time');
    is($oldest->{url} // '', $expected->{posts}, 'and its page');
}

sub refreshes ($grantlink, $expected, $id) {
    my $admin = $grantlink->admin;
    my $before = $admin->get("/v1/connections/$id/token")->json->{access_token};
    $grantlink->control_sandbox(POST => 'settings', {refresh_min_age => 0});
    my $wanted = $expected->{refresh} ? 200 : 409;
    is($admin->post("/v1/connections/$id/refresh")->status, $wanted, $expected->{refresh} ? 'refreshed' : 'there is no refresh') for 1, 2;
    isnt($admin->get("/v1/connections/$id/token")->json->{access_token}, $before, 'another token is vended') if $expected->{refresh};
}

sub breaks ($grantlink, $expected, $id) {
    my $admin = $grantlink->admin;
    $grantlink->control_sandbox(POST => 'tokens/expire', {user => 'nike'});
    is($admin->post("/v1/connections/$id/refresh")->status, 409, 'the provider refuses its refresh') if $expected->{refresh};
    my $broken = wait_for_status($grantlink, $id, 'broken', 60);
    is($broken->{status}, 'broken', 'a connection whose grant is gone is broken') or diag $broken->{trouble};
    return diag $grantlink->tail('sandbox') if $broken->{status} ne 'broken';
    my $link = $admin->get("/v1/connections/$id/link")->json->{link};
    is((decided($grantlink, $link, 'nike', \&approve_at_provider))[0], 'connected', 'until somebody approves anew');
}

sub is_removed ($grantlink, $expected, $id) {
    is($grantlink->admin->request(DELETE => "/v1/connections/$id")->status, 200, 'removed');
    return unless $expected->{revoke};
    ok(eventually(sub { !tokens($grantlink, 'nike') }), 'and the provider has its tokens back')
        or diag $grantlink->tail('daemon');
}

for my $expected (@presets) {
    subtest join(' ', $expected->{preset}, @{$expected->{sandbox} // []}) => sub {
        my $grantlink = Grantlink::Instance->running(shape => $expected->{shape}, sandbox => $expected->{sandbox}, settings => {content => \%content});
        for my $hour (0 .. 99) {    # no two at the same time, which TikTok's pages are counted by
            my $timestamp = sprintf '2026-11-%02dT%02d:00:00+0000', 1 + $hour / 24, $hour % 24;
            $grantlink->control_sandbox(POST => 'posts', {user => 'nike', id => "18020000000000" . (100 + $hour), caption => "Number $hour", timestamp => $timestamp});
        }
        my $id  = connected($grantlink, $expected);
        my $now = $grantlink->admin->connection($id);
        is($now->{approved_account}{handle}, $expected->{handle}, 'the handle');
        is($now->{approved_account}{id}, $expected->{id}, 'the id, digit for digit');
        is_deeply($now->{token}{scopes}, $expected->{scopes} // [], 'the scopes');
        collects_posts($grantlink, $expected, $id) if defined $expected->{posts};
        refreshes($grantlink, $expected, $id);
        refused_outcomes($grantlink, $expected);
        breaks($grantlink, $expected, $id) if $expected->{refresh} || defined $expected->{posts};    # else it is looked at once a day
        is_removed($grantlink, $expected, $id);
        $grantlink->finish;
    };
}

done_testing;

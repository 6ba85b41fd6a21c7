# The whole story: a link is sent, the recipient approves, the requester has the account.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(query_of resolve_url split_url);

my $uuid = qr/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;

# Instagram's token endpoint answers in two shapes: as documented, and as seen.
for my $shape (qw(wrapped flat)) {
    subtest "the token endpoint answers $shape" => sub {
        my $grantlink = Grantlink::Instance->running(tap => 1, sandbox => ['--token-shape', $shape]);
        my $browser   = $grantlink->browser;

        my $asked = request_connection($grantlink);
        is($asked->{status}, 'pending', 'the connection is pending at once');
        like($asked->{id}, qr/\A$uuid\z/, 'its id is a UUIDv7');
        like($asked->{link}, qr{\A\Q@{[$grantlink->public_url]}\E/approve/[A-Za-z0-9_-]{32}\z},
            'the link is a URL of the public origin with a 32-character token');

        my $page = open_page($browser, $asked->{link});
        is($page->page, 'ready', 'the link opens the page with the button');
        like($page->text, qr/\@nike\b/,        'the page names the account');
        like($page->text, qr/Example Agency/,  'the page names who asks');
        like($page->text, qr/Instagram/,       'the page names the provider');

        my $authorize = press($browser, $asked->{link});
        is(split_url($authorize)->{path}, '/oauth/authorize', 'the button leads to the provider');
        my $query = query_of($authorize);
        is($query->{client_id}, 'sandbox-app', 'with the client id');
        is($query->{response_type}, 'code', 'with response_type=code');
        is($query->{redirect_uri}, $grantlink->public_url . '/callback/instagram',
            'with the one redirect URI of this provider');
        like($query->{scope}, qr/\binstagram_business_basic\b/, 'with the scopes of the preset');
        like($query->{state}, qr/\A[A-Za-z0-9_-]{72}\z/, 'with a state');

        my $callback = approve_at_provider($browser, $authorize, 'nike');
        like($callback, qr/#_\z/, 'the sandbox adds #_ as Instagram does');

        my $back = come_back($browser, $callback);
        like($back->location, qr{\A\Q@{[$grantlink->public_url]}\E/approve/attempts/$uuid\z},
            'the callback answers 303 to a URL without code and state');
        my $status_url = $back->location;
        is(wait_for_outcome($browser, $status_url), 'connected', 'the outcome is connected');
        my $end = $browser->get($status_url);
        is($end->page, 'connected', 'the page says connected');
        like($end->text, qr/\@nike\b/, 'and to which account');

        my $now = $grantlink->admin->connection($asked->{id});
        is($now->{status}, 'active', 'the connection is active');
        is($now->{last_outcome}, 'connected', 'its last outcome is connected');
        is($now->{approved_account}{handle}, 'nike', 'the approved account is known by its handle');
        like($now->{approved_account}{id}, qr/\A\d{15,}\z/, 'and by its id, which fits no double');
        like($now->{token}{expires_at}, qr/\A\d{4}-\d\d-\d\dT[\d:.]+Z\z/, 'the token has an expiry');
        my @later = gmtime(time + 59 * 86400);
        cmp_ok($now->{token}{expires_at}, 'gt', sprintf('%04d-%02d-%02d', $later[5] + 1900, $later[4] + 1, $later[3]),
            'of some 60 days: it is the long-lived one');
        ok(@{$now->{token}{scopes}} > 0, 'its scopes are known');

        my ($mail, @more) = $grantlink->mailbox->wait_for(1);
        is(scalar @more, 0, 'one mail came');
        is($mail->{headers}{to}, 'me@example.com', 'to the address of the request');
        like($mail->{headers}{subject}, qr/Instagram/, 'its subject names the provider');
        like($mail->{text}, qr/\@nike\b/, 'its text names the account');
        like($mail->{text}, qr/\Q$asked->{id}\E/, 'and the connection');
        like($mail->{html}, qr/\@nike\b/, 'there is an HTML part');
        unlike($mail->{raw}, qr{/approve/}, 'no link is in it');

        is($browser->get($asked->{link})->page, 'already_connected', 'the link says that all is done');

        is(scalar $grantlink->tap->requests('/oauth/access_token'), 1, 'one code was exchanged');
        $grantlink->stop('daemon');
        my @tokens = map { $_->{response} =~ /"access_token"\s*:\s*"([^"]+)"/g } $grantlink->tap->exchanges;
        is(scalar @tokens, 2, 'the provider issued a short-lived and a long-lived token');
        open my $file, '<:raw', $grantlink->vault . '/data.mdb' or die "the vault: $!";
        my $vault = do { local $/; readline $file };
        is(index($vault, $_), -1, 'the vault does not hold the token in clear') for @tokens;
        is((stat $grantlink->vault)[2] & 077, 0, 'and nobody else can open the vault');
        $grantlink->finish;
    };
}

done_testing;

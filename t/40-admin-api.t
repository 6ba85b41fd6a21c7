# The admin API: what it answers, and how it refuses.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Response;
use IO::Socket::UNIX;
use utf8;

my $grantlink = Grantlink::Instance->running(settings => {brands => {acme => {name => 'Acme'}, zeta => {name => 'Zeta'}}});
my $admin     = $grantlink->admin;
my $time      = qr/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z\z/;

# A problem document (RFC 9457) with this status; answers it.
sub problem ($response, $status, $name, $field = undef) {
    my $json;
    subtest $name => sub {
        is($response->status, $status, "status $status");
        is($response->header('content-type'), 'application/problem+json', 'a problem document');
        $json = eval { $response->json } // {};
        is($json->{status}, $status, 'which repeats the status');
        ok(length($json->{$_} // ''), "with $_") for qw(type title detail);
        is($json->{field}, $field, 'and names the field') if defined $field;
    } or diag $response->raw;
    return $json;
}

subtest 'create' => sub {
    my $created = $admin->post('/v1/connections', {provider => 'instagram', account => '@nike', notify => 'me@example.com'});
    is($created->status, 201, '201 Created');
    is($created->header('content-type'), 'application/json', 'JSON');
    my $connection = $created->json;
    is($created->header('location'), "/v1/connections/$connection->{id}", 'Location');
    my %expected = (provider => 'instagram', account => '@nike', status => 'pending', requester => 'Example Agency',
        notify => 'me@example.com', brand => undef, language => undef, generation => 1, approved_account => undef, token => undef,
        last_outcome => undef, last_outcome_at => undef);
    is_deeply($connection->{$_}, $expected{$_}, $_) for sort keys %expected;
    like($connection->{$_}, $time, "$_ is RFC 3339 in UTC") for qw(created_at updated_at link_expires_at);
    my $shown = $admin->connection($connection->{id});
    delete $connection->{link};
    is_deeply($shown, $connection, 'show answers the same, without the link');

    my $custom = $admin->post('/v1/connections', {provider => 'instagram', requester => 'Zoë & Co', link_lifetime => '1h',
        brand => 'acme', language => 'zh-Hant-TW'})->json;
    is($custom->{requester}, 'Zoë & Co', 'a requester of its own');
    is($custom->{brand}, 'acme', 'a brand');
    is($custom->{language}, 'zh-Hant-TW', 'a language');
    is_deeply([@{$admin->connection($custom->{id})}{qw(brand language)}], ['acme', 'zh-Hant-TW'], 'both are kept');
    my $empty = $admin->post('/v1/connections', {provider => 'instagram', brand => '', language => undef})->json;
    is_deeply([@$empty{qw(brand language)}], [undef, undef], 'empty and null count as left out');
    is($custom->{account}, undef, 'no account');
    is($custom->{notify}, undef, 'nobody to notify');
    is($grantlink->mailbox->count, 0, 'no mail');
};

subtest 'create refuses' => sub {
    my %good  = (provider => 'instagram', account => '@nike');
    my @wrong = (
        ['no provider',                 {account => '@nike'}, 'provider'],
        ['an unknown provider',         {%good, provider => 'myspace'}, 'provider'],
        ['a provider that is a number', {%good, provider => 5}, 'provider'],
        ['an address that is none',     {%good, notify => 'nobody'}, 'notify'],
        ['an address with a line break', {%good, notify => "a\@b.example\r\nBcc: c\@d.example"}, 'notify'],
        ['two addresses',               {%good, notify => 'a@b.example, c@d.example'}, 'notify'],
        ['an account with a line break', {%good, account => "\@ni\nke"}, 'account'],
        ['an account that is a list',   {%good, account => ['@nike']}, 'account'],
        ['an account without end',      {%good, account => '@' . 'n' x 5000}, 'account'],
        ['a requester without end',     {%good, requester => 'r' x 5000}, 'requester'],
        ['a requester with a NUL',      {%good, requester => "a\0b"}, 'requester'],
        ['a brand that is not known',   {%good, brand => 'myspace'}, 'brand'],
        ['a brand that is a list',      {%good, brand => ['acme']}, 'brand'],
        ['a language in words',         {%good, language => 'German'}, 'language'],
        ['a language with an underscore', {%good, language => 'pt_BR'}, 'language'],
        ['a language of one letter',    {%good, language => 'd'}, 'language'],
        ['a language without end',      {%good, language => 'de-' . join '-', ('abcdefgh') x 4}, 'language'],
        ['a language that is a number', {%good, language => 49}, 'language'],
        ['a lifetime without unit',     {%good, link_lifetime => '14'}, 'link_lifetime'],
        ['a lifetime of nothing',       {%good, link_lifetime => '0s'}, 'link_lifetime'],
        ['a field that is not known',   {%good, acount => '@nike'}, 'acount'],
    );
    for my $case (@wrong) {
        my $response = $admin->post('/v1/connections', $case->[1]);
        my $status   = $response->status == 422 ? 422 : 400;
        problem($response, $status, $case->[0], $case->[2]);
    }
    like($admin->post('/v1/connections', {%good, brand => 'myspace'})->json->{detail}, qr/known are acme, zeta/, 'known brands are named');
    problem($admin->request(POST => '/v1/connections', $_->[1]), 400, $_->[0]) for (
        ['JSON that is cut off', '{"provider":"insta'], ['no JSON', 'provider=instagram'], ['nothing', ''],
        ['a list', '[]'], ['a string', '"x"'], ['broken UTF-8', qq({"provider":"insta\xff"})],
        ['JSON nested without end', '[' x 20_000],
    );
    my $form = $admin->request(POST => '/v1/connections', '{}', 'Content-Type' => 'application/x-www-form-urlencoded');
    problem($form, 415, 'a body that does not say it is JSON');
    my $large = $admin->request(POST => '/v1/connections', '{"provider":"' . 'x' x 100_000 . '"}');
    is($large->status, 413, 'a body that is too large: 413');
};

subtest 'list, filter, page' => sub {
    my @ids;
    for my $number (1 .. 7) {
        my $connection = request_connection($grantlink, account => $number % 2 ? '@odd' : '@even');
        push @ids, $connection->{id};
    }
    $admin->post("/v1/connections/$ids[0]/cancel");

    my $odd = $admin->get('/v1/connections?account=%40odd')->json;
    is_deeply([map { $_->{id} } @{$odd->{connections}}], [reverse @ids[0, 2, 4, 6]], 'by account, newest first');
    is($odd->{next}, undef, 'and that is all');
    ok(!grep({ exists $_->{link} } @{$odd->{connections}}), 'a list shows no links');
    my $open = $admin->get('/v1/connections?account=%40odd&status=pending')->json;
    is(scalar @{$open->{connections}}, 3, 'by account and status');
    is(scalar @{$admin->get('/v1/connections?status=revoked')->json->{connections}}, 1, 'by status');
    is(scalar @{$admin->get('/v1/connections?provider=instagram')->json->{connections}}, 10, 'by provider');
    is(scalar @{$admin->get('/v1/connections?provider=other')->json->{connections}}, 0, 'by another provider');

    my (@paged, $after);
    for (1 .. 10) {
        my $page = $admin->get('/v1/connections?limit=2' . (defined $after ? "&after=$after" : ''))->json;
        cmp_ok(scalar @{$page->{connections}}, '<=', 2, 'a page of two');
        push @paged, map { $_->{id} } @{$page->{connections}};
        last unless defined($after = $page->{next});
    }
    is_deeply(\@paged, [map { $_->{id} } @{$admin->get('/v1/connections?limit=100')->json->{connections}}],
        'all pages together are the list');
    problem($admin->get("/v1/connections?$_"), 400, "refused: $_")
        for 'limit=0', 'limit=x', 'limit=-1', 'after=x', 'status=odd', 'colour=red', 'status=pending,odd', 'attention=1', 'words=' . 'x' x 201;

    my $found = sub ($query) { return [map { $_->{id} } @{$admin->get("/v1/connections?$query")->json->{connections}}] };
    is(scalar @{$found->('status=pending,revoked&limit=100')}, 10, 'by several statuses');
    is_deeply($found->('status=pending,revoked&words=ODD+instagram'), [reverse @ids[0, 2, 4, 6]], 'by words, in capitals or not');
    is_deeply($found->("words=$ids[3]"), [$ids[3]], 'of which one may be the id');
    is_deeply($found->('words=odd+even'), [], 'all have to be there');
    my $zoe = request_connection($grantlink, account => "\@\x{e5}ngstr\x{f6}m", requester => "\x{141}\x{f3}d\x{17a}, \x{41c}\x{43e}\x{441}\x{43a}\x{432}\x{430}");
    is_deeply($found->("words=$_"), [$zoe->{id}], "$_ is found without its marks") for "ANGSTROM", "%C3%A5ngstr%C3%B6m", 'lodz', '%D0%BC%D0%BE%D1%81%D0%BA%D0%B2%D0%B0';
    my $first = $admin->get('/v1/connections?words=odd&limit=3')->json;
    is($first->{next}, $ids[2], 'a page of what was found');
    is_deeply($found->("words=odd&after=$first->{next}"), [$ids[0]], 'and the next one');
    is($admin->get('/v1/connections?words=odd&limit=4')->json->{next}, undef, 'the last says so');
    my $late = request_connection($grantlink, link_lifetime => '1s');
    ok(eventually(sub { "@{$found->('attention=true')}" eq $late->{id} }), 'a link that has expired needs attention');
    my $overview = $admin->get('/v1/overview')->json;
    is_deeply([@$overview{qw(connections pending active broken revoked attention providers)}], [12, 11, 0, 0, 1, 1, ['instagram']], 'the overview counts');
    is_deeply([map { $_->{id} } @{$overview->{attention_newest}}], [$late->{id}], 'and shows what needs attention');
    is_deeply($overview->{funnel}, {requested => 11, opened => 0, approved => 0, active => 0}, 'as far as they have come');
    $admin->post("/v1/connections/$_->{id}/cancel") for $zoe, $late;
};

subtest 'link, regenerate, cancel' => sub {
    my $asked = request_connection($grantlink);
    my $path  = "/v1/connections/$asked->{id}";
    my $link  = $admin->get("$path/link")->json;
    is($link->{link}, $asked->{link}, 'the link can be shown again');
    is($link->{generation}, 1, 'with its generation');
    is($link->{expires_at}, $asked->{link_expires_at}, 'and expiry');
    is($admin->get("$path/link")->header('cache-control'), 'no-store', 'and is not to be kept');
    my $new = $admin->post("$path/regenerate")->json;
    is($new->{generation}, 2, 'regenerate raises the generation');
    isnt($new->{link}, $asked->{link}, 'and gives another link');
    is($admin->get("$path/link")->json->{link}, $new->{link}, 'which is shown from then on');
    is($admin->post("$path/cancel")->json->{status}, 'revoked', 'cancel revokes');
    problem($admin->post("$path/regenerate"), 409, 'regenerating what was cancelled');
    problem($admin->get("$path/link"), 409, 'the link of what was cancelled');
};

subtest 'addresses' => sub {
    my $unknown = '0190a0b0-c0d0-7000-8000-000000000000';
    problem($admin->get("/v1/connections/$unknown"), 404, 'an unknown id');
    problem($admin->get("/v1/connections/$unknown/link"), 404, 'its link');
    problem($admin->post("/v1/connections/$unknown/$_"), 404, "its $_") for qw(regenerate cancel);
    problem($admin->get("/v1/connections/$_"), 404, "an id that is none: $_") for 'x', '..', $unknown . '0', uc $unknown . 'x';
    problem($admin->get('/v1/nothing'), 404, 'another path');
    problem($admin->get('/'), 404, 'the root');
    for my $case (['DELETE', '/v1/connections'], ['PUT', '/healthz'], ['POST', '/v1/providers']) {
        my $response = $admin->request(@$case, '{}');
        problem($response, 405, "$case->[0] $case->[1]");
        ok(length($response->header('allow') // ''), 'with Allow');
    }
    cmp_ok($admin->send_raw("GARBAGE\r\n\r\n")->status, '<=', 400, 'garbage is no request');
    is($admin->answers, 1, 'and the daemon is well');
};

subtest 'providers and health' => sub {
    my $providers = $admin->get('/v1/providers')->json->{providers};
    is_deeply($providers, [{id => 'instagram', name => 'Instagram', redirect_uri => $grantlink->public_url . '/callback/instagram', collected => JSON::PP::true}],
        'providers with their redirect URI');
    my $health = $admin->get('/healthz')->json;
    is($health->{status}, 'ok', 'healthy');
    ok(length $health->{version}, 'with a version');
    cmp_ok($health->{connections}{pending}, '>', 5, 'counts of connections');
    is($health->{spool}{approvals}, 0, 'an empty spool');
    is($health->{outbox}{waiting}, 0, 'and outbox');
};

subtest 'many at once' => sub {
    my @sockets = map { IO::Socket::UNIX->new(Peer => $grantlink->socket) or die $! } 1 .. 50;
    print {$_} "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" for @sockets;
    $_->flush for @sockets;
    my @answers = map { Grantlink::Response->read_from($_)->status } @sockets;
    is_deeply(\@answers, [(200) x 50], 'fifty connections are served');
    print {$sockets[0]} "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    $sockets[0]->flush;
    is(Grantlink::Response->read_from($sockets[0])->status, 200, 'and kept open for more');
};

$grantlink->finish;
done_testing;

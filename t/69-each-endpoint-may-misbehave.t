# What t/69-provider-is-hostile.t shows of token endpoints, of every other one: metadata, keys, pushed
# requests, upgrade, identity, refresh, revocation and feed. Each costs a bounded time and memory, holds up nobody
# else, and ends in a clear outcome.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Background qw(in_background);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Memory qw(peak_of_memory);
use Grantlink::Toml qw(to_toml write_file);

my $grantlink = Grantlink::Instance->new(settings => {content => {fastest => '1s', slowest => '1s'}});
my $presets   = $grantlink->directory . '/presets';
mkdir $presets;
my $liar = $grantlink->start_liar;

# What is said of each, as far as it is the transport's.
my $no_json = qr/(?:did not|without|no) /;
my %says = (
    endless                 => qr/larger than \d+ bytes/,
    'gzip-bomb'             => qr/larger than \d+ bytes/,
    deep                    => qr/$no_json|larger than/,
    'duplicate-keys'        => $no_json,
    'number-beyond-64-bits' => $no_json,
    'cut-off'               => qr/127\.0\.0\.1:\d+: \w/,
    reset                   => qr/127\.0\.0\.1:\d+: \w/,
    'redirect-loop'         => qr/status 307/,
    'redirect-elsewhere'    => qr/status 307/,
    'redirect-to-file'      => qr/status 302/,
    'huge-header'           => qr/header of the answer is too large/,
    html                    => $no_json,
    'busy-for-hours'        => qr/status 503/,
);
my %never  = (drip => qr/Timeout/i, silent => qr/Timeout/i);    # for ever
my @passes = ('other-content-type');
my @repeated = ('drip-once', 'busy', 'busy-until');             # where there are more

my @unread = qw(deep duplicate-keys number-beyond-64-bits html);    # where the status says all

# Of each endpoint: what in a preset leads to it, and what of all that is tried there.
my %endpoints = (
    jwks     => {table => 'id_token', key => 'jwks_url', fails => {%says, %never}, passes => [@passes, @repeated]},
    upgrade  => {table => 'upgrade', fails => {%never, 'busy-for-hours' => qr/status 503/}, passes => [@passes, @repeated]},
    userinfo => {table => 'identity', fails => {%says, %never}, passes => [@passes, @repeated]},
    par      => {table => 'par', fails => {%says, %never, busy => qr/status 503/}, passes => [@passes]},
    refresh  => {table => 'refresh', fails => {%says, %never, busy => qr/status 503/}, passes => [@passes]},
    revoke   => {table => 'revoke', fails => {%says, %never}, passes => [@passes, @unread]},
    feed     => {table => 'feed', fails => {%says, %never}, passes => [@passes]},
);
delete @{$endpoints{revoke}{fails}}{@unread};

sub preset ($name, $endpoint, $how) {
    my $jwks   = $endpoint->{table} eq 'id_token';
    my %preset = (
        authorize => {url => "$liar/authorize", $jwks ? (scopes => ['openid'], nonce => \1, issuer => $liar) : ()},
        token     => {url => "$liar/token"},
        identity  => {$jwks ? (from => 'id_token') : (url => "$liar/userinfo"), id => ['/sub'], handle => ['/preferred_username']},
    );
    $preset{$endpoint->{table}}{$endpoint->{key} // 'url'} = "$liar/hostile/$how/$name";
    $preset{feed}{items} = '/data' if $preset{feed};
    write_file("$presets/$name-$how.toml", to_toml(\%preset));
}

my %client = (client_id => 'lied-to', client_secret => $grantlink->{client_secret}, trusted_origins => [$liar]);
my %providers;
for my $name (keys %endpoints) {
    for my $how (keys %{$endpoints{$name}{fails}}, @{$endpoints{$name}{passes}}) {
        preset($name, $endpoints{$name}, $how);
        $providers{"$name-$how"} = {%client};
    }
}
my $found = to_toml({
    discovery => \1, authorize => {issuer => $liar}, token => {}, identity => {id => ['/sub'], handle => ['/preferred_username']},
});
write_file("$presets/found.toml", $found);
my @metadata_fails = sort keys %says, keys %never;
my %by_metadata = map { ("metadata-$_" => {preset => 'found', issuer => "$liar/hostile/$_", %client}) } @metadata_fails, @passes, @repeated;

$grantlink->write_daemon_config(
    settings  => {providers_dir => $presets},
    providers => {instagram => {preset => 'userinfo-other-content-type', %client}, %providers},
);
$grantlink->start;
my $admin = $grantlink->admin;

sub peak () { return peak_of_memory($grantlink->process('daemon')->pid) }
my $before = peak();

# All at once: one that is slow holds up nobody.
my $browser = $grantlink->browser;
sub begun ($provider, $account = '@nike') {
    my $asked  = request_connection($grantlink, provider => $provider, account => $account);
    my $person = $grantlink->browser;
    return ($asked, $person, come_back($person, $person->get(press($person, $asked->{link}))->location)->location);
}

my %case;    # "jwks-drip" → {asked, person, status, pressed}
for my $name (sort keys %endpoints) {
    my ($fails, $passes) = @{$endpoints{$name}}{qw(fails passes)};
    for my $how (sort(keys %$fails), @$passes) {
        my $case = $case{"$name-$how"} = {};
        if ($name eq 'par') {
            my $asked = request_connection($grantlink, provider => "$name-$how");
            $case->{pressed} = in_background(sub { my $page = $grantlink->browser->post($asked->{link}); [$page->status, $page->page] });
        } else {
            @$case{qw(asked person status)} = begun("$name-$how", $name eq 'revoke' ? '@adidas' : '@nike');
        }
    }
}
$grantlink->write_daemon_config(providers => \%by_metadata);
$grantlink->reload_daemon;

sub outcome ($name, $how) { return wait_for_outcome($browser, $case{"$name-$how"}{status}, 90) }

subtest refresh => sub {
    my ($fails, $passes) = @{$endpoints{refresh}}{qw(fails passes)};
    for my $how (sort(keys %$fails), @$passes) {
        is(outcome(refresh => $how), 'connected', "$how: is connected") or next;
        my $id = $case{"refresh-$how"}{asked}{id};
        $case{"refresh-$how"}{refreshed} = in_background(sub { my $said = $admin->post("/v1/connections/$id/refresh"); [$said->status, $said->json->{detail} // ''] });
    }
    for my $how (sort(keys %$fails), @$passes) {
        my $answer = $case{"refresh-$how"}{refreshed} or next;
        my ($status, $detail) = @{$answer->result};
        is($status, $fails->{$how} ? 503 : 200, "$how: $status");
        like($detail, $fails->{$how}, "$how: and it says why") if $fails->{$how};
        my $token = $admin->get("/v1/connections/" . $case{"refresh-$how"}{asked}{id} . '/token');
        is($token->status, 200, "$how: there is a token as before, or a new one");
    }
};

# A recipient waits for these, so none is waited for as often as it might be asked.
for my $name (qw(jwks upgrade userinfo)) {
    subtest $name => sub {
        my ($fails, $passes) = @{$endpoints{$name}}{qw(fails passes)};
        is(wait_for_outcome($browser, $case{"$name-$_"}{status}, 60), 'provider_error', "$_: is waited for half a minute") for keys %never;
        is(outcome($name, $_), 'connected', "$_: is no fault, or was overcome") for @$passes;
        for my $how (sort keys %$fails) {
            is(outcome($name, $how), 'provider_error', "$how: provider_error");
            like($browser->get($case{"$name-$how"}{status})->text, $fails->{$how}, "$how: and the page says why");
        }
        is($browser->get("$liar/_seen")->json->{"$_/$name"}, 2, "$_: was asked twice") for keys %never;
        my $again = $case{"$name-silent"}{person}->post($case{"$name-silent"}{status});
        is($again->status, 303, 'silent: the button can be pressed again');
        like($again->location, qr/\A\Q$liar\E/, 'silent: and leads to the provider');
    };
}

subtest par => sub {
    my ($fails, $passes) = @{$endpoints{par}}{qw(fails passes)};
    is($case{"par-$_"}{pressed}->result->[0], 303, "$_: is no fault") for @$passes;
    for my $how (sort keys %$fails) {
        is_deeply($case{"par-$how"}{pressed}->result, [503, 'not_started'], "$how: the page says that nothing was started");
        like($grantlink->log('daemon'), qr/could not be pushed to par-$how: .*$fails->{$how}/, "$how: and the log says why");
    }
};

subtest revoke => sub {
    my ($fails, $passes) = @{$endpoints{revoke}}{qw(fails passes)};
    for my $how (sort(keys %$fails), @$passes) {
        is(outcome(revoke => $how), 'wrong_account', "$how: the outcome is what it is");
        my ($said) = $grantlink->log('daemon') =~ /revoke-$how: a token could not be revoked: (.*)/;
        $fails->{$how} ? like($said, $fails->{$how}, "$how: the log says why") : is($said, undef, "$how: is no fault");
    }
};

subtest feed => sub {
    my ($fails, $passes) = @{$endpoints{feed}}{qw(fails passes)};
    for my $how (sort(keys %$fails), @$passes) {
        is(outcome(feed => $how), 'connected', "$how: is connected");
        my $id = $case{"feed-$how"}{asked}{id};
        my $now;
        eventually(sub { $now = $admin->get("/v1/connections/$id/posts")->json; $now->{trouble} || @{$now->{posts}} }, 60);
        $fails->{$how} ? like($now->{trouble}, $fails->{$how}, "$how: and it says why there are no posts")
            : is($now->{posts}[0]{id}, 'of-nobody', "$how: is no fault");
        is($admin->connection($id)->{status}, 'active', "$how: it stays active");
    }
};

subtest metadata => sub {
    for my $how (@metadata_fails) {
        my $why;
        ok(eventually(sub { ($why) = $grantlink->log('daemon') =~ m{\Q$liar\E/hostile/$how cannot be had \((.*)\)} }, 90), "$how: the log says that they cannot be had");
        like($why, $says{$how} // $never{$how}, "$how: and why");
        my $asked = request_connection($grantlink, provider => "metadata-$how");
        is($browser->get($asked->{link})->page, 'unavailable', "$how: its links say so, too");
    }
    ok(eventually(sub { $grantlink->log('daemon') =~ m{endpoints of \Q$liar\E/hostile/$_ are known} }, 60), "$_: is no fault, or was overcome")
        for @passes, @repeated;
};

my $seen = $browser->get("$liar/_seen")->json;
is($seen->{'busy-for-hours'}, 2, 'metadata: the same, for each place where they may be');
is($seen->{elsewhere}, undef, 'nobody was sent elsewhere');
is($seen->{"busy-for-hours/$_"}, 1, "$_: who asks for hours is not asked again meanwhile") for sort keys %endpoints;
is_deeply([grep { m{/(?:par|refresh|revoke)\z} && $seen->{$_} != 1 } sort keys %$seen], [], 'one try each, where somebody waits for it');
SKIP: {
    skip 'sanitizers keep what was freed', 1 if $ENV{GRANTLINK_SANITIZE};
    cmp_ok(peak() - $before, '<', 96, 'the daemon took less than 96 MiB more');
}

$grantlink->finish;
done_testing;

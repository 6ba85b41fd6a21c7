# A provider that is known by its issuer alone: metadata (RFC 8414, OpenID Connect Discovery).

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Copy qw(copy);
use IO::Socket::INET;
use Test::More;
use Grantlink::Build;
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::KeyPair qw(key_pair);
use Grantlink::Toml qw(to_toml write_file);
use Grantlink::Url qw(query_of with_parameter);

my $grantlink = Grantlink::Instance->new;
my $issuer    = $grantlink->start_oidc;
my %client    = (client_id => 'grantlink-test', client_secret => $grantlink->{client_secret});
$grantlink->write_daemon_config(providers => {
    oidc => {issuer => $issuer, trusted_origins => [$issuer], %client},
    liar => {preset => 'oidc', issuer => 'http://127.0.0.1:1', trusted_origins => ['http://127.0.0.1:1'], %client},
});
$grantlink->stop('oidc');
$grantlink->start;
is($grantlink->admin->get('/healthz')->status, 200, 'grantlinkd starts while the provider is down');

my $browser = $grantlink->browser;
my $asked   = request_connection($grantlink, provider => 'oidc', account => 'nike');
my $page    = $browser->get($asked->{link});
is($page->page, 'unavailable', 'a link of it says that it is not available just now');
is($page->status, 503, 'with a status that says so too');
is($browser->post($asked->{link})->page, 'unavailable', 'its button as well');

$grantlink->start_oidc;
ok(eventually(sub { $browser->get($asked->{link})->status == 200 }, 60), 'and works when the provider has been reached');
my $query = query_of(press($browser, $asked->{link}));
is($query->{redirect_uri}, $grantlink->url . '/callback/oidc', 'the authorization request is as ever');
ok($query->{nonce} && $query->{code_challenge}, 'with nonce and PKCE');

my $callback = callback_for($browser, $asked->{link}, 'nike');
is(follow($browser, come_back($browser, $callback =~ s/&iss=[^&]*//r))->page, 'bad_request', 'iss is expected, as the metadata says');
is(wait_for_outcome($browser, come_back($browser, $callback)->location), 'connected', 'the rest of the flow finds its endpoints');
is($grantlink->admin->connection($asked->{id})->{approved_account}{handle}, 'nike', 'and who it was');

# An approval that comes while the endpoints are not known waits.
$asked    = request_connection($grantlink, provider => 'oidc', account => 'nike');
$callback = callback_for($browser, $asked->{link}, 'nike');
my @others = map {
    my $person = $grantlink->browser;
    my $made   = made_up_callback($person, request_connection($grantlink, provider => 'oidc', account => "a$_")->{link});
    [$person, with_parameter($made =~ s{/callback/instagram}{/callback/oidc}r, iss => $issuer)];
} 1 .. 70;
$grantlink->stop('daemon');
$grantlink->stop('oidc');
my $back = come_back($browser, $callback);
my @waiting = map { come_back(@$_)->location } @others;
$grantlink->start_daemon;
is($browser->get($back->location . '/outcome')->json->{outcome}, 'pending', 'an approval waits for the endpoints');
my $elsewhere = request_connection($grantlink, account => '@nike');
is(wait_for_outcome($browser, approve($browser, $elsewhere->{link})), 'connected', 'and many of them hold up no other provider');
$grantlink->start_oidc;
isnt(wait_for_outcome($browser, $back->location, 60), 'pending', 'and is dealt with when they are known');
isnt(wait_for_outcome($browser, $_, 60), 'pending', 'as is each') for $waiting[0], $waiting[-1];

# Metadata of another issuer.
subtest 'the issuer in the metadata must be the one that was asked for' => sub {
    my $other = $issuer =~ s/127\.0\.0\.1/localhost/r;
    $grantlink->write_daemon_config(providers => {liar => {preset => 'oidc', issuer => $other, trusted_origins => [$other], %client}});
    $grantlink->reload_daemon;
    ok(eventually(sub { $grantlink->log('daemon') =~ /\Q$other\E is another issuer's/ }, 30), 'the log tells');
    my $refused = request_connection($grantlink, provider => 'liar', account => 'nike');
    is($browser->get($refused->{link})->page, 'unavailable', 'and it is not used');
};

subtest 'endpoints that are no https URLs' => sub {
    my $liar = $grantlink->start_liar;
    $grantlink->write_daemon_config(providers => {liar => {preset => 'oidc', issuer => "$liar/unsafe", trusted_origins => [$liar], %client}});
    $grantlink->reload_daemon;
    ok(eventually(sub { $grantlink->log('daemon') =~ m{metadata of \Q$liar\E/unsafe has an endpoint that is no https URL} }, 30), 'the log tells');
    my $unsafe = request_connection($grantlink, provider => 'liar', account => 'nike');
    is($browser->get($unsafe->{link})->page, 'unavailable', 'and they are not used');
};

sub checked (%provider) {
    my $path = $grantlink->directory . '/etc/tried.toml';
    write_file($path, to_toml({%{$grantlink->daemon_config}, providers => {oidc => {%client, %provider}}}), 0600);
    return run_command([Grantlink::Build::program('grantlinkd'), '--check', '--config', $path]);
}
like(checked()->{err}, qr/providers\.oidc\.issuer: is missing/, 'an issuer must be named');
like(checked(issuer => $_)->{err}, qr/issuer: must be the provider's issuer/, "$_ is none")
    for 'id.example.com', 'https://id.example.com/?x', 'https://id.example.com/#x';
is(checked(issuer => 'https://id.example.com/tenant')->{exit}, 0, 'one with a path may be');
like(checked(preset => 'github', issuer => 'https://id.example.com')->{err}, qr/issuer: this preset names its endpoints/, 'and only where it is needed');

# What else the metadata decide.
subtest 'metadata where RFC 8414 wants them, client authentication, and PKCE that is optional' => sub {
    $grantlink->stop('liar');
    my $liar = $grantlink->start_liar;
    my $dir  = $grantlink->directory;
    my ($private) = key_pair();
    write_file("$dir/client.jwk", $private, 0600);
    mkdir "$dir/presets";
    copy("$Grantlink::Build::repository/conf.d/providers/instagram.toml", "$dir/presets");
    write_file("$dir/presets/any.toml", to_toml({
        discovery => \1, authorize => {pkce => 'optional'}, token => {}, identity => {id => ['/sub'], handle => ['/preferred_username']},
    }));
    write_file("$dir/presets/must.toml", to_toml({discovery => \1, authorize => {}, token => {}, identity => {id => ['/sub'], handle => ['/name']}}));
    my %any = (preset => 'any', trusted_origins => [$liar], client_id => 'lied-to');
    my %by_secret = (%any, client_secret => $grantlink->{client_secret});
    my %by_key = (%any, client_key_file => "$dir/client.jwk");
    $grantlink->write_daemon_config(settings => {providers_dir => "$dir/presets"}, providers => {
        oidc => undef, liar => undef,
        must     => {%by_secret, preset => 'must', issuer => "$liar/pkce/plain"},
        inserted => {%by_secret, issuer => "$liar/inserted/tenant"},
        secret   => {%by_secret, issuer => "$liar/methods/private_key_jwt"},
        key      => {%by_key, issuer => "$liar/methods/client_secret_basic"},
        'a-key'  => {%by_key, issuer => "$liar/methods/private_key_jwt"},
        map { (lc "pkce-$_" => {%by_secret, issuer => "$liar/pkce/$_"}) } qw(S256 plain nothing),
    });
    $grantlink->reload_daemon;
    my %can = (inserted => 200, 'a-key' => 200, secret => 503, key => 503, 'pkce-s256' => 200, 'pkce-plain' => 200, 'pkce-nothing' => 200);
    for my $name (sort keys %can) {
        my $link;
        ok(eventually(sub { $link = eval { request_connection($grantlink, provider => $name, account => 'nike')->{link} } }, 30), "$name: can be asked for");
        ok(eventually(sub { $browser->get($link)->status == $can{$name} }, 30), "$name: its links answer $can{$name}");
        next if $can{$name} != 200;
        my $url   = press($browser, $link);
        my $query = query_of($url);
        is($query->{code_challenge_method}, 'S256', "$name: with PKCE") if $name eq 'pkce-s256';
        ok(!exists $query->{code_challenge}, "$name: without PKCE") if $name ne 'pkce-s256';
        my $back = come_back($browser, $browser->get($url)->location);
        is(wait_for_outcome($browser, $back->location), 'connected', "$name: and all is well");
    }
    like($grantlink->log('daemon'), qr/\bmust: its preset has PKCE by S256, but the provider's metadata does not say/, 'PKCE that may not be looked at is doubted');
    like($grantlink->log('daemon'), qr/\bsecret: its issuer takes no client authentication that there are credentials for \(private_key_jwt\)/, 'the log says what is missing');
    like($grantlink->log('daemon'), qr/\bkey: its issuer takes no client authentication that there are credentials for \(client_secret_basic\)/, 'and of a key, for which no empty secret stands in');
};

# What the start has sent decides, also when grantlinkd knows better by the time that somebody comes back.
subtest 'metadata that change while somebody is at the provider' => sub {
    my $liar = 'http://127.0.0.1:' . $grantlink->{liar_port}->number;
    my %any  = (preset => 'any', trusted_origins => [$liar], client_id => 'lied-to', client_secret => $grantlink->{client_secret});
    $grantlink->write_daemon_config(providers => {map { (lc "turning-$_" => {%any, issuer => "$liar/turning/$_"}) } qw(S256 nothing)});
    $grantlink->reload_daemon;
    my $has_challenge = sub ($link) { exists query_of(press($grantlink->browser, $link))->{code_challenge} };
    my %case;
    for my $name (qw(turning-s256 turning-nothing)) {
        my $link;
        ok(eventually(sub { $link = eval { request_connection($grantlink, provider => $name, account => 'nike')->{link} } }, 30), "$name: can be asked for");
        ok(eventually(sub { $browser->get($link)->status == 200 }, 30), "$name: and used");
        my $person = $grantlink->browser;
        my $url    = press($person, $link);
        is(exists query_of($url)->{code_challenge}, $name eq 'turning-s256', "$name: the request is as the metadata say");
        $case{$name} = {person => $person, callback => $person->get($url)->location};
    }
    $browser->get("$liar/_turn");
    $grantlink->restart_daemon;
    for my $name (sort keys %case) {
        my $asked;
        ok(eventually(sub { $asked = eval { request_connection($grantlink, provider => $name, account => 'nike') } }, 30), "$name: has turned");
        ok(eventually(sub { $browser->get($asked->{link})->status == 200 && $has_challenge->($asked->{link}) == ($name ne 'turning-s256') }, 30), "$name: and new requests are the other way round");
        my $back = come_back($case{$name}{person}, $case{$name}{callback});
        is(wait_for_outcome($case{$name}{person}, $back->location), 'connected', "$name: an attempt from before ends well");
        my $there = $browser->get(press($browser, $asked->{link}))->location;
        is(wait_for_outcome($browser, come_back($browser, $there)->location), 'connected', "$name: and so does a new one");
    }
};

# Who starts grantlinkd waits for no issuer that says nothing.
subtest 'an issuer that is silent' => sub {
    my @silent = map { IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1') || die "listen: $!\n" } 1 .. 3;
    my @issuers = map { 'http://127.0.0.1:' . $_->sockport } @silent;
    $grantlink->stop('daemon');
    $grantlink->write_daemon_config(providers => {
        map { ("silent-$_" => {preset => 'any', issuer => $issuers[$_], trusted_origins => [$issuers[$_]], client_id => 'x', client_secret => $grantlink->{client_secret}}) } 0 .. 2,
    });
    my $before = length $grantlink->log('daemon');
    $grantlink->start_daemon;
    my $since = sub () { substr $grantlink->log('daemon'), $before };
    ok(eventually(sub { 3 == (() = $since->() =~ /metadata of http\S+ cannot be had/g) }, 60), 'is given up');
    like($since->(), qr/grantlinkd: ready.*metadata of http\S+ cannot be had/s, 'long after all else has started');
    unlike($since->(), qr/cannot be had.*grantlinkd: ready/s, 'however many there are');
    my $works = request_connection($grantlink, provider => 'inserted', account => 'nike');
    ok(eventually(sub { $browser->get($works->{link})->status == 200 }), 'links of others work');
};

$grantlink->finish;
done_testing;

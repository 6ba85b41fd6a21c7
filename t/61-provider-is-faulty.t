# Providers are slow, busy, broken or wrong: an approval still ends in something sensible.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Time::HiRes qw(time);

my $grantlink = Grantlink::Instance->running(tap => 1);
my $browser   = $grantlink->browser;

sub fault (%fault) {
    my $response = $grantlink->control_sandbox(POST => 'faults', \%fault);
    die $response->body if $response->status != 200;
}

# The outcome of an approval while the sandbox misbehaves so.
sub outcome_with (@faults) {
    $grantlink->control_sandbox(DELETE => 'faults');
    fault(%$_) for @faults;
    my $asked  = request_connection($grantlink);
    my $url    = approve($browser, $asked->{link});
    my $result = wait_for_outcome($browser, $url, 60);
    my $status = $grantlink->admin->connection($asked->{id})->{status};
    is($status, $result eq 'connected' ? 'active' : 'pending', "($result and $status agree)");
    return wantarray ? ($result, $asked, $url) : $result;
}

# What may be asked again is asked again.
is(outcome_with({path => '/me', status => 500}), 'connected', 'a 500 at the identity request is overcome');
is(outcome_with({path => '/me', status => 429, retry_after => 1}), 'connected', 'so is a 429 with Retry-After');
is(outcome_with({path => '/me', reset => \1}), 'connected', 'and a connection that breaks off');
is(outcome_with({path => '/access_token', status => 503, times => 2}), 'connected', 'two 503 at the upgrade are overcome');
is(outcome_with({path => '/access_token', status => 429, retry_after => 1}), 'connected', 'so is a 429 there');
is(outcome_with({path => '/oauth/access_token', status => 429, retry_after => 1}), 'connected',
    'a 429 at the token endpoint says that nothing was done: it is overcome');
is(outcome_with({path => '/oauth/access_token', latency_ms => 2500}, {path => '/me', latency_ms => 1500}),
    'connected', 'a slow provider is waited for');

subtest 'Retry-After is honoured' => sub {
    my $before = $grantlink->tap->requests('/me\?');
    my $started = time;
    is(outcome_with({path => '/me', status => 429, retry_after => 3}), 'connected', 'connected');
    cmp_ok(time - $started, '>=', 2.9, 'not before the time that was asked for');
    is($grantlink->tap->requests('/me\?') - $before, 2, 'with no requests in between');
};

# What can never become a token ends as an error of the provider.
my %hopeless = (
    'HTML instead of JSON'   => {body => '<!doctype html><p>Sorry', content_type => 'text/html'},
    'JSON that is cut off'   => {body => '{"data":[{"access_token":"IGAA'},
    'no JSON object'         => {body => '[]'},
    'an empty object'        => {body => '{}'},
    'a token that is a number' => {body => '{"access_token":5}'},
    'nothing'                => {body => ' '},
    'bytes'                  => {body => "\x00\xff\xfe"},
    'an endless body'        => {body => 'x' x 1000, body_repeat => 20_000},
    'a redirect'             => {status => 302, body => ' ', headers => {Location => 'http://127.0.0.1:9/'}},
    'a refusal'              => {status => 400, body => '{"error_type":"OAuthException","code":400,"error_message":"no <b>way</b>"}'},
    'a 200 with an error'    => {status => 200, body => '{"error":{"message":"nope","code":1}}'},
);
for my $name (sort keys %hopeless) {
    my ($outcome, $asked, $url) = outcome_with({path => '/oauth/access_token', %{$hopeless{$name}}});
    is($outcome, 'provider_error', "$name at the token endpoint: provider_error");
    my $page = $browser->get($url);
    is($page->page, 'provider_error', 'the page says so');
    unlike($page->body, qr/<b>way|<p>Sorry/, 'and nothing of it gets on the page as mark-up');
    is($browser->get($asked->{link})->page, 'ready', 'the link can be tried again');
}

for my $answer ('{}', '{"user_id":"1"}', '{"username":["nike"]}', '[' x 5000, '{"error":{"message":"x","code":190}}') {
    is(outcome_with({path => '/me', body => $answer, times => 0}), 'provider_error',
        'an identity answer without an identity: ' . substr $answer, 0, 30);
}
is(outcome_with({path => '/me', wrong_account => 'adidas'}), 'wrong_account', 'another account is the wrong account');

subtest 'a refused upgrade keeps no half token' => sub {
    my ($outcome, $asked) = outcome_with({path => '/access_token', status => 400, times => 0});
    is($outcome, 'provider_error', 'provider_error');
    is($grantlink->admin->connection($asked->{id})->{token}, undef, 'no token');
};

is(outcome_with(), 'connected', 'and after all that the daemon is well');

$grantlink->finish;
done_testing;

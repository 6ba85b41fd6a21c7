# Programs are told of new posts by webhooks: once each, a poll at a time, and never more of them than a
# receiver can take.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(sleep);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Webhooks qw(new_webhook_secret);

# The sandbox's posts are some months old.
my $grantlink = Grantlink::Instance->new;
my ($one, $two) = map { new_webhook_secret() } 1, 2;
my $origin   = $grantlink->start_webhooks($one, $two);
my $received = Grantlink::Webhooks->new($grantlink, $origin);
my %webhook  = (secrets => [$one], trusted_origins => [$origin]);
$grantlink->evidence->learn(secret => $_) for $one, $two;
$grantlink->write_daemon_config(settings => {
    content  => {fastest => '1s', slowest => '1s', retention => '3660d'},
    webhooks => {
        all   => {%webhook, url => "$origin/all"},
        posts => {%webhook, url => "$origin/posts", secrets => [$two], events => ['post.created']},
        other => {%webhook, url => "$origin/other", events => ['connection.active', 'connection.removed']},
    },
});
$grantlink->start;
my $admin = $grantlink->admin;
my $count = 0;
my $nike;

sub sandbox ($method, %post) { return $grantlink->control_sandbox($method => 'posts', {user => 'nike', %post})->status }
sub publish (@ids) { sandbox(POST => (id => $_, caption => "Words of $_")) for @ids }
sub collected { return @{$admin->get("/v1/connections/$nike/posts?limit=200")->json->{posts}} }
sub ids ($event) { return map { $_->{id} } @{$event->{data}{posts}} }

# The next call of the webhook that wants posts.
sub next_call ($name, $seconds = 20) {
    my @calls = $received->wait_for($count + 1, '/posts', $seconds);
    return $calls[$count++] // fail("$name: a call comes");
}

subtest 'what was there before' => sub {
    my $asked   = request_connection($grantlink);
    my $browser = $grantlink->browser;
    $nike = $asked->{id};
    is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'an account is connected');
    my $call = next_call('the first');
    is_deeply($call->{taken_with}, [1], 'the library of Standard Webhooks takes the call');
    my $event = $call->{event};
    is_deeply([sort keys %$event], [qw(data timestamp type)], 'it says what the specification wants');
    is($event->{type}, 'post.created', 'of what');
    my $data = $event->{data};
    is_deeply([@$data{qw(connection provider provider_name account requester)}], [$nike, 'instagram', 'Instagram', '@nike', 'Example Agency'], 'of whose');
    is($data->{approved_account}{handle}, '@nike', 'who approved');
    is_deeply([$data->{count}, $data->{first}], [7, JSON::PP::true], 'one call tells of all that there was');
    my @kept = collected();
    is_deeply([ids($event)], [map { $_->{id} } @kept], 'the newest first');
    for my $i (0 .. $#kept) {
        my %post = map { defined $kept[$i]{$_} ? ($_ => $kept[$i]{$_}) : () } qw(id text url media_url published_at seen_at);
        is_deeply($data->{posts}[$i], \%post, "$post{id} is as the API has it");
    }
    my $token = $admin->get("/v1/connections/$nike/token")->json->{access_token};
    is(index($call->{body}, $token), -1, 'without a token');
};

subtest 'what comes later' => sub {
    publish('new');
    my $event = next_call('a post')->{event};
    is_deeply([ids($event)], ['new'], 'a post is told by itself');
    is_deeply([@{$event->{data}}{qw(count first)}], [1, JSON::PP::false], 'as one that is new');
    like($event->{data}{posts}[0]{text}, qr/\AWords of new\z/, 'with its words');

    sandbox(POST => (id => 'new', caption => 'Other words'));
    ok(eventually(sub { grep { ($_->{text} // '') eq 'Other words' } collected() }), 'an edit is noticed');
    sandbox(DELETE => (id => 'new'));
    ok(eventually(sub { grep { $_->{id} eq 'new' && $_->{deleted_at} } collected() }), 'so is that it is deleted');
    publish('new');
    ok(eventually(sub { grep { $_->{id} eq 'new' && !$_->{deleted_at} } collected() }), 'and that it is back');
    publish('next');
    is_deeply([ids(next_call('after it')->{event})], ['next'], 'of which nothing is told: the next call is of the next post');
};

subtest 'many at once' => sub {
    $grantlink->stop('daemon');
    publish(map { sprintf 'many-%02d', $_ } 1 .. 30);
    $grantlink->start_daemon;
    my $event = next_call('many')->{event};
    is($event->{data}{count}, 30, 'are one call, which says how many they are');
    my %many = map { $_ => 1 } ids($event);
    is(scalar keys %many, 20, 'and has the newest twenty');
    is_deeply([sort keys %many], [sort map { $_->{id} } (grep { $_->{id} =~ /\Amany/ } collected())[0 .. 19]], 'which are those');
    is(scalar(grep { $_->{id} =~ /\Amany/ } collected()), 30, 'the API has all');

    $grantlink->stop('daemon');
    sandbox(POST => (id => "long-$_", caption => 'x' x 40_000)) for 1 .. 3;
    $grantlink->start_daemon;
    my $call = next_call('long ones');
    is_deeply([$call->{event}{data}{count}, scalar ids($call->{event})], [3, 2], 'of long ones it has fewer');
    cmp_ok(length $call->{body}, '<', 70_000, 'so that no call is endless');
};

subtest 'a receiver that is away' => sub {
    $received->answer_with(503);
    $grantlink->stop('daemon');
    publish('kept', 'brief');
    $grantlink->start_daemon;
    my $first = next_call('first try');
    is_deeply([sort(ids($first->{event}))], ['brief', 'kept'], 'is told of two posts') or return;
    sandbox(DELETE => (id => 'brief'));
    sandbox(POST => (id => 'kept', caption => 'Corrected'));
    ok(eventually(sub { 2 == grep { $_->{id} eq 'brief' ? $_->{deleted_at} : ($_->{text} // '') eq 'Corrected' } collected() }), 'one is deleted, one edited meanwhile');
    $received->answer_with(200);
    my $again;
    do { $again = next_call('next try', 40) } while $again && ($again->{event}{data}{posts}[0]{text} // '') ne 'Corrected' && $count < 20;
    is($again->{headers}{'webhook-id'}, $first->{headers}{'webhook-id'}, 'the same call comes again');
    is_deeply([map { [@$_{qw(id text)}] } @{$again->{event}{data}{posts}}], [['kept', 'Corrected']], 'and tells what there is by then');

    ok(eventually(sub { $admin->get('/healthz')->json->{outbox}{waiting} == 0 }, 60), 'nothing waits');
    $count = $received->calls('/posts');
    $received->answer_with(503);
    publish('gone');
    next_call('first try');
    my ($waiting) = grep { $_->{to} eq 'posts' } @{$admin->get('/v1/notifications?state=waiting')->json->{notifications}};
    is($waiting->{about}, 'published', 'the list of notifications has it');
    sandbox(DELETE => (id => 'gone'));
    ok(eventually(sub { grep { $_->{id} eq 'gone' && $_->{deleted_at} } collected() }), 'a post is deleted before it could be told');
    $received->answer_with(200);
    ok(eventually(sub { $grantlink->log('daemon') =~ /\(webhook posts\): not sent, its posts are gone/ }, 60), 'which then is not told');
    ok(eventually(sub { $admin->get('/healthz')->json->{outbox}{waiting} == 0 }, 60), 'nothing waits any more');
};

# Killed at any moment, the daemon tells each post in one event, which may come twice, with one id.
subtest 'a daemon that is killed' => sub {
    my @published;
    for my $number (1 .. 6) {
        publish("killed-$number");
        push @published, "killed-$number";
        sleep 0.3 + rand 1.2;
        $grantlink->kill('daemon');
        $grantlink->start_daemon;
    }
    ok(eventually(sub { $admin->get('/healthz')->json->{outbox}{waiting} == 0 && 6 == grep { $_->{id} =~ /\Akilled/ } collected() }, 60), 'all is collected, and told');
    my %events;
    for my $call ($received->calls('/posts')) {
        $events{$_}{$call->{headers}{'webhook-id'}} = 1 for ids($call->{event});
    }
    is_deeply([grep { !$events{$_} } @published], [], 'each was told');
    is_deeply([grep { keys %{$events{$_}} > 1 } keys %events], [], 'in one event alone, also what was told long ago');
};

subtest 'who wants it' => sub {
    $admin->request(DELETE => "/v1/connections/$nike");
    ok(eventually(sub { $received->calls('/other') == 2 }), 'a webhook that names other events');
    is_deeply([map { $_->{event}{type} } $received->calls('/other')], ['connection.active', 'connection.removed'], 'has those, and no post');
    is_deeply([grep { $_->{event}{type} ne 'post.created' } $received->calls('/posts')], [], 'one that names posts has nothing else');
    ok((grep { $_->{event}{type} eq 'post.created' } $received->calls('/all')), 'one that names none has them too');
    is($grantlink->mailbox->count, 1, 'nobody gets mail of posts: there is the one of the approval');
};

$grantlink->logs_are_clean('no secret is in a log', qw(daemon error));
$grantlink->finish;
done_testing;

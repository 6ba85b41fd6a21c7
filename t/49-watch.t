# What is done is seen as it happens, by any number of readers that is sensible, who miss nothing.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Build;
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Poll qw(patient);
use Grantlink::Process;
use IO::Select;
use IO::Socket::UNIX;
use JSON::PP qw(decode_json);

my $grantlink = Grantlink::Instance->running;
my $admin     = $grantlink->admin;

# A stream that is open, read up to what is expected or until some seconds have passed.
sub reader ($path, %headers) {
    my $socket = IO::Socket::UNIX->new(Peer => $grantlink->socket) or die "no connection: $!\n";
    print {$socket} "GET $path HTTP/1.1\r\nHost: x\r\n", (map { "$_: $headers{$_}\r\n" } keys %headers), "\r\n";
    $socket->flush;
    return {socket => $socket, text => ''};
}

sub read_until ($reader, $done, $seconds = 10) {
    my $deadline = time + patient($seconds);
    while (!$done->() && time <= $deadline) {
        next unless IO::Select->new($reader->{socket})->can_read(0.2);
        sysread($reader->{socket}, $reader->{text}, 65536, length $reader->{text}) or return $done->() || ($reader->{ended} = 1, 0)[1];
    }
    return $done->();
}

sub wait_for_text ($reader, $pattern, $seconds = 10) { return read_until($reader, sub { $reader->{text} =~ $pattern }, $seconds) }
sub wait_for_end ($reader, $seconds = 10) { read_until($reader, sub { 0 }, $seconds); return $reader->{ended} }
sub events_in ($reader) { return map { decode_json($_) } $reader->{text} =~ /^data: (.*)$/mg }

sub shown ($reader) { return scalar(() = $reader->{text} =~ /"link_shown"/g) }

my $old   = request_connection($grantlink);
my $first = reader('/v1/events');
ok(wait_for_text($first, qr/^retry: \d+$/m), 'a stream begins at once');
like($first->{text}, qr{\AHTTP/1\.1 200 .*^content-type: text/event-stream\r$}msi, 'as server-sent events');
like($first->{text}, qr/^cache-control: no-store\r$/mi, 'that are not stored');

# The whole of an approval, while it happens.
my $asked = request_connection($grantlink, account => '@adidas');
ok(wait_for_text($first, qr/"created"/), 'a new connection is seen');
unlike($first->{text}, qr/\Q$old->{id}\E/, 'and none from before');
my $other   = reader("/v1/events?connection=$old->{id}");
wait_for_text($other, qr/^retry/m);
my $browser = $grantlink->browser;
is(wait_for_outcome($browser, approve($browser, $asked->{link}, 'adidas')), 'connected', 'it is approved');
ok(wait_for_text($first, qr/"active"/), 'which is seen');
my @seen = events_in($first);
is_deeply([map { $_->{event} } @seen], [qw(created opened started approved exchanged active)], 'step by step');
is_deeply(\@seen, [reverse @{$admin->get("/v1/connections/$asked->{id}/events")->json->{events}}], 'as the list has it');
is_deeply([$first->{text} =~ /^id: (\d+)$/mg], [map { $_->{number} } @seen], 'each with its number as id');

# Of one connection only
$admin->get("/v1/connections/$old->{id}/link");
ok(wait_for_text($other, qr/link_shown/), 'who asks for one connection sees that one');
is(scalar events_in($other), 1, 'and no other');

# Resumed
my $again = reader('/v1/events', 'Last-Event-ID' => $seen[1]{number});
ok(wait_for_text($again, qr/link_shown/), 'who was cut off goes on');
my @rest = events_in($again);
is($rest[0]{number}, $seen[1]{number} + 1, 'where it was');
is_deeply([map { $_->{number} } @rest], [$rest[0]{number} .. $rest[-1]{number}], 'without a hole');
my $all = reader('/v1/events?after=0');
ok(wait_for_text($all, qr/link_shown/), 'all that there is can be had');
is((events_in($all))[0]{connection}, $old->{id}, 'from the first');
my $later = reader('/v1/events?after=99999');
wait_for_text($later, qr/^retry/m);
$admin->get("/v1/connections/$old->{id}/link");
ok(wait_for_text($later, qr/link_shown/), 'a number from another vault keeps nobody waiting');

is($admin->get("/v1/events?$_")->status, 400, "$_ is refused") for qw(after=x connection=x since=1);
is($admin->get('/v1/events?connection=0193a1b2-0000-7000-8000-000000000000')->status, 404, 'and a connection that there is not');
is($admin->request(GET => '/v1/events', undef, 'Last-Event-ID' => 'x')->status, 400, 'and an id that is none');
is($admin->post('/v1/events', {})->status, 405, 'nobody writes there');

# Bounded, and those that are gone make room; one that does not read is dropped, and holds up nobody
my @many = map { reader('/v1/events') } 1 .. 40;
wait_for_text($_, qr/\r\n\r\n/) for @many;
is(scalar(grep { $_->{text} =~ m{\AHTTP/1\.1 200} } @many), 32 - 5, '32 readers at a time');
my ($refused) = grep { $_->{text} !~ m{\AHTTP/1\.1 200} } @many;
like($refused->{text}, qr{\AHTTP/1\.1 503}, 'others are told to come later');
is($admin->get('/healthz')->status, 200, 'all else is answered');
@many = ();
$_->{socket}->close for $again, $all, $later;

my $lazy = $other;
my $made = 0;
++$made while $made < 400 && $admin->get("/v1/connections/$old->{id}/link")->status == 200;
is($made, 400, 'a reader that does not read holds up nobody');
ok(read_until($first, sub { shown($first) >= 402 }, 20), 'not even other readers');
my $room;
ok(eventually(sub { $room = reader('/v1/events'); wait_for_text($room, qr/\r\n\r\n/); $room->{text} =~ m{\AHTTP/1\.1 200} }, 30),
    'those who are gone have made room');
ok(wait_for_text($first, qr/^:$/m, 20), 'a comment shows that a silent stream is alive');
ok(wait_for_end($lazy), 'by then the one that does not read was dropped');
cmp_ok(shown($lazy), '<', shown($first), 'without what it has not read');

# The command
sub watch ($name, @arguments) {
    return Grantlink::Process->start(name => $name, log => $grantlink->directory . "/$name.log",
        command => [Grantlink::Build::program('grantlink'), 'watch', @arguments],
        environment => {GRANTLINK_SOCKET => $grantlink->socket});
}

sub prints ($watch, $pattern, $seconds = 10) { return eventually(sub { $watch->log =~ $pattern }, $seconds) }

my $people   = watch('people', '--after', $seen[0]{number} - 1, $asked->{id});
my $programs = watch('programs', '--json', '--after', $seen[0]{number} - 1, $asked->{id});
ok(prints($people, qr/active/), 'grantlink watch prints events');
my $me = getpwuid $>;
like($people->log, qr/\A\d{4}-\S+Z  \Q$asked->{id}\E  created           \Q$me\E \(uid $>, pid $$\)  instagram \@adidas\n/, 'a line each');
ok(prints($programs, qr/"active".*\n/), 'with --json');
is_deeply([map { decode_json($_) } split /\n/, $programs->log], \@seen, 'the objects of the API');

# A restart in between loses nothing.
$grantlink->stop('daemon');
ok(wait_for_end($first), 'a daemon that stops ends its streams');
ok(prints($people, qr/^The daemon is gone; waiting for it\.$/m), 'which a person is told');
$grantlink->start_daemon;
$admin->request(DELETE => "/v1/connections/$asked->{id}");
ok(prints($people, qr/removed/, 20), 'the command goes on with the next daemon');
is_deeply([$people->log =~ /  (created|opened|started|approved|exchanged|active|removed)  /g],
    [qw(created opened started approved exchanged active removed)], 'without a gap or a repetition');

# A reload ends streams, so that whose role is gone reads no further.
my $before = reader('/v1/events');
wait_for_text($before, qr/^retry/m);
$grantlink->reload_daemon;
ok(wait_for_end($before), 'a reload ends them, too');

my $nobody = run_command([Grantlink::Build::program('grantlink'), 'watch', '--socket', '/nowhere/admin.sock']);
is($nobody->{exit}, 3, 'without a daemon at first it ends');
is($grantlink->cli(qw(watch --after x))->{exit}, 2, 'and with a number that is none');

ok($_->alive, $_->name . ' still watches') for $people, $programs;
$_->stop for $people, $programs;
$grantlink->finish;
done_testing;

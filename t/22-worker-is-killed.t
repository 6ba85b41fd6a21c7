# kill -9 of nginx's workers in the middle of the load: no approval is lost that was acknowledged.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Background qw(in_background);
use Grantlink::Poll qw(patient);
use Grantlink::Url qw(query_of);
use Time::HiRes qw(sleep);

my $grantlink = Grantlink::Instance->running(workers => 2);

# Presses of the button, up to the most that the spool takes for a connection; the codes are made
# up, so each ends as a provider error, once the daemon has looked at it.
my @attempts;
for my $number (1 .. 40) {
    my $asked = request_connection($grantlink, notify => undef);
    for (1 .. 8) {
        my $browser = $grantlink->browser;
        my $state   = query_of(press($browser, $asked->{link}))->{state};
        my $callback = $grantlink->public_url . "/callback/instagram?code=made-up-code-$number&state=$state";
        push @attempts, {browser => $browser, callback => $callback};
    }
}
$grantlink->stop('daemon');

# Each client sends its callbacks until each is acknowledged by a 303 to a status page.
sub send_all (@mine) {
    my %acknowledged;
    my $retries = 0;
    for my $attempt (@mine) {
        my $response = eventually(sub {
            my $tried = eval { $attempt->{browser}->get($attempt->{callback}) };
            return $tried if $tried && $tried->status == 303 && $tried->location =~ m{/attempts/[0-9a-f-]{36}\z};
            ++$retries;
            return;
        }, 30) or die "never acknowledged\n";
        $acknowledged{$response->location}++;
    }
    return {locations => \%acknowledged, retries => $retries};
}

my @clients = map {
    my $first = $_;
    in_background(sub { send_all(@attempts[grep { $_ % 4 == $first } 0 .. $#attempts]) });
} 0 .. 3;
my $kills = 0;
while (grep { !$_->ended } @clients) {
    my @workers = $grantlink->worker_pids;
    $kills += kill 'KILL', $workers[rand @workers] if @workers;
    sleep patient(0.05);
}
my @results   = map { $_->result } @clients;
my @locations = map { keys %{$_->{locations}} } @results;
note "$kills workers killed, " . join(' + ', map { $_->{retries} } @results) . ' retries';
cmp_ok($kills, '>', 2, 'workers were killed');
is(scalar @locations, scalar @attempts, 'every attempt was acknowledged in the end, under an address of its own');
ok(eventually(sub { $grantlink->worker_pids == 2 }), 'nginx has its workers again');

my $browser = $grantlink->browser;
my @lost    = grep { $browser->head($_)->status == 404 } @locations;
is_deeply(\@lost, [], 'each is known while the daemon is away');

$grantlink->start_daemon;
my %outcomes;
$outcomes{wait_for_outcome($browser, $_, 60)}++ for @locations;
is_deeply(\%outcomes, {provider_error => scalar @attempts}, 'each has exactly one outcome');
is($grantlink->admin->get('/healthz')->json->{spool}{approvals}, 0, 'the spool is empty');

my $asked = request_connection($grantlink);
is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'and life goes on');

$grantlink->finish;
done_testing;

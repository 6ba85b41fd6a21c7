# The metrics of stores: several of them, one that is away, one that is full.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Scrape;
use Grantlink::EdgeTool qw(fill_spool);
use Grantlink::Url qw(query_of);

# Two installations behind one nginx.
my $other     = Grantlink::Instance->new;
my $grantlink = Grantlink::Instance->running(server => metrics_location() . qq{
    location /other/ {
        grantlink_approve;
        grantlink_store @{[$other->edge_store]};
        grantlink_key @{[$other->directory]}/etc/edge.key;
    }});
my ($mine, $its) = map { $_->edge_store } $grantlink, $other;
my $browser = $grantlink->browser;

sub up ($store, $path) { return scrape($grantlink)->value('grantlink_store_up', store => $store, path => $path) }

sub has_samples ($path) {
    return grep { ($_->{labels}{path} // '') eq $path && $_->{name} ne 'grantlink_store_up' }
        map { @{$_->{samples}} } scrape($grantlink)->families;
}

subtest 'each store has its path' => sub {
    is(up($_, $mine), 1, "$_ of the first is up") for qw(links spool);
    is(up($_, $its),  0, "$_ of the second is not: its daemon has never run") for qw(links spool);
    ok(has_samples($mine), 'there are figures of the first');
    ok(!has_samples($its), 'and none of the second');
    $other->start_daemon;
    ok(eventually(sub { up('links', $its) && up('spool', $its) }), 'the second is up with its daemon');
    ok(has_samples($its), 'and has figures');
};

# A callback with a made-up code; answers where it led.
sub come_back_to ($grantlink) {
    my $asked = request_connection($grantlink, notify => undef);
    my $state = query_of(press($browser, $asked->{link}))->{state};
    return $browser->get($grantlink->public_url . "/callback/instagram?code=made-up&state=$state")->location;
}

sub approvals ($result) { return scrape($grantlink)->value('grantlink_approvals_total', result => $result) }

subtest 'one half of a store goes away' => sub {
    my $asked = request_connection($grantlink, notify => undef);
    my $state = query_of(press($browser, $asked->{link}))->{state};
    $grantlink->stop('daemon');
    rename "$mine/spool", "$mine/spool-away" or die "rename: $!\n";
    ok(eventually(sub { !up('spool', $mine) }), 'the spool is down');
    is(up('links', $mine), 1, 'the links are not');
    my $callback = $grantlink->public_url . "/callback/instagram?code=made-up&state=$state";
    is($browser->get($callback)->location, '?problem=not_recorded', 'an approval is not recorded');
    is(approvals('failed'), 1, 'and counted as failed');
    rename "$mine/spool-away", "$mine/spool" or die "rename: $!\n";
    ok(eventually(sub { up('spool', $mine) }), 'the spool is up again');
    like($browser->get($callback)->location, qr{/attempts/}, 'the same approval is recorded now');
    is(approvals('stored'), 1, 'and counted as stored');
    $grantlink->start_daemon;
};

subtest 'an attempt and a connection too many' => sub {
    my $asked  = request_connection($grantlink, notify => undef);
    my @states = map { query_of(press($browser, $asked->{link}))->{state} } 1 .. 9;
    $grantlink->stop('daemon');
    my @to = map { $browser->get($grantlink->public_url . "/callback/instagram?code=made-up&state=$_")->location } @states;
    is(approvals('stored'), 9, 'eight more are stored');
    is($to[8], '?problem=too_many', 'the ninth is not');
    is(approvals('too_many'), 1, 'and is counted');
    my $entries = scrape($grantlink);
    is($entries->value('grantlink_store_entries', store => 'spool', path => $mine, database => 'approvals'), 8,
        'the approvals are in the spool');
    $grantlink->start_daemon;
    ok(eventually(sub { scrape($grantlink)->value('grantlink_store_entries',
        store => 'spool', path => $mine, database => 'approvals') == 0 }), 'and leave it with the daemon');
};

subtest 'a full store' => sub {
    my $asked = request_connection($grantlink, notify => undef);
    my $state = query_of(press($browser, $asked->{link}))->{state};
    $grantlink->stop('daemon');
    fill_spool($grantlink);
    my ($used, $map) = map {
        scrape($grantlink)->value('grantlink_store_bytes', store => 'spool', path => $mine, kind => $_) } qw(used map);
    cmp_ok($used, '>', 0.99 * $map, 'the pages in use come close to the map');
    my $callback = $grantlink->public_url . "/callback/instagram?code=made-up&state=$state";
    is($browser->get($callback)->location, '?problem=not_recorded', 'an approval is not recorded');
    is(approvals('store_full'), 1, 'and counted for what it was');
    is(approvals('failed'), 1, 'not as another failure');
    is(scrape($grantlink)->value('grantlink_spool_queue_depth'), 0, 'it does not wait');
    $grantlink->log_has('error', qr/MDB_MAP_FULL/, 'the error log says why');
};

$other->finish;
$grantlink->finish;
done_testing;

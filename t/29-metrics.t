# grantlink_metrics says what happened, exactly, in a form that Prometheus reads.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Temp ();
use JSON::PP   ();
use Test::More;
use Grantlink::Background qw(in_background);
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Scrape qw(:DEFAULT requests_in_log log_format);
use Grantlink::Url qw(with_parameter);

my $logs      = File::Temp->newdir('grantlink-logs-XXXXXX', TMPDIR => 1);
my $grantlink = Grantlink::Instance->new(tap => 1);
$grantlink->write_nginx_config(
    http   => log_format(),
    server => 'access_log ' . $grantlink->directory . '/logs/counted.log counted;' . metrics_location(),
);
$grantlink->start;
my $browser = $grantlink->browser;
my $url     = $grantlink->url;

subtest 'the page itself' => sub {
    my $page = $browser->get("$url/metrics");
    is($page->status, 200, 'is there');
    is($page->header('content-type'), 'text/plain; version=0.0.4; charset=utf-8', 'with the format\'s type');
    is($page->header('cache-control'), 'no-store', 'and is not kept');
    is($page->header('content-length'), length $page->body, 'its length is right');
    my $head = $browser->head("$url/metrics");
    is($head->status, 200, 'HEAD is answered');
    is($head->body, '', 'without a body');
    for my $method (qw(POST PUT DELETE PATCH OPTIONS)) {
        my $refused = $browser->request($method, "$url/metrics", body => 'x');
        is($refused->status, 405, "$method is refused");
        is($refused->header('allow'), 'GET, HEAD', 'with what is allowed');
        is($refused->header('cache-control'), 'no-store', 'and not kept either');
    }
    is_deeply(requests_of(scrape($grantlink)), {}, 'it does not count itself');
};

# Everything that can be said in advance to the last request.
my $asked = request_connection($grantlink);
my $link  = $asked->{link};
my %expected;

sub count ($what, $times = 1) { $expected{$what} += $times }

$browser->get($link)  for 1 .. 3;
$browser->head($link) for 1 .. 2;
count('approve ready', 5);
$browser->get("$url/approve/" . 'A' x 32) for 1 .. 4;
count('approve not_found', 4);
$browser->get("$url/approve/no-such-path") for 1 .. 2;
count('none not_found', 2);
$browser->get("$url/approve/assets/status.js");
count('asset none');
$browser->request(PUT => $link);
count('approve bad_request');
$browser->get("$url/callback/instagram?code=x&state=forged");
count('callback bad_request');
$browser->get("$url/callback/instagram?problem=not_recorded");
count('callback not_recorded');
$browser->get("$url/elsewhere");

$grantlink->tap->hold('POST /oauth/access_token');
my $callback = callback_for($browser, $link);
count('approve started');
my $status = come_back($browser, $callback)->location;
count('callback recorded');
$grantlink->tap->wait_until_held;
$browser->get($callback);
count('callback replayed');    # known already: 303 to its status page
is($browser->get($status)->page, 'finishing', 'the attempt waits');
count('status finishing');
is($browser->head("$status/outcome")->status, 200, 'HEAD does not wait');
count('outcome pending');
my $unknown = $status =~ s/[0-9a-f]{12}\z/000000000000/r;
$browser->get($unknown);
count('status not_found');
$browser->get("$unknown/outcome");
count('outcome unknown');

my @polls = map { in_background(sub { $browser->get("$status/outcome")->json->{outcome} }) } 1 .. 3;
ok(eventually(sub { scrape($grantlink)->value('grantlink_long_polls') == 3 }), 'three long polls wait');
undef $polls[0];
ok(eventually(sub { scrape($grantlink)->value('grantlink_long_polls') == 2 }), 'two, when one client goes away');
count('outcome pending');
$grantlink->tap->release;
is($_->result, 'connected', 'the others are answered') for @polls[1, 2];
count('outcome connected', 2);
ok(eventually(sub { scrape($grantlink)->value('grantlink_long_polls') == 0 }), 'none wait any more');
is($browser->get($status)->page, 'connected', 'the attempt has ended');
count('status connected');
$browser->get($link);
count('approve already_connected');

my $total = 0;
$total += $_ for values %expected;
is_deeply(eventually_requests($grantlink, $total), \%expected, 'each request is counted, once, for what it was');
is_deeply(requests_in_log($grantlink, 'counted'), \%expected, 'and the access log says the same');

my $text    = $browser->get("$url/metrics")->body;
my $metrics = scrape($grantlink);

subtest 'approvals and commits' => sub {
    is($metrics->value('grantlink_approvals_total', result => 'stored'), 1, 'one approval was stored');
    is($metrics->sum('grantlink_approvals_total'), 1, 'nothing else happened to any');
    is($metrics->value('grantlink_spool_batch_size_count'), 1, 'there was one commit');
    is($metrics->value('grantlink_spool_batch_size_sum'),   1, 'of one approval');
    is($metrics->value('grantlink_spool_commit_seconds_count'), 1, 'which took its time');
    cmp_ok($metrics->value('grantlink_spool_commit_seconds_sum'), '>', 0, 'more than none');
    cmp_ok($metrics->value('grantlink_spool_commit_seconds_sum'), '<', 60, 'and in seconds');
    is($metrics->value('grantlink_spool_queue_depth'), 0, 'nothing is queued');
};

subtest 'stores' => sub {
    my $path = $grantlink->edge_store;
    for my $store (qw(links spool)) {
        my @of = (store => $store, path => $path);
        is($metrics->value('grantlink_store_up', @of), 1, "$store is up");
        my ($used, $map) = map { $metrics->value('grantlink_store_bytes', @of, kind => $_) } qw(used map);
        cmp_ok($used, '>=', 4096, 'uses some pages');
        cmp_ok($used, '<=', -s "$path/$store/data.mdb", 'of its file');
        cmp_ok($map, '>', 1 << 30, 'and has room');
        my ($readers, $most) = map { $metrics->value("grantlink_store_$_", @of) } qw(readers readers_max);
        cmp_ok($readers, '<=', $most, 'has readers to spare');
    }
    cmp_ok($metrics->value('grantlink_store_readers', store => 'links', path => $path), '>=', 1,
        'the worker itself is a reader');
    my %entries = map { ("$_->{labels}{store} $_->{labels}{database}" => $_->{value}) }
        $metrics->samples('grantlink_store_entries');
    is($entries{'links connections'}, 1, 'one connection is known');
    is($entries{'links links'},       1, 'by one link');
    is($entries{'spool approvals'},   0, 'no approval waits');
    is($entries{'spool cells'},       0, 'nor is one counted');
    is($entries{'spool waiting'},     0, 'for no connection');
    is($entries{'spool outcomes'},    1, 'one attempt has ended');
};

subtest 'nothing secret, nothing without bounds' => sub {
    my $token = $link =~ s{.*/}{}r;
    unlike($text, qr/\Q$token\E/, 'no link token');
    unlike($text, qr/[0-9a-f]{8}-[0-9a-f]{4}-7/, 'no id of an attempt or connection');
    unlike($text, qr/nike|example\.com/, 'no account, no address');
    my %values;
    for my $sample (map { @{$_->{samples}} } $metrics->families) {
        while (my ($name, $value) = each %{$sample->{labels}}) {
            next if $name eq 'path' && $value eq $grantlink->edge_store;
            $values{"$name=$value"}++ unless $value =~ /\A(?:[a-z_]+|[0-9.]+|\+Inf)\z/;
        }
    }
    is_deeply(\%values, {}, 'each label is a word, a bound or the path of a store');
};

# Readers by other people.
subtest 'another parser understands the same' => sub {
    my $ran = run_command(['node', "$FindBin::Bin/lib/prometheus_parser.mjs"], input => $text);
    is($ran->{exit}, 0, 'npm\'s parse-prometheus-text-format reads it') or return diag $ran->{err};
    my %theirs = map { ($_->{name} => $_) } @{JSON::PP->new->utf8->decode($ran->{out})};
    is_deeply([sort keys %theirs], [sort map { $_->{name} } $metrics->families], 'the same families');
    for my $family ($metrics->families) {
        my $other = $theirs{$family->{name}};
        is($other->{help}, $family->{help}, "the help of $family->{name}");
        is($other->{type}, uc $family->{type}, 'its type');
        next if $family->{type} eq 'histogram';
        is(scalar @{$other->{metrics}}, scalar @{$family->{samples}}, 'as many samples');
    }
    my ($requests) = map { $_->{metrics} } $theirs{grantlink_requests_total};
    is_deeply({map { ("$_->{labels}{route} $_->{labels}{outcome}" => 0 + $_->{value}) } @$requests},
        \%expected, 'the same requests');
};

SKIP: {
    my ($promtool) = grep { -x } map { "$_/promtool" } split /:/, $ENV{PATH};
    skip 'promtool is not installed (Debian: prometheus)', 1 unless $promtool;
    my $ran = run_command([$promtool, qw(check metrics)], input => $text);
    is("$ran->{exit} $ran->{out}$ran->{err}", '0 ', 'promtool has no complaint');
}

$grantlink->finish;
done_testing;

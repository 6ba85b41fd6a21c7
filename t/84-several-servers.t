# Several servers in one nginx, each with a store, a key and a daemon of its own: what belongs to one
# is worth nothing at the other. And directives are inherited as nginx's own are.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Select;
use IO::Socket::UNIX;
use Socket qw(SOCK_DGRAM);
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Poll qw(patient);
use Grantlink::Port;
use Grantlink::Url qw(split_url);

# The second has no nginx of its own: its server is in the first one's.
my $port   = Grantlink::Port->reserve;
my $second = Grantlink::Instance->new(public_url => 'http://127.0.0.1:' . $port->number);
my $key    = $second->directory . '/etc/edge.key';
my $first  = Grantlink::Instance->new(workers => 2, log_level => 'debug', http => <<~"END",
    server {
        listen 127.0.0.1:${\$port->number};
        grantlink_store ${\$second->edge_store};
        grantlink_key $key;
        location /approve/ { grantlink_approve; }
        location /callback/ { grantlink_callback; }
        location /first/ { grantlink_store STORE; grantlink_key KEY; grantlink_approve;
            location /first/inside/ { grantlink_store OTHER; grantlink_key WITH; grantlink_callback; }
        }
        location /mixed/ { grantlink_store STORE; grantlink_callback; }
    }
    END
);
my %place = (STORE => $first->edge_store, KEY => $first->directory . '/etc/edge.key', OTHER => $second->edge_store, WITH => $key);
$first->write_nginx_config(http => $first->{http} =~ s/(STORE|KEY|OTHER|WITH)/$place{$1}/gr);
$second->start_smtp;
$second->start_sandbox;
$second->start_daemon;
$first->start;

my $browser = Grantlink::Client->new(witness => $first->evidence->witness);
my $here    = request_connection($first);
my $there   = request_connection($second);
sub moved ($url, $to) { return $url =~ s{\A\w+://[^/]+}{$to->public_url}er }

is(open_page($browser, $here->{link})->page, 'ready', 'the link of the first server');
is(open_page($browser, $there->{link})->page, 'ready', 'that of the second');
is($browser->get(moved($here->{link}, $second))->status, 404, 'the first one\'s link is none at the second');
is($browser->get(moved($there->{link}, $first))->status, 404, 'nor the other way');
is($browser->post(moved($there->{link}, $first))->status, 404, 'nor does its button work');

my @spools   = map { $_->store_digest('spool') } $first, $second;
my $callback = callback_for($browser, $here->{link});
my $foreign  = $browser->get(moved($callback, $second));
is($foreign->location, '?problem=bad_request', 'a callback of the first is refused by the second');
my $mixed = $browser->get(moved($callback, $second) =~ s{/callback/}{/mixed/}r);
is($mixed->location, '?problem=bad_request', 'by its key, though the store is the first one\'s');
is_deeply([map { $_->store_digest('spool') } $first, $second], \@spools, 'nothing was written');

my $other = callback_for($browser, $there->{link});
my $back  = come_back($browser, $callback);
is(wait_for_outcome($browser, $back->location), 'connected', 'at home it connects');
my $after = come_back($browser, $other);
is(split_url($after->location)->{origin}, $second->public_url, 'the second goes on at its own address');
is(wait_for_outcome($browser, $after->location), 'connected', 'and connects');
is($browser->get(moved($back->location, $second))->status, 404, 'a status page is known at its own server alone');
is($browser->get(moved($back->location, $second) . '/outcome')->json->{outcome}, 'unknown', 'so is an outcome');
is($second->admin->connection($there->{id})->{status}, 'active', 'each daemon has its own connection');
is($first->admin->get("/v1/connections/$there->{id}")->status, 404, 'and no other');

my ($token) = $here->{link} =~ m{([^/]+)\z};
is($browser->get($second->public_url . "/first/$token")->page, 'already_connected', 'a location may have a store and key of its own');

subtest 'inheritance' => sub {
    my $store = 'grantlink_store ' . $first->edge_store . ';';
    my $keys  = 'grantlink_key ' . $first->directory . '/etc/edge.key;';
    my @none  = (store => '', key => '', http => '');
    my $tried = sub ($name, $exit, @changed) {
        my $ran = $first->test_nginx_config($first->nginx_config_text(@none, @changed));
        ($exit ? isnt($ran->{exit}, 0, $name) : is($ran->{exit}, 0, $name)) or diag $ran->{err};
        return $ran->{err};
    };
    $tried->('both in http',             0, http => "$store $keys");
    $tried->('both in the server',       0, server => "$store $keys");
    $tried->('both in the locations',    0, approve => "$store $keys", callback => "$store $keys");
    $tried->('one here, one there',      0, http => $store, server => $keys);
    $tried->('a key behind its use',     0, http => $store, callback => $keys, approve => $keys);
    $tried->('the wake socket anywhere', 0, http => "$store $keys grantlink_wake a.sock;",
        server => 'grantlink_wake b.sock;', approve => 'grantlink_wake c.sock;');
    like($tried->('none for one of the locations', 1, approve => "$store $keys"), qr{location "/callback/" has no edge store}, 'names the location');
    for my $level (qw(http server approve)) {
        for my $directive ($store, $keys, 'grantlink_wake a.sock;', 'grantlink_thread_pool default;') {
            like($tried->("twice in $level: $directive", 1, http => '', $level => "$directive $directive"), qr/is duplicate/, 'says so');
        }
    }
};

# The daemon that is told of an approval is the one of the store that it went into.
subtest 'a location inside another, with another store' => sub {
    my $asked = request_connection($second);
    $second->stop('daemon');
    my $path = $second->edge_store . '/wake.sock';
    unlink $path;
    my $woken = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $path) or die "$path: $!\n";
    chmod 0666, $path;
    my $back = $browser->get(moved(callback_for($browser, $asked->{link}), $second) =~ s{/callback/}{/first/inside/}r);
    is($back->status, 303, 'an approval is recorded');
    ok(IO::Select->new($woken)->can_read(patient(10)), 'and that store\'s daemon is woken');
};

$first->logs_are_clean('no secret is in a log, at debug level');
$second->finish;
$first->finish;
done_testing;

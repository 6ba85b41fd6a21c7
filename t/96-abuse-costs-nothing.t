# States that are forged, too old, of the future, of another provider or used before, and approvals
# beyond what a link may have waiting: thousands of them write nothing and leave the worker as large
# as it was.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Socket::INET ();
use Test::More;
use Grantlink::EdgeTool qw(state_of);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Memory qw(anonymous_memory);
use Grantlink::Url qw(split_url);

my $grantlink = Grantlink::Instance->running(settings => {attempt_lifetime => '2s'}, server => 'keepalive_requests 1000000;');
my $browser   = $grantlink->browser;
my $asked     = request_connection($grantlink);
my $link      = $asked->{link};
my $used      = made_up_callback($browser, $link);
like(come_back($browser, $used)->location, qr{/attempts/}, 'one state is used');
my $another = request_connection($grantlink)->{link};
my $old = made_up_callback($browser, $link);
sleep 3;
$grantlink->stop('daemon');    # from here on nobody writes but the worker

my %hostile = (
    forged => $old =~ s{(state=.{60})(.)}{$1 . ($2 eq 'A' ? 'B' : 'A')}er,
    short  => $old =~ s{(state=.{40}).*}{$1}r,
    old    => $old,
    used   => $used,
    future => $old =~ s{state=[^&]*}{'state=' . state_of($grantlink, $asked->{id}, -90)}er,
    longer => $old =~ s{state=[^&]*}{'state=' . state_of($grantlink, $asked->{id}, 90)}er,
    other  => $old =~ s{/callback/instagram}{/callback/nobody}r,
    none   => $old =~ s{state=}{stat=}r,
);
my %path = map { $_ => (split_url($hostile{$_})->{path} // '') . ($hostile{$_} =~ /(\?.*)/)[0] } keys %hostile;

# So many of each, on one connection, fifty at a time.
sub send_many ($count) {
    my $socket = IO::Socket::INET->new(PeerAddr => split_url($grantlink->url)->{origin} =~ s{\A\w+://}{}r) or die "no connection: $@\n";
    my %answers;
    for my $name (sort keys %path) {
        my $request = "GET $path{$name} HTTP/1.1\r\nHost: x\r\n\r\n";
        for (1 .. $count / 50) {
            print {$socket} $request x 50;
            my ($text, $seen) = ('', 0);
            while ($seen < 50) {
                sysread($socket, $text, 65536, length $text) or die "the connection ended\n";
                $seen = () = $text =~ /\r\n\r\n/g;
            }
            $answers{$name}{$_}++ for $text =~ m{^HTTP/1\.1 (\d+)}mg;
        }
    }
    return \%answers;
}

send_many(500);    # what a worker needs once
my $stores = $grantlink->store_digest(qw(spool links vault));
my $before = anonymous_memory($grantlink->worker_pids);
my $answers = send_many(3000);
is_deeply($answers, {map { $_ => {303 => 3000} } keys %path}, 'each is sent on to a page') or diag explain $answers;
is($grantlink->store_digest(qw(spool links vault)), $stores, 'nothing was written');
my $grown = anonymous_memory($grantlink->worker_pids) - $before;
SKIP: {
    skip "valgrind's or AddressSanitizer's own memory is in the figure", 1
        if $ENV{GRANTLINK_VALGRIND} || $ENV{GRANTLINK_SANITIZE};
    cmp_ok($grown, '<=', 256, "the worker has grown by $grown KiB");
}

# A state that could be used is worth so much: the one that is made as those above were is taken.
my $control = $old =~ s{state=[^&]*}{'state=' . state_of($grantlink, $asked->{id}, 0)}er;
like($browser->get($control)->location, qr{/attempts/[0-9a-f-]{36}/confirm\z}, 'a state of now is a state');

subtest 'approvals beyond what a link may have waiting' => sub {
    my $approve = sub {
        my $someone = $grantlink->browser;
        return come_back($someone, made_up_callback($someone, $another))->location;
    };
    like($approve->(), qr{/attempts/[0-9a-f-]{36}\z}, "approval $_ of a link waits for the daemon") for 1 .. 8;
    my $full = $grantlink->store_digest('spool');
    is($approve->(), '?problem=too_many', "approval $_ is refused") for 9 .. 18;
    is($grantlink->store_digest('spool'), $full, 'without a write');
};

$grantlink->start_daemon;
$grantlink->finish;
done_testing;

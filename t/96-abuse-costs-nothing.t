# States that are forged, too old, of the future or used before: thousands of them write nothing and
# leave the worker as large as it was.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Socket::INET ();
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(split_url);

my $grantlink = Grantlink::Instance->running(settings => {attempt_lifetime => '2s'}, server => 'keepalive_requests 1000000;');
my $browser   = $grantlink->browser;
my $link      = request_connection($grantlink)->{link};
my $used      = made_up_callback($browser, $link);
like(come_back($browser, $used)->location, qr{/attempts/}, 'one state is used');
my $old = made_up_callback($browser, $link);
sleep 3;
$grantlink->stop('daemon');    # from here on nobody writes but the worker

my %hostile = (
    forged => $old =~ s{(state=.{60})(.)}{$1 . ($2 eq 'A' ? 'B' : 'A')}er,
    short  => $old =~ s{(state=.{40}).*}{$1}r,
    old    => $old,
    used   => $used,
    none   => $old =~ s{state=}{stat=}r,
);
my %path = map { $_ => (split_url($hostile{$_})->{path} // '') . ($hostile{$_} =~ /(\?.*)/)[0] } keys %hostile;

sub anonymous_memory {
    my ($worker) = $grantlink->worker_pids;
    open my $status, '<', "/proc/$worker/status" or die "/proc/$worker/status: $!\n";
    my ($kib) = map { /^RssAnon:\s+(\d+)/ ? $1 : () } readline $status;
    return $kib;
}

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
my $before = anonymous_memory();
my $answers = send_many(3000);
is_deeply($answers, {map { $_ => {303 => 3000} } keys %path}, 'each is sent on to a page') or diag explain $answers;
is($grantlink->store_digest(qw(spool links vault)), $stores, 'nothing was written');
my $grown = anonymous_memory() - $before;
SKIP: {
    skip "valgrind's or AddressSanitizer's own memory is in the figure", 1
        if $ENV{GRANTLINK_VALGRIND} || $ENV{GRANTLINK_SANITIZE};
    cmp_ok($grown, '<=', 256, "the worker has grown by $grown KiB");
}

$grantlink->start_daemon;
$grantlink->finish;
done_testing;

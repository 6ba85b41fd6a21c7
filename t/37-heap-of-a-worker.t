# Many requests in one turn of the event loop need their memory together. The worker keeps it for the next turn, and
# gives it back when nothing comes any more.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Socket::INET ();
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Poll qw(eventually);
use Grantlink::Url qw(split_url);

plan skip_all => "another allocator, which keeps what it likes"
    if $ENV{GRANTLINK_SANITIZE} || $ENV{GRANTLINK_VALGRIND};

my $grantlink = Grantlink::Instance->running;
my $link      = split_url(request_connection($grantlink)->{link});
my ($worker)  = $grantlink->worker_pids;
my @browsers  = map { IO::Socket::INET->new(PeerAddr => $link->{origin} =~ s{\A\w+://}{}r) // die "no connection: $@\n" } 1 .. 64;

sub read_answers ($browser, $count) {
    my ($text, $seen) = ('', 0);
    while ($seen < $count) {
        sysread($browser, $text, 65536, length $text) or die "the connection ended\n";
        $seen = () = $text =~ m{</html>}g;
    }
    return scalar(() = $text =~ m{^HTTP/1\.1 200 }mg);
}

# All of them ask before the worker sees any of it.
sub one_turn () {
    kill STOP => $worker;
    print {$_} "GET $link->{path} HTTP/1.1\r\nHost: x\r\n\r\n" x 2 for @browsers;
    kill CONT => $worker;
    my $pages = 0;
    $pages += read_answers($_, 2) for @browsers;
    return $pages;
}

sub page_faults () {
    open my $stat, '<', "/proc/$worker/stat" or die "/proc/$worker/stat: $!\n";
    return (split ' ', readline($stat) =~ s/.*\) //r)[7];
}

sub anonymous_memory () {
    open my $status, '<', "/proc/$worker/status" or die "/proc/$worker/status: $!\n";
    my ($kib) = map { /^RssAnon:\s+(\d+)/ ? $1 : () } readline $status;
    return $kib;
}

is(one_turn(), 2 * @browsers, 'each of many requests is answered') for 1 .. 3;
my ($before, $turns) = (page_faults(), 10);
one_turn() for 1 .. $turns;
my $faults = (page_faults() - $before) / $turns;
cmp_ok($faults, '<', @browsers / 4, "a turn asks for hardly any memory: $faults pages");

my $busy = anonymous_memory();
ok(eventually(sub { anonymous_memory() < $busy - 128 }), 'what the turns needed is given back');

$grantlink->finish;
done_testing;

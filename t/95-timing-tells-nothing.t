# How long an answer takes says nothing about which link tokens there are: one that differs from a link
# in its last three characters only is looked up as fast as one that has nothing in common with any.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Socket::INET ();
use List::Util qw(max shuffle);
use Test::More;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->running(server => 'keepalive_requests 1000000;');
my ($token)   = request_connection($grantlink)->{link} =~ m{([^/]+)\z};
my $replaced  = request_connection($grantlink);
my ($old)     = $replaced->{link} =~ m{([^/]+)\z};
$grantlink->admin->post("/v1/connections/$replaced->{id}/regenerate", {})->{status} == 200 or die "not regenerated\n";

my @letters = ('A' .. 'Z', 'a' .. 'z', 0 .. 9);
sub some ($length) { return join '', map { $letters[rand @letters] } 1 .. $length }
sub near ($text) { return substr($text, 0, -3) . some(3) }

my $address = $grantlink->url =~ s{\Ahttp://}{}r;
my $socket  = IO::Socket::INET->new(PeerAddr => $address) or die "no connection: $@\n";

sub seconds_for ($path) {
    my $began = clock_gettime(CLOCK_MONOTONIC);
    syswrite $socket, "GET /approve/$path HTTP/1.1\r\nHost: x\r\n\r\n";
    my $text = '';
    until ($text =~ m{</html>\s*\z}) { sysread($socket, $text, 65536, length $text) or die "the connection ended\n" }
    my $took = clock_gettime(CLOCK_MONOTONIC) - $began;
    die "not the answer to an unknown link: $text\n" if $text !~ m{\AHTTP/1.1 404 };
    return $took;
}

sub median (@values) { return (sort { $a <=> $b } @values)[@values / 2] }

# All tokens are made before, and the kinds asked for in turns, in another order each time: neither what
# the test does in between nor a machine that gets slower favours any of them.
my %make = ('near a link' => sub { near($token) }, 'near a replaced one' => sub { near($old) }, 'far' => sub { some(length $token) });

sub ratios ($rounds) {
    my @asked = map { my %one = map { $_ => $make{$_}->() } keys %make; \%one } 1 .. $rounds;
    my @kinds = sort keys %make;
    my %took;
    for my $one (@asked) {
        push @{$took{$_}}, seconds_for($one->{$_}) for @kinds = shuffle(@kinds);
    }
    my $far = median(@{delete $took{far}});
    return {map { $_ => median(@{$took{$_}}) / $far } keys %took};
}

seconds_for(some(length $token)) for 1 .. 200;
# What there is to learn would be learned each time; what disturbs the machine is not there each time.
my ($ratios, $worst);
for my $try (1 .. 3) {
    $ratios = ratios(1000);
    $worst  = max(map { abs log } values %$ratios);
    last if $worst < log 1.1;
}
my $found = join ', ', map { sprintf '%s: %.3f', $_, $ratios->{$_} } sort keys %$ratios;
cmp_ok($worst, '<', log 1.1, "of the time of a token far from any, $found");

$grantlink->finish;
done_testing;

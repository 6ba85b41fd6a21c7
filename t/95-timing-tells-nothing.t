# How long an answer takes says nothing about which link tokens there are: one that differs from a link
# in its last character only is looked up as fast as one that has nothing in common with any.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Socket::INET ();
use Test::More;
use Time::HiRes qw(time);
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->running(server => 'keepalive_requests 1000000;');
my ($token)   = request_connection($grantlink)->{link} =~ m{([^/]+)\z};
my $replaced  = request_connection($grantlink);
my ($old)     = $replaced->{link} =~ m{([^/]+)\z};
$grantlink->admin->post("/v1/connections/$replaced->{id}/regenerate", {});

# The last character holds bits beyond the token in some spellings; the one before it does not.
sub near ($text) { return $text =~ s{(.)(.)\z}{($1 eq 'A' ? 'B' : 'A') . $2}er }
sub far () { return join '', map { ('A' .. 'Z', 'a' .. 'z', 0 .. 9)[rand 62] } 1 .. length($token) - 1, 'A' }

my $address = $grantlink->url =~ s{\Ahttp://}{}r;
my $socket  = IO::Socket::INET->new(PeerAddr => $address) or die "no connection: $@\n";

sub seconds_for ($path) {
    my $began = time;
    syswrite $socket, "GET /approve/$path HTTP/1.1\r\nHost: x\r\n\r\n";
    my $text = '';
    until ($text =~ m{</html>\s*\z}) { sysread($socket, $text, 65536, length $text) or die "the connection ended\n" }
    my $took = time - $began;
    die "not the answer to an unknown link: $text\n" if $text !~ m{\AHTTP/1.1 404 };
    return $took;
}

sub median (@values) { return (sort { $a <=> $b } @values)[@values / 2] }

# Taken in turns, so that a machine that gets slower meanwhile favours none of them.
my %made = ('near a link' => sub { near($token) }, 'near a replaced one' => sub { near($old) }, 'far' => \&far);
my %took;
for my $round (1 .. 1500) {
    for my $kind (sort { ($round % 2 ? 1 : -1) * ($a cmp $b) } keys %made) {
        push @{$took{$kind}}, seconds_for($made{$kind}->());
    }
}
my $far = median(@{delete $took{far}});
for my $kind (sort keys %took) {
    my $ratio = median(@{$took{$kind}}) / $far;
    ok($ratio > 0.8 && $ratio < 1.25, sprintf "$kind: %.3f of the time of a token far from any", $ratio);
}

$grantlink->finish;
done_testing;

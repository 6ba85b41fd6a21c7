# Many requests in one turn of the event loop need their memory together. The worker keeps it for the next turn, and
# gives it back when nothing comes any more.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Memory qw(anonymous_memory page_faults);
use Grantlink::Poll qw(eventually);
use Grantlink::Wire;

plan skip_all => "another allocator, which keeps what it likes"
    if $ENV{GRANTLINK_SANITIZE} || $ENV{GRANTLINK_VALGRIND};

my $grantlink = Grantlink::Instance->running;
my ($path)    = request_connection($grantlink)->{link} =~ m{\Ahttp://[^/]+(/.*)};
my ($worker)  = $grantlink->worker_pids;
my @browsers  = map { Grantlink::Wire->connect($grantlink) } 1 .. 64;

# All of them ask for two pages before the worker sees any of it. Answers how many came.
sub one_turn () {
    kill STOP => $worker;
    $_->send($_->request("GET $path") x 2) for @browsers;
    kill CONT => $worker;
    return scalar grep { $_->response->status == 200 } @browsers, @browsers;
}

is(one_turn(), 2 * @browsers, 'each of many requests is answered') for 1 .. 3;
my ($before, $turns) = (page_faults($worker), 10);
one_turn() for 1 .. $turns;
my $faults = (page_faults($worker) - $before) / $turns;
cmp_ok($faults, '<', @browsers / 4, "a turn asks for hardly any memory: $faults pages");

my $busy = anonymous_memory($worker);
ok(eventually(sub { anonymous_memory($worker) < $busy - 128 }), 'what the turns needed is given back');

$grantlink->finish;
done_testing;

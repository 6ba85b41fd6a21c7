# The edge reads nothing that was not written and writes over no end: each route, to each of its ends,
# in a debug build of nginx under valgrind's memcheck.
#
# For all tests, and leaks as well: ./build.sh test --valgrind

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;

# Before the harness is loaded, which reads them.
BEGIN {
    $ENV{GRANTLINK_VALGRIND} ||= 'access';
    $ENV{GRANTLINK_PATIENCE} //= 5;
}
use Grantlink::Build;
use Grantlink::Instance;
use Grantlink::Walk;

plan skip_all => 'AddressSanitizer and valgrind exclude each other' if $ENV{GRANTLINK_SANITIZE};
plan skip_all => 'no debug build of nginx' unless -x Grantlink::Build::debug_nginx();
plan skip_all => 'no valgrind' if system('command -v valgrind >/dev/null') != 0;
$ENV{GRANTLINK_NGINX} = Grantlink::Build::debug_nginx();

my $grantlink = Grantlink::Instance->running;
walk($grantlink);
$grantlink->stop('nginx');
cmp_ok($grantlink->{valgrind}->processes, '>=', 2, 'memcheck watched master and worker');
is(join("\n", $grantlink->{valgrind}->reports), '', 'and reports nothing');
$grantlink->finish;

done_testing;

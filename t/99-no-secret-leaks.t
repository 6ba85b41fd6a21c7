# After every route, and every error: no link token, code, state, verifier, cookie or access token
# stands in a log, an error page, a process list or a store.
#
# With GRANTLINK_SECRETS_DIR set while the whole suite runs, all of that suite is searched as well.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Temp ();
use Test::More;
use Grantlink::Evidence qw(find_leaks);
use Grantlink::Instance;
use Grantlink::Walk;

my $suite = $ENV{GRANTLINK_SECRETS_DIR};
my $own   = File::Temp->newdir('grantlink-evidence-XXXXXX', TMPDIR => 1);
$ENV{GRANTLINK_SECRETS_DIR} = "$own";

my $grantlink = Grantlink::Instance->running(tap => 1, workers => 2);
walk($grantlink);
$grantlink->finish;

my %kinds = map { $_ => 1 } qw(link state code cookie token secret);
delete $kinds{$_} for grep { $grantlink->evidence->secrets($_) } keys %kinds;
is_deeply([sort keys %kinds], [], 'secrets of each kind were seen');

sub clean ($directory, $name) {
    subtest $name => sub {
        my ($secrets, $places, $found) = find_leaks($directory);
        note "$secrets secrets, $places places";
        cmp_ok($secrets, '>', 20, 'there were secrets to look for');
        cmp_ok($places, '>', 10, 'and places to look at');
        my %by_place;
        $by_place{$_->{place} =~ s/[0-9a-f]{64}/…/r}{$_->{kind}} = 1 for @$found;
        my @all = map { "$_: " . join ' ', sort keys %{$by_place{$_}} } sort keys %by_place;
        is(join("\n", @all[0 .. ($#all < 29 ? $#all : 29)]), '', 'none of them is anywhere');
    };
}

# The search finds what is there.
mkdir "$own/planted";
mkdir "$own/planted/places";
my $leak = (grep { length == 32 } $grantlink->evidence->secrets('link'))[0];

sub is_found ($name, @parts) {
    my $path = "$own/planted/places/x.log";
    open my $planted, '>:raw', $path or die "$path: $!\n";
    for my $part (@parts) {
        ref $part ? seek($planted, $$part, 1) : print {$planted} $part;
    }
    close $planted;
    is_deeply((find_leaks("$own"))[2], [{kind => 'link', place => 'planted/places/x.log'}], $name);
    unlink $path;
}

is_found('a secret that was planted is found', "GET /approve/$leak HTTP/1.1\n");
is_found('also across pieces', 'x' x ((1 << 20) - 16), $leak);
is_found('also behind a hole of gigabytes', 'x', \(5 << 30), $leak);

clean("$own", 'this run');
clean($suite, 'the whole suite') if defined $suite && glob "$suite/*/secrets";

done_testing;

# docs/openapi.yaml has nothing that a linter objects to, and says what the API does: every answer that
# any test got of it is as described. Runs after the others, on what Grantlink::Admin has noted.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Temp ();
use JSON::PP qw(decode_json);
use Test::More;
use Grantlink::Command qw(run_command);

# Alone, it makes a few answers for itself.
my $alone = !defined $ENV{GRANTLINK_ANSWERS_DIR};
my $own   = File::Temp->newdir('grantlink-XXXXXX', TMPDIR => 1);
$ENV{GRANTLINK_ANSWERS_DIR} = $own->dirname if $alone;
if ($alone) {
    my $ran = run_command([$^X, "-I$FindBin::Bin/lib", "$FindBin::Bin/$_"], seconds => 120) for qw(40-admin-api.t 44-token-is-refreshed.t);
}

my $ran = run_command(['node', "$FindBin::Bin/lib/fits_openapi.mjs", "$FindBin::Bin/../docs/openapi.yaml", $ENV{GRANTLINK_ANSWERS_DIR}], seconds => 120);
is($ran->{exit}, 0, 'it could be compared') or diag $ran->{err};
my @said    = map { decode_json($_) } split /\n/, $ran->{out};
my $summary = pop @said // {};
my %times;
$times{$_->{problem} =~ s/[0-9a-f]{8}-[0-9a-f-]{27}/ID/gr}++ for @said;
is(keys %times, 0, 'nothing to object to') or diag map { "$_ ($times{$_} times)\n" } grep { defined } (sort keys %times)[0 .. 20];
cmp_ok($summary->{answers} // 0, '>=', 50, 'answers were compared');

# An operation that no test asks for would be documented by hope.
open my $file, '<', "$FindBin::Bin/../docs/openapi.yaml" or die $!;
my @operations = sort map { /^\s+operationId: (\w+)$/ ? $1 : () } <$file>;
is_deeply($summary->{operations}, \@operations, 'each operation was asked for') unless $alone;

done_testing;

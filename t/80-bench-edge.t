# ./build.sh bench edge: that it measures, not how fast.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/bench/lib";
use File::Temp ();
use JSON::PP qw(decode_json);
use Test::More;
use Grantlink::Bench::Baseline qw(answer_to require_same return_page static_page);
use Grantlink::Bench::Callbacks;
use Grantlink::Bench::Load;
use Grantlink::Bench::Server;
use Grantlink::Command qw(run_command);

plan skip_all => 'needs two processors' if qx(nproc) < 2;

my $temp = File::Temp->newdir('grantlink-XXXXXX', DIR => $ENV{TMPDIR} // '/var/tmp');
$ENV{TMPDIR} = $temp->dirname;
my $script = "$FindBin::Bin/bench/edge.pl";
my $ran    = run_command([$^X, $script, '--try', '--json'], seconds => 180);
is($ran->{exit}, 0, 'it exits 0') or diag $ran->{err};
my $result = eval { decode_json($ran->{out}) };
is(ref $result, 'HASH', 'and prints one JSON object') or do { diag $ran->{out}; done_testing; exit };

for my $name (qw(page_vs_return200 page_vs_return200_same_heap page_vs_static page_vs_static_same_heap page_10m_vs_1k
    start_vs_return303 callback_vs_single_commit page_p99_storm_vs_quiet worker_mib_over_bare)) {
    cmp_ok($result->{$name} // 0, '>', 0, $name);
}
my %sides = (page => [qw(page return200 return200_same_heap static static_same_heap)], size => [qw(most small)], start => [qw(return303 start)],
    callback => [qw(callback single_commit)], latency => [qw(quiet storm)]);
for my $what (sort keys %sides) {
    my @rounds = @{$result->{raw}{$what} // []};
    is(@rounds, $result->{environment}{rounds}, "$what: a round for each");
    is_deeply([sort keys %{$rounds[0]}], $sides{$what}, '… with all sides');
}
my $page = $result->{raw}{page}[0];
is($result->{page_vs_return200}, 0 + sprintf('%.3f', $page->{page}{rate} / $page->{return200}{rate}),
    'the ratio is that of the rates');
cmp_ok($result->{raw}{callback}[0]{callback}{count}, '>', 0, 'callbacks were recorded');
is_deeply([glob "$ENV{TMPDIR}/*"], [], 'nothing is left behind');

subtest 'a page of any size and content can be given by nginx itself' => sub {
    my $body = join '', map { qq{<p class="$_">\\"\\' \xc3\xa9 {}; #$_</p>\n} } 1 .. 400;
    my $page = {body => $body, headers => [['Content-Type', 'text/html; charset=utf-8'], ['X-Note', q{'a' "b" \\}]]};
    my $file = 'f' x 32;
    my $nginx = Grantlink::Bench::Server->start(name => 'tried', directory => $ENV{TMPDIR}, servers => {
        return200 => return_page($page), static => static_page($page, "$ENV{TMPDIR}/files", $file)});
    my @answers = map { answer_to($nginx->port($_), "GET /approve/$file HTTP/1.1\r\nHost: a\r\n\r\n") }
        qw(return200 static);
    is($answers[0]{body}, $body, 'return 200');
    is($answers[1]{body}, $body, 'a file');
    is_deeply([grep { $_->[0] eq 'X-Note' } @{$answers[0]{headers}}], [$page->{headers}[1]], 'and the headers');
    ok(eval { require_same(@answers, 'static'); 1 }, 'both are the same') or diag $@;
    $answers[1]{body} =~ s/p/q/;
    ok(!eval { require_same(@answers, 'static'); 1 }, 'a byte that differs is noticed');
    $nginx->stop;
};

subtest 'wrong answers are no figures' => sub {
    my %good = (requests => 10, bytes => 1030, status_errors => 0);
    my $judge = sub (%changed) { eval { Grantlink::Bench::Load::require_answers({%good, %changed}, 100, 1, 'page'); 1 } };
    ok($judge->(), 'ten answers, and a piece of the next');
    ok(!$judge->(bytes => 999), 'an answer that was shorter');
    ok(!$judge->(bytes => 1101), 'one that was longer');
    ok(!$judge->(status_errors => 1), 'one with the status of an error');
    my $site = bless {}, 'Site';
    sub Site::were_sent { }
    my %recorded = (recorded => 10, other => 0, requests => 10, sent => 10, seconds => 1);
    my $count = sub ($came, %changed) { eval { Grantlink::Bench::Callbacks::require_recorded($site, {%recorded, %changed}, $came); 1 } };
    ok($count->(10), 'as many approvals as answers');
    ok($count->(266), 'and those whose answers were on their way');
    ok(!$count->(9), 'an answer without an approval');
    ok(!$count->(267), 'approvals without an answer');
    ok(!$count->(10, other => 1), 'another answer than the redirect');
};

my $wrong = run_command([$^X, $script, '--fast']);
isnt($wrong->{exit}, 0, 'an unknown option is refused');
like($wrong->{err}, qr/usage/, 'with the usage');

done_testing;

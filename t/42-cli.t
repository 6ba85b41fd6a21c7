# The grantlink command: each subcommand, for people, for programs, and its exit codes.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Command qw(run_command);
use JSON::PP qw(decode_json);

my $grantlink = Grantlink::Instance->running(settings => {brands => {acme => {name => 'Acme'}}});
my $browser   = $grantlink->browser;

sub ok_run ($name, @arguments) {
    my $ran = $grantlink->cli(@arguments);
    is($ran->{exit}, 0, "$name: exit 0") or diag $ran->{out}, $ran->{err};
    return $ran;
}

sub fails ($name, $exit, $pattern, @arguments) {
    my $ran = $grantlink->cli(@arguments);
    is($ran->{exit}, $exit, "$name: exit $exit") or diag $ran->{out}, $ran->{err};
    like($ran->{err}, $pattern, "$name: says why");
    is($ran->{out}, '', "$name: nothing on standard output");
}

my $ran = ok_run('request', qw(request instagram @nike --notify me@example.com));
like($ran->{out}, qr{\A\Q@{[$grantlink->public_url]}\E/approve/[\w-]{32}\n\z}, 'it prints the link and nothing else');
chomp(my $link = $ran->{out});
is(open_page($browser, $link)->page, 'ready', 'which works');

my $json = decode_json(ok_run('request --json', qw(request instagram @adidas --json))->{out});
is($json->{account}, '@adidas', 'the JSON is that of the API');
my $id = $json->{id};

$ran = ok_run('list', 'list');
like($ran->{out}, qr/\@nike\b.*pending|pending.*\@nike\b/, 'a table names account and status');
unlike($ran->{out}, qr{/approve/}, 'and shows no link');
unlike($ran->{out}, qr/\e\[/, 'and has no colours when it goes to a program');
is(scalar @{decode_json(ok_run('list --json', qw(list --json))->{out})->{connections}}, 2, 'the JSON lists two');
is(scalar @{decode_json(ok_run('list --status active', qw(list --status active --json))->{out})->{connections}}, 0, 'by status');
is(scalar @{decode_json(ok_run('list --account', qw(list --account @nike --json))->{out})->{connections}}, 1, 'by account');

$ran = ok_run('show', 'show', $id);
like($ran->{out}, qr/\Q$id\E/, 'show names the id');
like($ran->{out}, qr/pending/, 'and the status');
is(decode_json(ok_run('show by account', qw(show @nike --json))->{out})->{account}, '@nike', 'an account names a connection');
is(decode_json(ok_run('show by a part of the id', 'show', substr($id, 0, 34), '--json')->{out})->{id}, $id, 'so does the start of its id');

is(ok_run('link', qw(link @nike))->{out}, "$link\n", 'link prints the same link again');
$ran = ok_run('link --qr', qw(link @nike --qr));
like($ran->{out}, qr/\Q$link\E/, 'with --qr the link is there');
like($ran->{out}, qr/(?:\xe2\x96[\x80-\x9f]|##|\e\[)/, 'and something to point a phone at');

$json = decode_json(ok_run('request in a brand', qw(request instagram @puma --brand acme --language pt-BR --json))->{out});
is_deeply([@$json{qw(brand language)}], [qw(acme pt-BR)], 'brand and language are passed on');
like($ran = ok_run('show', qw(show @puma))->{out}, qr/^Brand\s+acme$/m, 'show names the brand');
like($ran, qr/^Language\s+pt-BR$/m, 'and the language');
unlike(ok_run('show', qw(show @nike))->{out}, qr/^(?:Brand|Language)/m, 'where there are any');

$ran = ok_run('regenerate', qw(regenerate @nike --yes));
like($ran->{out}, qr{/approve/[\w-]{32}$}m, 'regenerate prints a link');
unlike($ran->{out}, qr/\Q$link\E/, 'another one');
is($browser->get($link)->page, 'replaced', 'the old one is dead');
my $unsure = $grantlink->cli(qw(regenerate @nike));
is($unsure->{exit}, 1, 'without --yes, and nobody to ask, it does nothing');
is(decode_json($grantlink->cli(qw(show @nike --json))->{out})->{generation}, 2, 'really nothing');

my $login = ok_run('login', qw(login instagram));
like($login->{out}, qr{/approve/[\w-]{32}}, 'login prints a link to open oneself');

chomp(my $fresh = $grantlink->cli(qw(link @nike))->{out});
is(wait_for_outcome($browser, approve($browser, $fresh)), 'connected', 'the link is approved');
like(ok_run('show', qw(show @nike))->{out}, qr/active/, 'show says active');
unlike(ok_run('show', qw(show @nike))->{out}, qr/IGAASANDBOXTOKEN/, 'and no token');

$ran = ok_run('cancel', 'cancel', $id, '--yes');
is(decode_json(ok_run('show', 'show', $id, '--json')->{out})->{status}, 'revoked', 'cancel revokes');

like(ok_run('status', 'status')->{out}, qr/active/i, 'status tells how many there are');
is(decode_json(ok_run('status --json', qw(status --json))->{out})->{status}, 'ok', 'status --json is the health');
like(ok_run('providers', 'providers')->{out}, qr{/callback/instagram}, 'providers shows the redirect URI');

for my $command (qw(init request login list show history watch link regenerate cancel status)) {
    my $help = ok_run("$command --help", $command, '--help')->{out};
    like($help, qr/grantlink $command/, "$command --help shows an example");
}
my $help = ok_run('--help', '--help')->{out};
like($help, qr/Exit codes/, '--help documents the exit codes');
like(ok_run('--version', '--version')->{out}, qr/\Agrantlink \d/, '--version');

fails('no command',          2, qr/help/, ());
fails('an unknown command',  2, qr/help/, 'frobnicate');
fails('an unknown option',   2, qr/help/, qw(list --colour));
fails('an argument missing', 2, qr/help/, 'request');
fails('an unknown provider', 1, qr/myspace/, qw(request myspace @nike));
fails('an unknown account',  1, qr/nobody/,  qw(show @nobody));
fails('an unknown id',       1, qr/0190a0b0/, 'show', '0190a0b0-c0d0-7000-8000-000000000000');
fails('an address that is none', 1, qr/notify|address/i, qw(request instagram @nike --notify nobody));
fails('an unknown brand',    1, qr/known are acme/, qw(request instagram @nike --brand myspace));
fails('a language that is none', 1, qr/pt-BR/, qw(request instagram @nike --language pt_BR));
fails('a lifetime that is none', 2, qr/7d/, qw(request instagram @nike --expires soon));

$grantlink->stop('daemon');
fails('no daemon', 3, qr/admin\.sock/, 'status');
fails('no daemon, a socket that is named', 3, qr{/nowhere/admin\.sock}, qw(--socket /nowhere/admin.sock list));

$grantlink->start_daemon;
$grantlink->finish;
done_testing;

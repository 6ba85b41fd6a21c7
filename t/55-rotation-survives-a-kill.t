# kill -9 between every two durable steps of a rotation of keys, of the command and of the daemon. Whatever was
# written by then, all goes on: what was begun before, what begins now, with nginx reloaded or not, with the daemon
# restarted or not. And the same command, run again, finishes what was begun.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Build;
use Grantlink::Command qw(run_command);
use Grantlink::FaultPoints;
use Grantlink::Flow;
use Grantlink::Instance;

my $grantlink = Grantlink::Instance->new;
my $etc       = $grantlink->directory . '/etc';
my @config    = ('--config', $grantlink->toml_path);
my $many      = 450;    # tokens, which are sealed anew in several steps

$grantlink->vault_tool(fill => "$etc/master.key", $many);
$grantlink->start;
my $browser = $grantlink->browser;
my $admin   = $grantlink->admin;

sub token_of ($id) { return $admin->get("/v1/connections/$id/token")->json->{access_token} }
sub rotate (@which) { return $grantlink->cli('keys', 'rotate', @which, @config) }
sub new_approval () { return wait_for_outcome($browser, approve($browser, request_connection($grantlink)->{link})) }

# The ids in both files, in their order.
sub key_files () {
    my %ids;
    for my $name (qw(master edge)) {
        open my $file, '<', "$etc/$name.key" or die "$name.key: $!\n";
        for (readline $file) { push @{$ids{$1 eq 'seal' ? 'seal' : $name}}, $2 if /^(key|seal) (\d+) / }
    }
    return \%ids;
}

# How many tokens are sealed with which key. No daemon runs meanwhile.
sub tokens_by_key () {
    my %count;
    $count{hex substr((split)[1], 2, 2)}++ for split /\n/, $grantlink->vault_tool(list => 'tokens');
    return \%count;
}

my $first = request_connection($grantlink);
is(wait_for_outcome($browser, approve($browser, $first->{link})), 'connected', 'a connection');
my $token = token_of($first->{id});

sub begun_before () {
    $browser = $grantlink->browser;
    my $begun = request_connection($grantlink);
    return {waiting => request_connection($grantlink), callback => callback_for($browser, $begun->{link}), keys => key_files()};
}

sub judge_all_goes_on ($about, $when) {
    is(wait_for_outcome($browser, come_back($browser, $about->{callback})->location), 'connected', "$when: an attempt begun before ends well");
    is($grantlink->browser->get($about->{waiting}{link})->page, 'ready', "$when: a link made before opens");
    is(new_approval(), 'connected', "$when: a new approval goes through");
    is(token_of($first->{id}), $token, "$when: a token sealed before is vended");
}

# The command is ended one step later each time, beside a daemon that lives.
sub at_each_step_of_command ($command, %story) {
    for my $at (1 .. 50) {
        my $when  = "@$command, step $at";
        my $about = $story{prepare}->();
        my $ran   = run_command([Grantlink::Build::program('crash/grantlink'), @$command, @config],
            environment => {GRANTLINK_SOCKET => $grantlink->socket, GRANTLINK_KILL_AT => $at});
        my $ended = $ran->{exit} == 128 + 9;
        ok($ended || $ran->{exit} == 0, "$when: it ended there, or was through") or diag $ran->{err};
        $about->{found} = key_files();
        $grantlink->replace_workers;    # as anybody may at any time
        judge_all_goes_on($about, $when);
        $grantlink->restart_daemon;
        is(new_approval(), 'connected', "$when: also after a restart");
        is(token_of($first->{id}), $token, "$when: and the token is there");
        $story{judge}->($about, $when, $ended);
        is($grantlink->cli('check')->{exit}, 0, "$when: the vault is well");
        is_deeply([glob "$etc/*.new"], [], "$when: nothing is left beside the files");
        return $at - 1 unless $ended;
    }
    die "it never ended\n";
}

# Both keys, of edge.key's the first of its two steps.
subtest 'the command, rotating both' => sub {
    my %found;
    my $steps = at_each_step_of_command(['keys', 'rotate'],
        prepare => \&begun_before,
        judge   => sub ($about, $when, $ended) {
            my ($before, $found) = @$about{qw(keys found)};
            my $between = $found->{master}[0] != $found->{seal}[0];
            my $in_use  = !$between && $found->{seal}[0] != $before->{seal}[0];
            $found{$between ? 'between the files' : $in_use ? 'master.key in use' : @{$found->{edge}} > @{$before->{edge}} ? 'edge.key written' : 'nothing'} = 1;
            is(rotate()->{exit}, 0, "$when: run again, it is through") if $ended;
            my $now = key_files();
            is($now->{master}[0], $now->{seal}[0], "$when: edge.key seals to the newest master key");
            is(@{$now->{master}} - @{$before->{master}}, 1, "$when: of which one was made, and no other by the second run");
            my @old = @{$before->{edge}};
            my ($new) = grep { my $id = $_; !grep { $_ == $id } @old } @{$now->{edge}};
            is_deeply($now->{edge}, [@old, $new], "$when: there is one new edge key, behind the others until somebody says that nginx knows it");
            $grantlink->replace_workers;
            is(rotate('edge')->{exit}, 0, "$when: and put in front");
            $grantlink->replace_workers;
            is(new_approval(), 'connected', "$when: with which approvals go through");
        },
    );
    cmp_ok($steps, '>=', 9, 'there were that many steps');
    ok($found{$_}, "some of them left: $_") for 'nothing', 'between the files', 'master.key in use', 'edge.key written';
};

subtest 'the command, putting a known edge key in front' => sub {
    my $steps = at_each_step_of_command(['keys', 'rotate', 'edge'],
        prepare => sub {
            is(rotate('edge')->{exit}, 0, 'a new key, behind the old ones');
            $grantlink->replace_workers;
            return begun_before();
        },
        judge => sub ($about, $when, $ended) {
            my $new  = $about->{keys}{edge}[-1];
            my $done = $about->{found}{edge}[0] == $new;
            ok($done || !$ended || "@{$about->{found}{edge}}" eq "@{$about->{keys}{edge}}", "$when: it is in front, or all is as it was");
            is(rotate('edge')->{exit}, 0, "$when: run again, it is through") unless $done;
            is(key_files()->{edge}[0], $new, "$when: it is in front");
            $grantlink->replace_workers;
            is(new_approval(), 'connected', "$when: and approvals go through");
        },
    );
    cmp_ok($steps, '>=', 3, 'there were that many steps');
};

subtest 'the daemon, while it seals anew' => sub {
    my ($seen, $points) = at_each_fault_point($grantlink,
        prepare => \&begun_before,
        act     => sub ($about, $process) {
            $about->{exit} = rotate('master')->{exit};
            my $current = key_files()->{master}[0];
            return until_ended_or($process, sub {
                !grep { $_->{id} != $current && $_->{tokens} } @{$admin->get('/v1/keys')->json->{master}};
            });
        },
        look => sub ($about) {
            $about->{sealed} = tokens_by_key();
            $about->{found}  = key_files();
        },
        judge => sub ($about, $when) {
            my ($before, $found, $sealed) = @$about{qw(keys found sealed)};
            my %known = map { $_ => 1 } @{$found->{master}};
            is_deeply([grep { !$known{$_} } keys %$sealed], [], "$when: each token is sealed with a key that is there");
            judge_all_goes_on($about, $when);
            my $through = $found->{seal}[0] == $found->{master}[0] && $found->{master}[0] != $before->{master}[0];
            ok($through || $about->{exit}, "$when: the command says so when it is not through");
            is(rotate('master')->{exit}, 0, "$when: and finishes it when run again") unless $through;
            my $now = key_files();
            is(scalar @{$now->{master}}, @{$before->{master}} + 1, "$when: with one new key");
            my $left = sub { map { $_->{id} } grep { $_->{tokens} } @{$admin->get('/v1/keys')->json->{master}} };
            ok(eventually(sub { "@{[$left->()]}" eq $now->{master}[0] }), "$when: all tokens are sealed with it in the end") or diag "@{[$left->()]}";
            is($grantlink->cli('check')->{exit}, 0, "$when: and open");
            is(token_of($first->{id}), $token, "$when: to what they were");
            my $old = grep { $_ != $found->{master}[0] } keys %$sealed;
            return $old == keys %$sealed ? 'none was sealed anew' : $old ? 'some were' : 'all were';
        },
    );
    cmp_ok($points, '>=', 8, 'there were that many moments');
    ok($seen->{$_}, "in some of them $_") for 'none was sealed anew', 'some were', 'all were';
};

$grantlink->finish;
done_testing;

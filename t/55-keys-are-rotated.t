# Keys are rotated with nothing down and nothing unreadable, also when the daemon is killed meanwhile.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Background qw(in_background);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Toml qw(write_file);

my $grantlink = Grantlink::Instance->new;
my @config    = ('--config', $grantlink->toml_path);
my $etc       = $grantlink->directory . '/etc';
my $many      = 30_000;

sub content ($path) { open my $file, '<', $path or die "$path: $!"; local $/; return readline $file }
sub keys_now { return $grantlink->admin->get('/v1/keys')->json }
sub ids ($kind) { return [map { $_->{id} } @{keys_now()->{$kind}}] }
sub tokens_of ($id) { my ($key) = grep { $_->{id} == $id } @{keys_now()->{master}}; return $key->{tokens} }
sub token ($id) { return $grantlink->admin->get("/v1/connections/$id/token")->json->{access_token} }

$grantlink->vault_tool(fill => "$etc/master.key", $many);
$grantlink->start;

my $browser  = $grantlink->browser;
my $first    = request_connection($grantlink);
is(wait_for_outcome($browser, approve($browser, $first->{link})), 'connected', 'a connection');
my $token    = token($first->{id});
my $waiting  = request_connection($grantlink, account => '@adidas');
my $begun    = request_connection($grantlink);
my $callback = callback_for($browser, $begun->{link});
my $pid      = $grantlink->process('daemon')->pid;

subtest 'rotation' => sub {
    my %before = map { $_ => (stat "$etc/$_.key")[2] } qw(master edge);
    my $ran = $grantlink->cli('keys', 'rotate', @config);
    is($ran->{exit}, 0, 'both are rotated') or diag $ran->{err};
    like($ran->{out}, qr/master\.key: key 2 is in use\n.*edge\.key: key 2 is known, and not in use yet.*\nnext: nginx -s reload/, 'and what comes next is said');
    is_deeply(ids('master'), [2, 1], 'the daemon knows the new master key');
    is_deeply(ids('edge'),   [1, 2], 'and the new edge key');
    ok(content("$etc/edge.key") =~ /^key 1 .*^seal 2 .*^seal 1 .*^key 2 /ms, 'nginx will know the new ones');
    is((stat "$etc/$_.key")[2], $before{$_}, "$_.key has the mode it had") for qw(master edge);
    is($grantlink->process('daemon')->pid, $pid, 'it is the same daemon');
    for my $name (qw(master edge)) {
        my @keys = content("$etc/$name.key") =~ /^(?:key|seal) \d+ (\S+)/mg;
        ok(!(grep { index($ran->{out} . $ran->{err} . $grantlink->log('daemon'), $_) >= 0 } @keys), "no key of $name.key is shown");
    }
};

# nginx still has the old keys here, and gets the new ones on the way.
my @asked   = map { request_connection($grantlink) } 1 .. 8;
my $traffic = in_background(sub {
    my @outcomes;
    for my $asked (@asked) {
        my $one = $grantlink->browser;
        my ($outcome, $status);
        for (1 .. 4) {    # a code that was under way when the daemon was killed is not sent again
            $outcome = wait_for_outcome($one, $status = approve($one, $asked->{link}), 60);
            last if $outcome eq 'connected' || $one->get($status)->text !~ /interrupted/;
        }
        push @outcomes, $outcome;
    }
    return join ' ', @outcomes;
});
is(token($first->{id}), $token, 'a token sealed with the old key is vended');

subtest 'the daemon is killed while it seals anew' => sub {
    my $kills = 0;
    for (1 .. 3) {
        my $left;
        eventually(sub { $left = tokens_of(1); return $left < $many }, 20);
        last if $left == 0;
        $grantlink->kill('daemon');
        $kills++;
        $grantlink->start_daemon;
    }
    cmp_ok($kills, '>', 0, "it was killed $kills times in the middle");
    $grantlink->replace_workers;
    my $early = $grantlink->cli('keys', 'prune', '--yes', @config);
    like($early->{out}, qr/^edge key 2 stays: it is new/m, 'a key that is not in use yet is not taken for an old one');
    is($grantlink->cli('keys', 'rotate', 'edge', @config)->{exit}, 0, 'all workers know the edge key: it is put in use');
    is_deeply(ids('edge'), [2, 1], 'in front of the old one');
    $grantlink->reload_nginx;
    ok(eventually(sub { tokens_of(1) == 0 }, 60), 'in the end none is sealed with the old key');
    is($grantlink->cli('check')->{exit}, 0, 'and each opens');
    is(token($first->{id}), $token, 'to what it was');
};

my $outcomes = $traffic->result;
is($outcomes, join(' ', ('connected') x 8), 'approvals went on all the while');
is(scalar(grep { token($_->{id}) } @asked), 8, 'and their tokens can be read');
is(wait_for_outcome($browser, come_back($browser, $callback)->location), 'connected', 'an attempt begun before ends well');
is($grantlink->browser->get($waiting->{link})->page, 'ready', 'a link made before opens');

subtest 'old keys stay while they are needed' => sub {
    my $ran = $grantlink->cli('keys', 'prune', '--yes', @config);
    is($ran->{exit}, 1, 'not now');
    like($ran->{out}, qr/^master key 1 stays: 1 links were made with it/m, 'a link still needs one');
    like($ran->{out}, qr/^edge key 1 stays: attempts that began with it may go on/m, 'an attempt may need the other');
    is_deeply(ids('master'), [2, 1], 'nothing has changed');

    # By hand, without looking: the daemon does not let go of it.
    my $master = content("$etc/master.key");
    write_file("$etc/master.key", $master =~ s/^key 1 .*\n//mr, 0600);
    $grantlink->reload_daemon;
    ok(eventually(sub { $grantlink->log('daemon') =~ /key 1 is not in it, and is needed/ }), 'a file without it is not taken');
    is($grantlink->admin->post('/v1/keys/reload', {})->status, 409, 'nor by the API');
    is_deeply(ids('master'), [2, 1], 'the keys in force stay');
    write_file("$etc/master.key", $master, 0600);
};

subtest 'old keys go' => sub {
    is($grantlink->admin->post("/v1/connections/$waiting->{id}/regenerate", {})->status, 200, 'the link is made anew');
    $grantlink->write_daemon_config(settings => {attempt_lifetime => '1s'});    # or it takes half an hour
    my $said = '';
    ok(eventually(sub {
        $said .= $grantlink->cli('keys', 'prune', '--yes', '--nginx-reload', 'true', @config)->{out};
        return $said =~ /There are no old keys/;
    }, 40), 'when nothing needs them, they are removed') or diag $said;
    like($said, qr/^$_ key 1 is gone$/m, "which is said of the $_ key") for qw(master edge);
    $grantlink->write_daemon_config(settings => {attempt_lifetime => '30m'});
    $grantlink->reload_nginx;
    is_deeply([ids('master'), ids('edge')], [[2], [2]], 'the daemon has the new ones alone');
    ok(content("$etc/$_.key") !~ /^(?:key|seal) 1 /m, "as has $_.key") for qw(master edge);
    is(token($first->{id}), $token, 'the token is still there');
    is($grantlink->cli('check')->{exit}, 0, 'all is well');
    my $next = request_connection($grantlink);
    is(wait_for_outcome($browser, approve($browser, $next->{link})), 'connected', 'approvals go through');
    $grantlink->restart_daemon;
    is(token($first->{id}), $token, 'also after a restart');
};

subtest 'what was interrupted is finished' => sub {
    # Between the two files: master.key has a new key, edge.key does not seal to it yet.
    my $edge = content("$etc/edge.key");
    is($grantlink->cli('keys', 'rotate', 'master', @config)->{exit}, 0, 'rotated');
    write_file("$etc/edge.key", $edge, 0600);
    is($grantlink->cli('keys', 'rotate', 'master', @config)->{exit}, 0, 'and once more');
    is_deeply(ids('master'), [3, 2], 'there is one new key, not two');
    ok(content("$etc/edge.key") =~ /^seal 3 .*\nseal 2 /m, 'to which edge.key seals');
    # Between the two steps of the edge key: it is known, and not in use.
    my $text = content("$etc/edge.key");
    sleep 1;    # keys have their second
    my $hup = 'kill -HUP ' . $grantlink->process('nginx')->pid;
    is($grantlink->cli('keys', 'rotate', 'edge', '--nginx-reload', $hup, @config)->{exit}, 0, 'rotated, with reloads');
    my ($new) = content("$etc/edge.key") =~ /^(# made .*\nkey 3 .*\n)/m;
    write_file("$etc/edge.key", $text . $new, 0600);
    my $reloads = $grantlink->directory . '/reloads';
    is($grantlink->cli('keys', 'rotate', 'edge', '--nginx-reload', "grep '^key' $etc/edge.key >> $reloads", @config)->{exit}, 0, 'and once more');
    my @order = content($reloads) =~ /^key (\d+)/mg;
    is("@order", "@{[(ids('edge'))->[1]]} 3 3 @{[(ids('edge'))->[1]]}", 'nginx was reloaded before it was put in front, and after');
    my $failed = $grantlink->cli('keys', 'rotate', 'master', '--nginx-reload', 'false', @config);
    is($failed->{exit}, 1, 'a reload that fails is an error');
    is_deeply(ids('edge'), [3, 2], 'there is one new key, not two');
    $grantlink->reload_nginx;
    my $next = request_connection($grantlink);
    is(wait_for_outcome($browser, approve($browser, $next->{link})), 'connected', 'approvals go through');
};

subtest 'without a daemon' => sub {
    $grantlink->stop('daemon');
    my $ran = $grantlink->cli('keys', 'rotate', @config);
    is($ran->{exit}, 0, 'keys are rotated');
    like($ran->{out}, qr/^next: start grantlinkd, before nginx is reloaded/m, 'in an order that is said');
    is($grantlink->cli('keys', 'prune', '--yes', @config)->{exit}, 3, 'but not removed');
    $grantlink->start_daemon;
    $grantlink->reload_nginx;
    is(ids('master')->[0], 5, 'it starts with the new key');
    my $listed = $grantlink->cli('keys', 'list');
    like($listed->{out}, qr/^master +5 +in use/m, 'which is listed');
    is(token($first->{id}), $token, 'and all is there');
};

$grantlink->finish;
done_testing;

# The vault can be checked and copied while the daemon writes to it, and a backup put back.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Copy qw(copy);
use Test::More;
use Grantlink::Background qw(in_background);
use Grantlink::Build;
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Toml qw(write_file);

my $grantlink = Grantlink::Instance->running;
my $browser   = $grantlink->browser;
my @config    = ('--config', $grantlink->toml_path);
my $backup    = $grantlink->directory . '/state/monday';

sub connected ($account) {
    my $asked = request_connection($grantlink, account => "\@$account");
    is(wait_for_outcome($browser, approve($browser, $asked->{link}, $account)), 'connected', "$account is connected");
    return $asked->{id};
}

sub token ($id) { return $grantlink->admin->get("/v1/connections/$id/token")->json->{access_token} }

my $nike    = connected('nike');
my $waiting = request_connection($grantlink);
my $token   = token($nike);

subtest 'a vault that is well' => sub {
    for my $how ([], \@config) {
        my $ran = $grantlink->cli('check', @$how);
        is($ran->{exit}, 0, @$how ? 'beside the daemon' : 'by the daemon');
        like($ran->{out}, qr/^All is well: 2 connections, 1 tokens/, 'all is well');
    }
    my $json = $grantlink->admin->post('/v1/check', {})->json;
    is($json->{wrong}, 0, 'the API says the same');
    is($json->{checked}{connections}, 2, 'of as many connections');
    is($grantlink->admin->get('/v1/check')->status, 405, 'it is asked for with POST');
};

subtest 'a backup is made while the daemon writes' => sub {
    my $busy = in_background(sub { request_connection($grantlink, account => "\@other$_") for 1 .. 30 });
    is($grantlink->cli('backup', $backup, @config)->{exit}, 0, 'it is made');
    $busy->result;
    is((stat $backup)[2] & 07777, 0600, 'for its owner alone');
    ok(!-e "$backup.part", 'and nothing is left beside it');
    my $ran = $grantlink->cli('check', $backup, @config);
    is($ran->{exit}, 0, 'it can be checked');
    like($ran->{out}, qr/All is well/, 'and is well');
    my $again = $grantlink->cli('backup', $backup, @config);
    is($again->{exit}, 1, 'a file that is there is not replaced');
    like($again->{err}, qr/--force/, 'unless asked for');
    open my $file, '<:raw', $backup or die;
    local $/;
    my $bytes = readline $file;
    is(index($bytes, $token), -1, 'no token can be read in it');
    for my $name (qw(master edge)) {
        open my $key, '<', $grantlink->directory . "/etc/$name.key" or die;
        my ($secret) = readline($key) =~ /^key \d+ (\S+)/m;
        is(index($bytes, $secret), -1, "nor $name.key");
    }
};

my $later = connected('adidas');
my $replaced = $grantlink->admin->post("/v1/connections/$waiting->{id}/regenerate")->json->{link};

subtest 'what is no backup is not restored' => sub {
    my $running = $grantlink->cli('restore', $backup, '--yes', @config);
    isnt($running->{exit}, 0, 'nothing is restored under a running daemon');
    like($running->{err}, qr/another grantlinkd uses this vault; stop it first/, 'which is said');
    $grantlink->stop('daemon');
    my $digest = $grantlink->store_digest('vault');
    open my $file, '<:raw', $backup or die;
    my $bytes = do { local $/; readline $file };
    my $flipped = $bytes;
    substr($flipped, length($bytes) / 2, 1) ^.= "\x01";
    my %wrong = (
        'a text'                    => 'something else',
        'a vault without its end'   => substr($bytes, 0, length($bytes) - 100),
        'one with a bit changed'    => $flipped,
    );
    for my $what (sort keys %wrong) {
        write_file("$backup-wrong", $wrong{$what}, 0600);
        my $ran = $grantlink->cli('restore', "$backup-wrong", '--yes', '--force', @config);
        isnt($ran->{exit}, 0, "$what is refused");
        like($ran->{err}, qr/not a backup|was changed/, 'which is said');
    }
    my $asks = $grantlink->cli('restore', $backup, @config);
    is($asks->{exit}, 1, 'without --yes somebody has to say so');
    is($grantlink->store_digest('vault'), $digest, 'none of which has changed the vault');
};

subtest 'a backup is put back' => sub {
    my $ran = $grantlink->cli('restore', $backup, '--yes', @config);
    is($ran->{exit}, 0, 'it is restored') or diag $ran->{err};
    my @kept = glob $grantlink->vault . '/data.mdb.before-*';
    is(scalar @kept, 1, 'the vault that was there is kept');
    is(scalar(() = glob $grantlink->vault . '/*restoring*'), 0, 'and nothing else is left');
    $grantlink->start_daemon;
    is(token($nike), $token, 'the token is there');
    is($grantlink->admin->get("/v1/connections/$later")->status, 404, 'what came later is not');
    is($grantlink->browser->get($waiting->{link})->status, 200, 'the edge has the links of the backup');
    is($grantlink->browser->get($replaced)->status, 404, 'and no other');
    is($grantlink->cli('check')->{exit}, 0, 'all is well');
    is(wait_for_outcome($browser, approve($browser, $waiting->{link})), 'connected', 'and approvals go through');
};

# Damage is named: the record, and what is wrong with it.
subtest 'a damaged vault' => sub {
    $grantlink->stop('daemon');
    my $vault = $grantlink->vault;
    copy("$vault/data.mdb", "$vault/sound");
    my $id    = $nike =~ s/-//gr;
    my %table = map { my $table = $_; $table => {map { my ($key, $value) = split; $key => $value // '' } split /\n/, $grantlink->vault_tool(list => $table)} }
        qw(connections tokens tasks tasks_due);
    my $orphan = sprintf '%032x', 7;
    my ($due)  = grep { /\Q$id\E\z/ } keys %{$table{tasks_due}};
    my $changed = $table{tokens}{$id} =~ s/(..)\z/sprintf '%02x', 1 ^ hex $1/er;
    my $unknown = $table{tokens}{$id} =~ s/\A(..)../${1}09/r;
    my @damage = (
        [[put => 'tokens', $id, $changed]        => qr/^tokens: $nike: does not open/m],
        [[put => 'tokens', $id, $unknown]        => qr/^tokens: $nike: is sealed with key 9/m],
        [[put => 'tokens', $orphan, $changed]    => qr/^tokens: 0+-.*: belongs to no connection/m],
        [[remove => 'tokens', $id]               => qr/^connections: $nike: is active and has no token/m],
        [[put => 'connections', $id, '7b']       => qr/^connections: $nike: the record cannot be read/m],
        [[remove => 'connections', $id]          => qr/^accounts: \@nike: leads to connection $nike, which is not there/m],
        [[remove => 'active', $id]               => qr/^connections: $nike: is active and not in the list/m],
        [[put => 'pending', $id, '']             => qr/^pending: $nike: the connection is active/m],
        [[put => 'broken', $orphan, '']          => qr/^broken: 0+-.*: there is no such connection/m],
        [[remove => 'tasks', "01$id"]            => qr/^tasks_due: (?:upkeep|collect) of $nike: no task is due/m],
        [[remove => 'tasks_due', $due]           => qr/^tasks: (?:upkeep|collect) of $nike: is never due/m],
        [[put => 'attempts', $orphan, '7b7d']    => qr/^attempts: 0+-.*: the record cannot be read/m],
        [[put => 'outbox', $orphan, '00']        => qr/^outbox: 0+-.*: the record cannot be read/m],
        [[put => 'outbox_due', '00' x 8 . $orphan, ''] => qr/^outbox_due: 0+-.*: no notification is due/m],
        [[put => 'meta', unpack('H*', 'media_bytes'), sprintf '%016x', 7] => qr/^meta: media_bytes: says 7 bytes, but all copies have 0/m],
        [[remove => 'accounts', unpack 'H*', '@nike'] => qr/^connections: $nike: the index by account/m],
    );
    for my $case (@damage) {
        my ($change, $expected) = @$case;
        $grantlink->vault_tool(@$change);
        my $ran = $grantlink->cli('check', @config);
        is($ran->{exit}, 1, "@$change[0, 1]: something is wrong");
        like($ran->{out}, $expected, 'and named');
        copy("$vault/sound", "$vault/data.mdb");
    }
    is($grantlink->cli('check', @config)->{exit}, 0, 'it is well again');

    # A backup of a damaged vault can be restored, by who insists.
    $grantlink->vault_tool(put => 'tokens', $id, $changed);
    is($grantlink->cli('backup', "$backup-damaged", @config)->{exit}, 0, 'it can be copied');
    copy("$vault/sound", "$vault/data.mdb");
    my $refused = $grantlink->cli('restore', "$backup-damaged", '--yes', @config);
    is($refused->{exit}, 1, 'a backup in which something is wrong is not restored');
    like($refused->{out}, qr/^tokens: $nike: does not open/m, 'and what it is, is said');
    is($grantlink->cli('check', @config)->{exit}, 0, 'the vault has not changed');
    is($grantlink->cli('restore', "$backup-damaged", '--yes', '--force', @config)->{exit}, 0, 'unless somebody insists');
    is($grantlink->cli('check', @config)->{exit}, 1, 'who gets what is in it');
    copy("$vault/sound", "$vault/data.mdb");
    unlink "$vault/sound";
    $grantlink->start_daemon;
};

subtest 'a backup for which there is no room' => sub {
    my $ran  = run_command(['sh', '-c', 'ulimit -f 16; trap "" XFSZ; exec "$@"', 'sh',
        Grantlink::Build::program('grantlink'), 'backup', "$backup-full", @config]);
    isnt($ran->{exit}, 0, 'it fails');
    like($ran->{err}, qr/File too large/, 'and says why');
    ok(!-e "$backup-full" && !-e "$backup-full.part", 'and leaves nothing');
};

$grantlink->finish;
done_testing;

# The daemon's memory: no core files, no debugger of the same user, and nothing secret in it when the work that
# needed it is done, also while connections to the provider are kept.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Copy qw(copy);
use POSIX ();
use Test::More;
use Grantlink::Background qw(in_background);
use Grantlink::Build;
use Grantlink::Certificate qw(make_certificate);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Memory qw(found_in_memory);
use Grantlink::Port;
use Grantlink::Process;
use Grantlink::Tap;
use Grantlink::Toml qw(to_toml write_file);

plan skip_all => 'only root can look at it' if $> != 0;

# A provider whose answers are seen, and where it is. With `tls` nginx stands before it.
sub provider_behind ($grantlink, $tls) {
    my $issuer = $grantlink->start_oidc;
    my $tap    = Grantlink::Tap->new($grantlink->directory . '/oidc-tap');
    $tap->start($issuer);
    return ($issuer, $tap, $tap->url) unless $tls;
    my $file = make_certificate($grantlink->directory);
    my $port = Grantlink::Port->reserve;
    $grantlink->write_daemon_config(settings => {ca_file => $file->{ca}});
    $grantlink->write_nginx_config(http => "server { listen 127.0.0.1:@{[$port->number]} ssl $tls; ssl_certificate $file->{certificate};"
        . " ssl_certificate_key $file->{key}; location / { access_log off; proxy_pass @{[$tap->url]}; } }");
    return ($issuer, $tap, 'https://127.0.0.1:' . $port->number, $port);
}

sub grantlink_at ($grantlink, $issuer, $origin) {
    my $presets = $grantlink->directory . '/presets';
    mkdir $presets;
    write_file("$presets/oidc.toml", to_toml({
        name      => 'Test provider',
        authorize => {url => "$issuer/auth", scopes => [qw(openid profile)], issuer => $issuer, nonce => \1},
        token     => {url => "$origin/token", client_auth => 'client_secret_basic'},
        identity  => {url => "$origin/me", id => ['/sub'], handle => ['/preferred_username']},
        id_token  => {jwks_url => "$origin/jwks"},
        refresh   => {},
        revoke    => {url => "$origin/token/revocation"},
    }));
    $grantlink->write_daemon_config(
        settings  => {providers_dir => $presets},
        providers => {
            oidc      => {client_id => 'grantlink-test', client_secret => $grantlink->{client_secret}, trusted_origins => [$issuer, $origin]},
            instagram => {preset => 'oidc', client_id => 'none', client_secret => 'nothing'},
        },
    );
    $grantlink->start;
}

sub nothing_stays ($name, $tls) {
    subtest $name => sub {
        my $grantlink = Grantlink::Instance->new;
        my ($issuer, $tap, $origin) = provider_behind($grantlink, $tls);
        grantlink_at($grantlink, $issuer, $origin);
        my $admin   = $grantlink->admin;
        my $browser = $grantlink->browser;
        my $daemon  = $grantlink->process('daemon')->pid;

        my %secrets;
        my $is_clean = sub ($after) {
            my $number = 0;
            for my $exchange ($tap->exchanges) {
                $number++;
                $secrets{"$1 $number"} = $2 while $exchange->{response} =~ /"(\w+_token)"\s*:\s*"([^"]+)"/g;
                $secrets{"$1 $number"} = $2 while $exchange->{request} =~ /\b(code|code_verifier)=([\w.-]+)/g;
            }
            my %found;
            my $none = eventually(sub { %found = found_in_memory($daemon, %secrets); return !grep { $_ } values %found }, 10);
            ok($none, "$after: none is in its memory")
                or diag join ', ', map { "$_: $found{$_} times" } grep { $found{$_} } sort keys %found;
        };
        my $asked    = request_connection($grantlink, provider => 'oidc', account => 'nike');
        my $callback = callback_for($browser, $asked->{link});
        is(wait_for_outcome($browser, come_back($browser, $callback)->location), 'connected', 'an account is connected');
        $is_clean->('after the exchange');
        is($admin->get("/v1/connections/$asked->{id}/token")->json->{token_type}, 'Bearer', 'its token is vended');
        $is_clean->('after vending');
        is($grantlink->cli('token', $asked->{id})->{exit}, 0, 'also to the command');
        is($admin->post("/v1/connections/$asked->{id}/refresh")->status, 200, 'it is refreshed');
        $is_clean->('after a refresh');
        is($admin->request(DELETE => "/v1/connections/$asked->{id}")->status, 200, 'removed');
        ok(eventually(sub { $grantlink->process('oidc')->log =~ /revocation: 200/ }), 'and given back');
        $is_clean->('after a removal');
        is_deeply([sort map { s/ \d+//r } keys %secrets],
            [qw(access_token access_token code code_verifier id_token id_token refresh_token refresh_token)], 'these secrets were meant');
        my %kept = found_in_memory($daemon, client => $grantlink->{client_secret});
        cmp_ok($kept{client}, '>', 0, 'what is configured is in it, and found');
        $tap->stop;
        $grantlink->finish;
    };
}

my @nobody    = getpwnam 'nobody' or die "there is no user nobody\n";
my @as_nobody = ('setpriv', '--reuid', $nobody[2], '--regid', $nobody[3], '--groups', scalar getgrnam('www-data'));
my $ptrace    = {x86_64 => 101, aarch64 => 117}->{(POSIX::uname())[4]};    # the system call's number
my $to_attach = 16;                                                        # PTRACE_ATTACH

# What another process of this user gets from the process's memory: two words.
sub seen_by_nobody ($pid) {
    return in_background(sub {
        POSIX::setgid($nobody[3]);
        POSIX::setuid($nobody[2]);
        my $opened   = open(my $memory, '<', "/proc/$pid/mem") ? 'read' : 'closed';
        my $attached = $ptrace ? syscall($ptrace, $to_attach, $pid, 0, 0) == 0 : $opened eq 'read';
        return "$opened " . ($attached ? 'attached' : 'refused');
    })->result;
}

subtest 'closed to its own user' => sub {
    my $grantlink = Grantlink::Instance->new;
    my $dir       = $grantlink->directory;
    system('chown', '-R', $nobody[2], map { "$dir/$_" } qw(etc state run)) == 0 or die "chown: $!\n";
    copy(Grantlink::Build::program('grantlinkd'), "$dir/grantlinkd") or die "grantlinkd: $!\n";
    chmod 0755, "$dir/grantlinkd";
    my %started = (log => "$dir/logs/nobody.log", directory => "$dir/run", environment => $grantlink->{sanitizer}->environment);
    my $daemon = Grantlink::Process->start(%started, name => 'grantlinkd',
        command => ['sh', '-c', 'ulimit -c unlimited; exec "$@"', 'sh', @as_nobody, "$dir/grantlinkd", '--config', $grantlink->toml_path]);
    $daemon->ready_line(qr/(ready)/);
    my $other = Grantlink::Process->start(%started, name => 'another', command => [@as_nobody, 'sleep', 600]);
    ok(eventually(sub { -d "/proc/@{[$other->pid]}" && (stat "/proc/@{[$other->pid]}")[4] == $nobody[2] }), 'another process of its user');
    my $seen = seen_by_nobody($other->pid);
    SKIP: {
        skip 'this machine lets nobody look at other processes', 1 if $seen ne 'read attached';
        is(seen_by_nobody($daemon->pid), 'closed refused', 'which can be looked at, and the daemon cannot');
    }
    open my $limits, '<', "/proc/@{[$daemon->pid]}/limits" or die "limits: $!\n";
    like(join('', readline $limits), qr/^Max core file size +0 +0 /m, 'there is no core file, whatever it was started with');
    $daemon->signal('ABRT');
    ok(eventually(sub { !$daemon->alive }), 'also');
    is($daemon->status & 128, 0, 'when it crashes');
    $other->kill;
    $grantlink->finish;
};

SKIP: {
    skip 'a build with sanitizers has a heap of theirs', 3 if $ENV{GRANTLINK_SANITIZE};
    nothing_stays('http', '');
    nothing_stays('https', ' ');
    nothing_stays('https and HTTP/2', 'http2');
}

done_testing;

package Grantlink::Instance;

# One complete grantlink in a directory of its own: nginx, grantlinkd, the sandbox as provider, a
# mail server. Everything is real; everything is gone when the test ends.
#
#   my $grantlink = Grantlink::Instance->running;
#   … $grantlink->admin, ->browser, ->mailbox, ->cli(…) …
#   $grantlink->finish;        # stops all and asserts that nothing went wrong on the way
#
# Environment: GRANTLINK_BUILD (default build/release), GRANTLINK_NGINX (with the module beside it,
# when there is one), GRANTLINK_SANITIZE=1, GRANTLINK_VALGRIND=1, GRANTLINK_KEEP=1 (the directory
# stays), GRANTLINK_DEBUG=1 (debug logs), GRANTLINK_PATIENCE=N (N times the usual time to wait).

use v5.36;
use Digest::SHA ();
use File::Basename qw(basename);
use File::Path qw(make_path);
use File::Temp ();
use JSON::PP ();
use Test::More ();
use parent qw(Grantlink::Instance::Configuration Grantlink::Instance::Servers);
use Grantlink::Admin;
use Grantlink::Build qw(program);
use Grantlink::Client;
use Grantlink::Command qw(run_command);
use Grantlink::Console;
use Grantlink::Evidence;
use Grantlink::Mailbox;
use Grantlink::Poll qw(eventually);
use Grantlink::Port;
use Grantlink::Process;
use Grantlink::Sanitizer;
use Grantlink::Tap;
use Grantlink::Valgrind;
use Grantlink::Watchdog;

# Options, all of them optional:
#   workers => 1, master_process => 'on', log_level => 'info' (nginx's), main|events|http|server|approve|callback => nginx text
#   settings => {}    top-level settings of grantlink.toml     mail => {}   its [mail]
#   grants => [{}]    its [[admin.grant]]                      providers => {id => {}}
#   sandbox => []     more arguments of grantlink-sandbox      smtp => []   of the mail server
#   shape => ''       which provider the sandbox is; its presets are configured, as --print-config says
#   public_url => ''  when it is not nginx's own address       port => []   wished for
#   console => 1      the console is there, at /console/
#   tap => 1          what daemon and sandbox say to each other goes through a Grantlink::Tap
sub new ($class, %options) {
    umask 022;
    my $temp = File::Temp->newdir('grantlink-XXXXXX', TMPDIR => 1, CLEANUP => !$ENV{GRANTLINK_KEEP});
    my $dir  = $temp->dirname;
    chmod 0755, $dir;    # nginx's workers are another user
    make_path(map { "$dir/$_" } qw(logs mail nginx etc state run));
    my $self = bless {
        workers => 1, master_process => 'on', %options,
        temp => $temp, directory => $dir,
        nginx_port => Grantlink::Port->reserve(@{$options{port} // []}),
        sandbox_port => Grantlink::Port->reserve, smtp_port => Grantlink::Port->reserve,
        sanitizer => Grantlink::Sanitizer->new("$dir/asan"),
        valgrind => Grantlink::Valgrind->new("$dir/valgrind"),
        evidence => Grantlink::Evidence->new(basename($dir)),
        client_secret => unique('client-secret'), running => {}, complaints => [],
    }, $class;
    $self->{url}        = 'http://127.0.0.1:' . $self->{nginx_port}->number;
    $self->{public_url} //= $self->{url};
    $self->{evidence}->learn(secret => $self->{client_secret});
    $self->{console} &&= Grantlink::Console->new($dir, unique('password'));
    $self->{evidence}->learn(secret => $self->{console}->password) if $self->{console};
    $self->{tap} &&= Grantlink::Tap->new("$dir/tap");
    $self->_init;
    $self->write_daemon_config;
    $self->write_nginx_config;
    return $self;
}

sub running ($class, %options) {
    my $self = $class->new(%options);
    $self->start;
    return $self;
}

sub unique ($stem) {
    open my $random, '<:raw', '/dev/urandom' or die "/dev/urandom: $!\n";
    sysread $random, my $bytes, 12;
    return "$stem-" . unpack 'H*', $bytes;
}

sub directory ($self)  { return $self->{directory} }
sub url ($self)        { return $self->{url} }
sub public_url ($self) { return $self->{public_url} }
sub evidence ($self)   { return $self->{evidence} }
sub tap ($self)        { return $self->{tap} }
sub console ($self)    { return $self->{console} }
sub console_url ($self) { return "$self->{url}/console/" }
sub edge_store ($self) { return "$self->{directory}/state/edge" }
sub vault ($self)      { return "$self->{directory}/state/vault" }
sub socket ($self)     { return "$self->{directory}/run/admin.sock" }
sub toml_path ($self)  { return "$self->{directory}/etc/grantlink.toml" }
sub sandbox_url ($self) { return 'http://127.0.0.1:' . $self->{sandbox_port}->number }

# Starting and stopping. Each name is a process: smtp, sandbox, oidc, webhooks, daemon, nginx.

sub start ($self) {
    $self->start_smtp;
    $self->start_sandbox;
    $self->start_daemon;
    $self->start_nginx;
    $self->{evidence}->take_process_list;
    return $self;
}

sub _spawn ($self, $name, $command, %with) {
    my $before = $self->{running}{$name};
    die "$name is running already\n" if $before && $before->alive;
    $self->stop($name) if $before;    # complains when it ended by itself
    return $self->{running}{$name} = Grantlink::Process->start(
        name => $name, command => $command, log => "$self->{directory}/logs/$name.log",
        environment => $self->{sanitizer}->environment, %with,
    );
}

sub start_nginx ($self) {
    my $port = $self->{nginx_port};
    $self->_spawn(nginx => [$self->_nginx_command("$self->{directory}/nginx/nginx.conf")],
        environment => $self->{sanitizer}->environment(preload => 1));
    eval { $self->process('nginx')->ready_when(sub { $port->answers && $self->_all_workers }); 1 }
        or die $@ . $self->tail('error');
}

sub start_daemon ($self) {
    my $before = () = $self->log('daemon') =~ /grantlinkd: ready/g;
    $self->_spawn(daemon => [program('grantlinkd'), '--config', $self->toml_path]);
    $self->process('daemon')->ready_when(sub {
        my $now = () = $self->log('daemon') =~ /grantlinkd: ready/g;
        return $now > $before;
    });
}

# A grantlinkd that ends as by kill -9 at its fault point number `at`, if it comes so far. Answers
# when it is ready, or has ended.
sub start_daemon_until ($self, $at) {
    my $before  = () = $self->log('daemon') =~ /grantlinkd: ready/g;
    my $process = $self->_spawn(daemon => [program('crash/grantlinkd'), '--config', $self->toml_path],
        environment => {%{$self->{sanitizer}->environment}, GRANTLINK_KILL_AT => $at});
    $process->may_end;
    eventually(sub {
        my $now = () = $self->log('daemon') =~ /grantlinkd: ready/g;
        return $now > $before || !$process->alive;
    });
    return $process;
}

sub process ($self, $name) {
    return $self->{running}{$name} // die "$name was never started\n";
}

# Asks the process to end; it must do so by itself and without an error.
sub stop ($self, $name) {
    my $process = $self->process($name);
    return $process->status if !$process->alive && $process->was_asked;
    my $how    = $process->alive ? 'did not end cleanly' : 'ended by itself';
    my $status = $process->stop($name eq 'nginx' ? 'QUIT' : 'TERM');
    $self->_complain("$name did not end when asked") if $process->insisted;
    $self->_complain("$name $how: " . _ending($status) . "\n" . $process->log_tail)
        if !$process->was_asked || ($status != 0 && $name =~ /nginx|daemon/);
    return $status;
}

sub _ending ($status) {
    return $status & 127 ? 'signal ' . ($status & 127) : 'exit status ' . ($status >> 8);
}

# kill -9, the whole group. The next stop() does not complain about it.
sub kill ($self, $name) { return $self->process($name)->kill }

sub restart_daemon ($self) {
    $self->stop('daemon');
    $self->start_daemon;
}

sub reload_daemon ($self) { $self->process('daemon')->signal('HUP') }

# Waits until workers of the new configuration serve; old ones may still finish what they have.
sub reload_nginx ($self) {
    my %old = map { $_ => 1 } $self->worker_pids;
    $self->process('nginx')->signal('HUP');
    eventually(sub { (grep { !$old{$_} } $self->worker_pids) >= $self->{workers} })
        or die "nginx did not reload\n" . $self->tail('error');
}

# … and until the old ones have gone; for a new configuration that a test wants to see at once.
sub replace_workers ($self) {
    my %old = map { $_ => 1 } $self->worker_pids;
    $self->reload_nginx;
    eventually(sub { !grep { $old{$_} } $self->worker_pids })
        or die "old workers of nginx stay\n" . $self->tail('error');
}

# Changes when anything is written to these stores: links, spool, vault.
sub store_digest ($self, @stores) {
    my %path = (links => $self->edge_store . '/links', spool => $self->edge_store . '/spool',
        vault => $self->vault);
    return join ' ', map { Digest::SHA->new(256)->addfile("$path{$_}/data.mdb")->hexdigest } @stores;
}

# The pids of nginx's worker processes now.
sub worker_pids ($self) {
    my $master = $self->process('nginx')->pid;
    my @workers = ($master);
    if ($self->{master_process} ne 'off') {
        open my $file, '<', "/proc/$master/task/$master/children" or return;
        my @children = split ' ', readline($file) // '';
        my $title = $self->{valgrind}->title_of('worker process');
        @workers = grep { Grantlink::Evidence::_command_line("/proc/$_") =~ $title } @children;
    }
    return @workers;
}

# nginx listens before it has workers.
sub _all_workers ($self) {
    my $wanted = $self->{master_process} eq 'off' ? 1 : $self->{workers};
    return $self->worker_pids >= $wanted;
}

# Tools of the test

sub admin ($self) {
    return $self->{admin} //= Grantlink::Admin->new($self->socket, witness => $self->{evidence}->witness);
}

# A new browser, with no cookies.
sub browser ($self, %with) {
    my %served = $self->{public_url} eq $self->{url} ? ()
        : (connect => {$self->{public_url} => '127.0.0.1:' . $self->{nginx_port}->number});
    return Grantlink::Client->new(witness => $self->{evidence}->witness($self->{public_url}), %served, %with);
}

sub mailbox ($self) { return Grantlink::Mailbox->new("$self->{directory}/mail") }

# The sandbox's control API; answers the response.
sub control_sandbox ($self, $method, $path, $data = undef) {
    my %body = defined $data
        ? (body => JSON::PP->new->utf8->encode($data), headers => {'Content-Type' => 'application/json'}) : ();
    return $self->browser->request($method, $self->sandbox_url . "/_sandbox/$path", %body);
}

# The grantlink command: {exit, out, err}
sub cli ($self, @arguments) {
    my $ran = run_command([program('grantlink'), @arguments],
        environment => {%{$self->{sanitizer}->environment}, GRANTLINK_SOCKET => $self->socket});
    $self->{evidence}->learn(link => $1) while $ran->{out} =~ m{/approve/([A-Za-z0-9_-]{32})}g;
    return $ran;
}

# What t/unit/vault_tool.cpp does to the vault; answers what it printed. No daemon runs meanwhile.
sub vault_tool ($self, $command, @rest) {
    my $ran = run_command([program('unit/vault_tool'), $command, $self->vault, @rest], environment => $self->{sanitizer}->environment);
    die "vault_tool: $ran->{err}" if $ran->{exit} != 0;
    return $ran->{out};
}

# access, error, daemon, sandbox, smtp, nginx
sub log ($self, $name) {
    open my $file, '<', "$self->{directory}/logs/$name.log" or return '';
    local $/;
    return readline($file) // '';
}

sub tail ($self, $name) { return Grantlink::Process::tail($name, $self->log($name)) }

# Whether the pattern stands in a log, as a test whose failure shows the log's end and not all of it.
sub log_has ($self, $log, $pattern, $name) {
    return Test::More::ok($self->log($log) =~ $pattern, $name)
        || Test::More::diag("not in the log: $pattern\n" . $self->tail($log));
}

# That no secret the test has met stands in nginx's logs, as a test.
sub logs_are_clean ($self, $name = 'no secret is in a log', @logs) {
    my @found;
    for my $log (@logs ? @logs : qw(access error nginx)) {
        next unless $self->{evidence}->kinds_in($self->log($log));
        for my $line (split /\n/, $self->log($log)) {
            my @kinds = $self->{evidence}->kinds_in($line) or next;
            push @found, "$log: @kinds: $line";
        }
    }
    return Test::More::ok(!@found, $name)
        || Test::More::diag(join "\n", map { substr $_, 0, 400 } @found[0 .. ($#found < 9 ? $#found : 9)]);
}

# How many connections nginx has open, asked at /connections, which the test has configured with
# `stub_status` in `server`; the asking one is not counted.
sub open_connections ($self) {
    my ($count) = $self->browser->get($self->url . '/connections')->body =~ /Active connections: (\d+)/;
    return $count - 1;
}

# The end

sub _complain ($self, $what) { push @{$self->{complaints}}, $what }

# Stops everything. Answers what went wrong on the way, to the end.
sub shut_down ($self) {
    $self->{evidence}->take_process_list;
    $self->stop($_) for grep { $self->{running}{$_} } qw(nginx daemon sandbox oidc documented presets pictures media liar webhooks smtp);
    $self->{tap}->stop if $self->{tap};
    push @{$self->{complaints}}, $self->{sanitizer}->reports, $self->{valgrind}->reports;
    push @{$self->{complaints}}, grep {
        /\[alert\]|exited on signal|exited with fatal code/ && !/exited on signal 9\b/
    } split /\n/, $self->log('error');
    $self->_keep_evidence;
    return splice @{$self->{complaints}};
}

# shut_down(), as the last test.
sub finish ($self) {
    my @complaints = $self->shut_down;
    Test::More::ok(!@complaints, 'nothing crashed, and all ended when asked')
        or Test::More::diag(join "\n", @complaints);
    return if Test::More->builder->is_passing;
    Test::More::diag($self->tail($_)) for qw(error daemon sandbox oidc smtp);
}

sub _keep_evidence ($self) {
    return if $self->{kept}++;
    $self->{evidence}->learn_from(@$_{qw(request response)})
        for $self->{tap} ? $self->{tap}->exchanges : ();
    $self->{evidence}->keep(map { "$self->{directory}/$_" } qw(logs state run));
}

sub DESTROY ($self) {
    return if ${^GLOBAL_PHASE} eq 'DESTRUCT';    # Grantlink::Process has ended them all by then
    local ($?, $!, $@);
    $self->{tap}->stop if $self->{tap};
    $_->kill for values %{delete $self->{running} // {}};
}

1;

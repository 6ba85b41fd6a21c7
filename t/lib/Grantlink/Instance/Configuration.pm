package Grantlink::Instance::Configuration;

# The part of a Grantlink::Instance that writes grantlink.toml and nginx.conf, and asks the programs
# what they think of them. It reads what Instance's new() was given or made (settings, providers, console,
# ports, directory, sanitizer …), and calls its paths (edge_store, vault, toml_path, socket, sandbox_url)
# and, of Instance::Servers, start_pictures.

use v5.36;
use Grantlink::Build qw($repository module_path nginx_program program);
use Grantlink::Command qw(run_command);
use Grantlink::NginxConfig qw(nginx_config);
use Grantlink::Toml qw(to_toml write_file);

sub edge_group { return $> == 0 ? 'www-data' : scalar getgrgid $) + 0 }

# Keys and directories, by the command that operators use.
sub _init ($self) {
    my $dir  = $self->{directory};
    my $made = run_command([program('grantlink'), 'init', '--dir', "$dir/etc", '--state', "$dir/state",
        '--run', "$dir/run", '--public-url', $self->{public_url}, '--edge-group', edge_group()],
        environment => $self->{sanitizer}->environment);
    die "grantlink init failed: exit $made->{exit}\n$made->{out}$made->{err}" if $made->{exit} != 0;
}

# grantlink.toml

sub daemon_config ($self) {
    my $dir = $self->{directory};
    return {
        public_url    => $self->{public_url},
        requester     => 'Example Agency',
        edge_store    => $self->edge_store,
        vault         => $self->vault,
        master_key    => "$dir/etc/master.key",
        edge_key      => "$dir/etc/edge.key",
        providers_dir => "$repository/conf.d/providers",
        edge_group    => edge_group(),
        log_level     => $ENV{GRANTLINK_DEBUG} ? 'debug' : 'info',
        %{$self->{settings} // {}},
        admin => {
            socket => $self->socket, $self->{grants} ? (grant => $self->{grants}) : (),
            $self->{console} ? (console_socket => $self->{console}->socket) : (),
        },
        mail  => {
            smtp => 'smtp://127.0.0.1:' . $self->{smtp_port}->number,
            from => 'grantlink <grantlink@example.com>',
            %{$self->{mail} // {}},
        },
        providers => {$self->_sandbox_providers, %{$self->{providers} // {}}},
    };
}

sub sandbox_provider ($self, %more) {
    my @origins = map { "https://$_.instagram.com" } qw(www api graph);
    my $origin  = $self->{tap} ? $self->{tap}->url : $self->sandbox_url;
    return {
        preset => 'instagram', client_id => 'sandbox-app', client_secret => $self->{client_secret},
        origins => {map { $_ => $self->{provider_origin} // $origin } @origins}, %more,
    };
}

# One for each preset of the sandbox's shape.
sub _sandbox_providers ($self) {
    return (instagram => $self->sandbox_provider) unless $self->{shape};
    my ($listen) = $self->sandbox_url =~ m{//(.*)};
    my $ran = run_command([program('grantlink-sandbox'), '--shape', $self->{shape}, '--listen', $listen, '--print-config'],
        environment => $self->{sanitizer}->environment);
    die $ran->{err} if $ran->{exit} != 0;
    my ($preset, %origins);
    for my $line (split /\n/, $ran->{out}) {
        $preset = $1 if $line =~ /^\[providers\.(.+)\.origins\]/;
        $origins{$preset}{$1} = $2 if $line =~ /^"(.+)" = "(.+)"/;
    }
    return map { $_ => $self->sandbox_provider(preset => $_, origins => $origins{$_}) } keys %origins;
}

# … whose accounts and posts have pictures.
sub sandbox_provider_with_pictures ($self) {
    my $provider = $self->sandbox_provider;
    $provider->{origins}{'https://media.sandbox.invalid'} = $self->start_pictures;
    return $provider;
}

# For start_oidc's issuer, by discovery.
sub oidc_provider ($self, $issuer) {
    return {issuer => $issuer, trusted_origins => [$issuer], client_id => 'grantlink-test', client_secret => $self->{client_secret}};
}

# Writes grantlink.toml again, with these settings changed from now on.
sub write_daemon_config ($self, %changed) {
    $self->{$_} = ref $changed{$_} eq 'HASH' ? {%{$self->{$_} // {}}, %{$changed{$_}}} : $changed{$_}
        for keys %changed;
    write_file($self->toml_path, to_toml($self->daemon_config), 0600);
}

sub write_nginx_config ($self, %changed) {
    $self->{$_} = $changed{$_} for keys %changed;
    write_file("$self->{directory}/nginx/nginx.conf", $self->nginx_config_text);
}

sub nginx_config_text ($self, %changed) {
    my %given = map { defined $self->{$_} ? ($_ => $self->{$_}) : () }
        qw(workers master_process main events http server approve callback);
    $given{server} = ($given{server} // '') . $self->{console}->nginx if $self->{console};
    return nginx_config(
        directory => $self->{directory}, port => $self->{nginx_port}->number,
        module => module_path(), store => $self->edge_store,
        key => "$self->{directory}/etc/edge.key", user => $> == 0 ? 'www-data' : '',
        log_level => $self->{log_level} // ($ENV{GRANTLINK_DEBUG} ? 'debug' : 'info'), %given, %changed,
    );
}

# `nginx -t` with another configuration: {exit, out, err}
sub test_nginx_config ($self, $text) {
    my $path = write_file("$self->{directory}/nginx/tried.conf", $text);
    return run_command([$self->_nginx_command($path), '-t'],
        environment => $self->{sanitizer}->environment(preload => 1));
}

sub _nginx_command ($self, $config) {
    my $dir = $self->{directory};
    return ($self->{valgrind}->command, nginx_program(), '-p', "$dir/nginx", '-c', $config, '-e', "$dir/logs/error.log");
}

1;

package Grantlink::Bench::Server;

# An nginx with one worker, pinned to core 0. Nothing differs between the servers of a bench but
# what their locations do: same limits, same logs (none), same keep-alive.

use v5.36;
use File::Path qw(make_path);
use Grantlink::Bench::Figures qw(rounded);
use Grantlink::Build qw(nginx_program);
use Grantlink::Memory qw(page_faults);
use Grantlink::Poll qw(eventually);
use Grantlink::Port;
use Grantlink::Process;
use Grantlink::Sanitizer;
use Grantlink::Bench::Files qw(write_bytes);

# start(name =>, directory =>, main => text, http => text, servers => {name => text of server {}},
#   environment => {name => value}, and that of the tests' own)
sub start ($class, %with) {
    my $self = bless {%with, ports => {}}, $class;
    my $dir  = $self->{prefix} = "$with{directory}/$with{name}";
    make_path($dir);
    $self->{ports}{$_} = Grantlink::Port->reserve for keys %{$with{servers}};
    my $sanitizer = Grantlink::Sanitizer->new("$dir/asan");
    my $config    = write_bytes("$dir/nginx.conf", $self->_config);
    $self->{process} = Grantlink::Process->start(
        name => "nginx ($with{name})", log => "$dir/output.log",
        environment => {%{$sanitizer->environment(preload => 1)}, %{$with{environment} // {}}},
        command => [nginx_program(), '-p', $dir, '-c', $config, '-e', "$dir/error.log"],
    );
    my ($any) = values %{$self->{ports}};
    eval { $self->{process}->ready_when(sub { $any->answers && $self->worker }); 1 }
        or die $@ . $self->errors;
    return $self;
}

sub _config ($self) {
    my $dir     = $self->{prefix};
    my $user    = $> == 0 ? 'user root;' : '';
    my $servers = join '', map { <<~"END" } sort keys %{$self->{servers}};
        server {
            listen 127.0.0.1:@{[$self->port($_)]} backlog=1024;
            $self->{servers}{$_}
        }
        END
    return <<~"END";
    daemon off;
    $user
    worker_processes 1;
    worker_cpu_affinity 01;
    pid $dir/nginx.pid;
    error_log $dir/error.log warn;
    @{[$self->{main} // '']}
    events { worker_connections 2048; }
    http {
        access_log off;
        keepalive_requests 1000000000;
        keepalive_timeout 1h;
        client_body_temp_path $dir/body;
        proxy_temp_path $dir/proxy;
        fastcgi_temp_path $dir/fastcgi;
        uwsgi_temp_path $dir/uwsgi;
        scgi_temp_path $dir/scgi;
        types {}
        default_type "text/html; charset=utf-8";
        @{[$self->{http} // '']}
        $servers
    }
    END
}

sub port ($self, $server) { return $self->{ports}{$server}->number }

sub worker ($self) {
    my $master = $self->{process}->pid;
    open my $file, '<', "/proc/$master/task/$master/children" or return;
    for my $child (split ' ', readline($file) // '') {
        open my $name, '<', "/proc/$child/cmdline" or next;
        return $child if (readline($name) // '') =~ /worker process/;
    }
    return;
}

sub errors ($self) {
    open my $file, '<', "$self->{prefix}/error.log" or return '';
    local $/;
    return readline($file) // '';
}

# The worker's main thread so far, in seconds of its core.
sub cpu_seconds ($self) {
    open my $file, '<', '/proc/' . $self->worker . '/schedstat' or return 0;
    my ($nanoseconds) = split ' ', readline $file;
    return $nanoseconds / 1e9;
}

# Page faults of the worker so far: of a warm map there are next to none.
sub faults ($self) { return page_faults($self->worker) }

sub stop ($self) {
    my $process = delete $self->{process} or return;
    my $status  = $process->stop('QUIT', 5);
    my $errors  = $self->errors;
    die "nginx ($self->{name}) failed:\n$errors" if $errors =~ /\[(?:alert|crit|emerg)\]|signal/ || $status;
}

1;

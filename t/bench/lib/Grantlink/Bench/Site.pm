package Grantlink::Bench::Site;

# What is measured: edge stores of several sizes, an nginx with the module over them, and an nginx
# without it that gives the same answers.

use v5.36;
use List::Util qw(min sum0);
use Grantlink::Bench::Baseline qw(answer_to return_page static_page return_redirect require_same
    require_alike);
use Grantlink::Bench::Files qw(bench_directory require_space);
use Grantlink::Bench::Load;
use Grantlink::Bench::Server;
use Grantlink::Command qw(run_command);
use Grantlink::Poll qw(eventually);

our $status_stem = 'https://links.example.com/approve/attempts/';

# new(build => directory, links => [of the stores small, million and most], say => sub)
sub new ($class, %with) {
    my $temp = bench_directory();
    my $self = bless {%with, temp => $temp, directory => $temp->dirname, sent => 0}, $class;
    @{$self->{sizes}}{qw(small million most)} = @{$self->{links}};
    require_space($self->{directory}, 1500 + int sum0(@{$self->{links}}) * 250 / 1e6);    # MiB
    $self->_make_data;
    $self->_listen;
    return $self;
}

sub directory ($self) { return $self->{directory} }
sub store ($self, $size) { return "$self->{directory}/edge-$size" }
sub tokens ($self, $size) { return "$self->{directory}/tokens-$size" }
sub key ($self) { return "$self->{directory}/edge.key" }

sub data ($self, @arguments) { return $self->_data([], @arguments) }

# On nginx's core.
sub data_beside_nginx ($self, @arguments) { return $self->_data([qw(taskset -c 0)], @arguments) }

sub _data ($self, $before, @arguments) {
    my $ran = run_command([@$before, "$self->{build}/grantlink-bench-data", @arguments], seconds => 300);
    die "grantlink-bench-data failed: $ran->{err}" if $ran->{exit} != 0;
    return $ran->{out} =~ s/\n\z//r;
}

sub _make_data ($self) {
    $self->data('keys', $self->key);
    $self->{code} = $self->data('code');
    # As many tokens for each store, whatever its size: the load then has the same to do.
    my $tokens = min(1_000_000, $self->{sizes}{most});
    for my $name (qw(small million most)) {
        $self->{say}->("making an edge store with $self->{sizes}{$name} links");
        $self->data('store', $self->store($name), $self->{sizes}{$name}, $tokens, $self->tokens($name));
    }
}

# As grantlinkd would.
sub _listen ($self) {
    my @sockets = map { $self->store($_) . '/wake.sock' } qw(small million most);
    $self->{listener} = Grantlink::Bench::Load::start_listener("$self->{directory}/wake.log", @sockets);
    eventually(sub { @sockets == grep { -S } @sockets }) or die 'nobody listens: ' . $self->{listener}->log;
}

# Fresh attempts for the store, behind those that were sent already; answers the file.
sub attempts ($self, $size, $count) {
    my $file = "$self->{directory}/attempts";
    $self->data('attempts', $self->key, $self->{sizes}{$size}, $self->{sent}, $count, $file);
    return $file;
}

sub were_sent ($self, $count) { $self->{sent} += $count }

# The spool is empty, as grantlinkd leaves it when it has dealt with all approvals.
sub drain ($self, $size) { $self->data('drain', $self->store($size)) }

sub spooled ($self, $size) { return $self->data('spooled', $self->store($size)) }

sub a_token ($self, $size) {
    open my $file, '<', $self->tokens($size) or die $self->tokens($size) . ": $!\n";
    return readline($file) =~ s/\n//r;
}

# An nginx with the module, one server for each named store.
sub start_edge ($self, $name, @sizes) {
    my $module = "$self->{build}/ngx_http_grantlink_module.so";
    return Grantlink::Bench::Server->start(
        name => $name, directory => $self->{directory}, main => "load_module $module;",
        http => 'grantlink_key ' . $self->key . ';',
        servers => {map { $_ => <<~"END" } @sizes},
            grantlink_store @{[$self->store($_)]};
            location /approve/ { grantlink_approve; }
            location /callback/ { grantlink_callback; }
            END
    );
}

# As in load/links.lua.
sub request ($self, $method, $size) {
    my $more = $method eq 'POST' ? "Sec-Fetch-Site: same-origin\r\nContent-Length: 0\r\n" : '';
    return "$method /approve/" . $self->a_token($size) . " HTTP/1.1\r\nHost: links.example.com\r\n"
        . "Accept-Language: en-US,en;q=0.9\r\n$more\r\n";
}

sub page_of ($self, $edge, $size) {
    my $page = answer_to($edge->port($size), $self->request(GET => $size));
    die "the page of a link answers $page->{status}\n" . $edge->errors if $page->{status} != 200;
    return $page;
}

# What the module sets in its worker (ngx_module/worker_heap.cpp), as glibc reads it from the environment.
our %heap_of_edge = (MALLOC_ARENA_MAX => 1, MALLOC_MMAP_THRESHOLD_ => 128 << 10, MALLOC_TRIM_THRESHOLD_ => 1 << 20);

# The same answers from an nginx without the module, compared before anything is measured.
sub start_bare ($self, $name, $edge, $size, %environment) {
    $self->{length}{"page-$_"} = $self->page_of($edge, $_)->{length} for keys %{$edge->{servers}};
    my $page  = $self->page_of($edge, $size);
    my $start = answer_to($edge->port($size), $self->request(POST => $size));
    die "the button answers $start->{status}\n" . $edge->errors if $start->{status} != 303;
    my $bare = Grantlink::Bench::Server->start(
        name => $name, directory => $self->{directory}, environment => \%environment,
        servers => {
            return200 => return_page($page),
            static    => static_page($page, "$self->{directory}/$name-files", $self->a_token($size)),
            return303 => return_redirect($start),
        },
    );
    for my $server (qw(return200 static)) {
        require_same($page, answer_to($bare->port($server), $self->request(GET => $size)), $server);
    }
    my $redirect = answer_to($bare->port('return303'), $self->request(POST => $size));
    require_alike($start, $redirect, 'return303');
    @{$self->{length}}{qw(page start return303)} = map { $_->{length} } $page, $start, $redirect;
    return $bare;
}

sub length_of ($self, $answer) { return $self->{length}{$answer} }

1;

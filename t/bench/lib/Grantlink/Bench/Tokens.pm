package Grantlink::Bench::Tokens;

# grantlinkd with a vault full of active connections, at a provider that is as fast as node is.

use v5.36;
use JSON::PP qw(decode_json);
use Time::HiRes qw(sleep time);
use Grantlink::Bench::Figures qw(rounded);
use Grantlink::Build;
use Grantlink::Client;
use Grantlink::Command qw(run_command);
use Grantlink::Instance;
use Grantlink::Poll qw(eventually);
use Grantlink::Process;
use Grantlink::Toml qw(write_file);

my $here = __FILE__ =~ s{/lib/Grantlink/Bench/\w+\.pm\z}{/tokens}r;

my $preset = <<~'END';
    name = "Bench"
    docs = "https://example.com/"
    [authorize]
    url = "https://bench.example/authorize"
    [token]
    url = "https://bench.example/token"
    client_auth = "client_secret_post"
    [refresh]
    rotates = true
    [identity]
    from = "token"
    id = ["/id"]
    handle = ["/id"]
    END

# new(fresh => connections whose tokens last, due => those that are to be refreshed at once)
sub new ($class, %with) {
    my $grantlink = Grantlink::Instance->new;
    my $self      = bless {grantlink => $grantlink, %with}, $class;
    my $dir       = $grantlink->directory;
    $self->{provider} = Grantlink::Process->start(name => 'provider', command => ['node', "$here/provider.mjs"], log => "$dir/logs/provider.log");
    my $port = $self->{provider}->ready_line(qr/^listening: (\d+)$/m);
    $self->{origin} = "http://127.0.0.1:$port";
    mkdir "$dir/presets";
    write_file("$dir/presets/bench.toml", $preset);
    $grantlink->write_daemon_config(settings => {providers_dir => "$dir/presets"});
    my $config = $grantlink->daemon_config;
    delete $config->{mail};
    $config->{providers} = {bench => {client_id => 'bench', client_secret => $grantlink->{client_secret},
        origins => {'https://bench.example' => $self->{origin}}}};
    write_file($grantlink->toml_path, Grantlink::Toml::to_toml($config), 0600);
    $self->{ids}{$_} = $self->_fill($_) for qw(fresh due);
    return $self;
}

sub _fill ($self, $kind) {
    my $grantlink = $self->{grantlink};
    my $ran = run_command([Grantlink::Build::program('grantlink-bench-vault'), $grantlink->vault,
        $grantlink->directory . '/etc/master.key', 'bench', $self->{$kind}, $kind], seconds => 300);
    die $ran->{err} if $ran->{exit} != 0;
    return [split /\n/, $ran->{out}];
}

sub figures ($self) { return Grantlink::Client->new->get("$self->{origin}/figures")->json }
sub pause ($self, $ms) { Grantlink::Client->new->get("$self->{origin}/pause?ms=$ms") }

# The refreshes of all that is due, from grantlinkd's start to the last: a second. Each must happen
# once.
sub refresh_all ($self) {
    my $began = time;
    $self->{grantlink}->start_daemon;
    eventually(sub { sleep 0.2; $self->figures->{refreshed} >= $self->{due} }, 600) or die "not all was refreshed\n";
    my $took    = time - $began;
    my $figures = $self->figures;
    die "refreshes: $figures->{reused} with a refresh token that was used before\n" if $figures->{reused};
    die "refreshes: $figures->{refreshed} of $self->{due}\n" if $figures->{refreshed} != $self->{due};
    return {rate => rounded($self->{due} / $took, 0), at_a_time => $figures->{most}, seconds => rounded($took, 1)};
}

sub _command ($self, $method, $clients, $seconds) {
    return ['node', "$here/ask.mjs", $self->{grantlink}->socket, $method, $clients, $seconds];
}

# Answers {rate, p50_us, p99_us, count}.
sub ask ($self, $seconds, @paths) {
    my $ran = run_command($self->_command('GET', 32, $seconds), input => join("\n", @paths), seconds => 120);
    die $ran->{err} if $ran->{exit} != 0;
    return decode_json($ran->{out});
}

sub token_paths ($self) { return map { "/v1/connections/$_/token" } @{$self->{ids}{fresh}} }

# The same while so many refreshes wait for the provider's answer.
sub ask_beside_refreshes ($self, $refreshes, $seconds, @paths) {
    $self->pause(1000 * ($seconds + 3));
    my $dir  = $self->{grantlink}->directory;
    my $list = write_file("$dir/refreshes", join "\n", map { "/v1/connections/$_/refresh" } @{$self->{ids}{due}}[0 .. $refreshes - 1]);
    my @ask  = @{$self->_command('POST', $refreshes, 0)};
    my $others = Grantlink::Process->start(name => 'refreshes', log => "$dir/logs/refreshes.log",
        command => ['/bin/sh', '-c', 'exec "$@" < "$0"', $list, @ask]);
    eventually(sub { $self->figures->{now} >= $refreshes }, 10) or die "only " . $self->figures->{now} . " refreshes were on their way\n";
    my $figures = $self->ask($seconds, @paths);
    $figures->{refreshes} = $self->figures->{now};
    eventually(sub { !$others->alive }, 60) or die "the refreshes did not end\n";
    die $others->log if $others->status != 0;
    $self->pause(0);
    return $figures;
}

sub end ($self) {
    $self->{provider}->stop;
    $self->{grantlink}->stop('daemon');
}

1;

package Grantlink::Instance::Servers;

# The part of a Grantlink::Instance that starts what grantlink talks to: providers, a mail server,
# receivers of webhooks. It reads what Instance's new() was given or made (ports, directory, tap, evidence,
# what the servers are to do), and calls its process, _spawn and sandbox_url and, of
# Instance::Configuration, _sandbox_providers.

use v5.36;
use Grantlink::Build qw($repository program);
use Grantlink::Port;

sub start_sandbox ($self, @arguments) {
    my $port = $self->{sandbox_port}->number;
    local $ENV{GRANTLINK_SANDBOX_CLIENT_SECRET} = $self->{client_secret};    # not for ps to show
    my %providers = $self->_sandbox_providers;
    $self->_spawn(sandbox => [program('grantlink-sandbox'), '--listen', "127.0.0.1:$port",
        '--client-id', 'sandbox-app', '--shape', $self->{shape} // 'instagram',
        (map { ('--redirect-uri', "$self->{public_url}/callback/$_") } sort keys %providers),
        @{$self->{sandbox} // []}, @arguments]);
    $self->process('sandbox')->ready_when(sub { $self->{sandbox_port}->answers });
    $self->{tap}->start($self->sandbox_url) if $self->{tap};
}

sub start_smtp ($self, @arguments) {
    my $port = $self->{smtp_port};
    $self->_spawn(smtp => ['node', "$repository/t/lib/smtp_catcher.mjs",
        '--port', $port->number, '--dir', "$self->{directory}/mail",
        @{$self->{smtp} // []}, @arguments]);
    $self->process('smtp')->ready_when(sub { $port->answers });
}

# The independent OpenID provider: strict, and not by this project's authors. This and the following
# answer their origin, which is the issuer of those that have one.
sub start_oidc ($self, @arguments) {
    return $self->_start_provider(oidc => 'oidc_provider', '--redirect-uri', "$self->{public_url}/callback/oidc", @arguments, '--port');
}

# Providers as their documentation has them; as presets describe them; one that lies on request.
sub start_documented ($self) { return $self->_start_provider(documented => 'documented_provider') }
sub start_preset_provider ($self, @files) { return $self->_start_provider(presets => 'preset_provider', @files) }
sub start_pictures ($self) { return $self->_start_provider(pictures => 'picture_server') }
sub start_media_host ($self) { return $self->_start_provider(media => 'media_host') }
sub start_liar ($self, @arguments) { return $self->_start_provider(liar => 'lying_provider', @arguments) }

# What webhooks are sent to; it knows these secrets. Grantlink::Webhooks looks at it.
sub start_webhooks ($self, @secrets) {
    local $ENV{GRANTLINK_WEBHOOK_SECRETS} = "@secrets";    # not for ps to show
    $self->{evidence}->learn(secret => $_) for @secrets;
    return $self->_start_provider(webhooks => 'webhook_receiver');
}

# The port is the last argument.
sub _start_provider ($self, $name, $script, @arguments) {
    my $port = $self->{"${name}_port"} //= Grantlink::Port->reserve;
    $self->_spawn($name => ['node', "$repository/t/lib/$script.mjs", @arguments, $port->number],
        environment => {GRANTLINK_CLIENT_SECRET => $self->{client_secret}});
    $self->process($name)->ready_when(sub { $port->answers });
    return 'http://127.0.0.1:' . $port->number;
}

1;

package Grantlink::Webhooks;

# What came to the receiver that Grantlink::Instance starts, and what it is to answer.

use v5.36;
use Exporter 'import';
use JSON::PP     ();
use MIME::Base64 qw(encode_base64);
use Grantlink::Poll qw(eventually);

our @EXPORT_OK = qw(new_webhook_secret);

sub new ($class, $grantlink, $origin) { return bless {browser => $grantlink->browser, origin => $origin}, $class }

sub new_webhook_secret ($bytes = 32) {
    open my $random, '<:raw', '/dev/urandom' or die "/dev/urandom: $!\n";
    sysread $random, my ($secret), $bytes;
    return 'whsec_' . encode_base64($secret, '');
}

# The calls so far, oldest first: {path, headers, body, at, taken_with => [numbers], event}. Of one
# path when it is given.
sub calls ($self, $path = undef) {
    my $calls = $self->{browser}->get("$self->{origin}/_seen")->json;
    $_->{event} = JSON::PP->new->decode($_->{body}) for @$calls;
    return grep { !defined $path || $_->{path} eq $path } @$calls;
}

# Waits until there are `count` calls; answers what there is then.
sub wait_for ($self, $count, $path = undef, $seconds = 20) {
    eventually(sub { $self->calls($path) >= $count }, $seconds);
    return $self->calls($path);
}

sub answer_with ($self, @answer) { $self->{browser}->get(join '/', $self->{origin}, '_answer', @answer) }

1;

package Grantlink::Curl;

# Grantlink::Client's `get` and `post`, done by the curl binary with a cookie jar file and without
# following redirects: what a person with a shell can do. URLs and forms go in through standard
# input, because the process list is for everybody.

use v5.36;
use File::Temp ();
use Grantlink::Command qw(run_command);
use Grantlink::Response;
use Grantlink::Url qw(encode_form split_url);

# new(seen => sub ($method, $url, $response) {}) is told of every step.
sub new ($class, %with) {
    my $jar = File::Temp->new(TEMPLATE => 'grantlink-jar-XXXXXX', TMPDIR => 1);
    return bless {%with, jar => $jar}, $class;
}

sub get ($self, $url, %) { return $self->_run(GET => $url) }

sub post ($self, $url, $form = {}, %) { return $self->_run(POST => $url, encode_form($form)) }

sub _run ($self, $method, $url, $body = undef) {
    my $jar     = $self->{jar}->filename;
    my @options = (url => $url, cookie => $jar, 'cookie-jar' => $jar);
    push @options, data => $body if defined $body;
    my $config = '';
    while (my ($name, $value) = splice @options, 0, 2) {
        $config .= "$name = \"" . ($value =~ s/(["\\])/\\$1/gr) . "\"\n";
    }
    my $ran = run_command(
        [qw(curl --silent --show-error --include --raw --max-time 60 --config -)], input => $config);
    die "curl failed: $ran->{err}" if $ran->{exit} != 0;
    my $response = Grantlink::Response->parse($ran->{out}, url => $url,
        request => "$method " . split_url($url)->{path});
    $self->{seen}->($method, $url, $response) if $self->{seen};
    return $response;
}

1;

package Grantlink::MediaHost;

# The host of an instance's pictures and videos (t/lib/media_host.mjs), and the files that grantlinkd
# keeps of them.

use v5.36;
use JSON::PP qw(decode_json encode_json);

sub new ($class, $grantlink) {
    return bless {grantlink => $grantlink, url => $grantlink->start_media_host}, $class;
}

sub url ($self) { return $self->{url} }

# A provider whose posts' media are there.
sub provider ($self, %more) {
    my $provider = $self->{grantlink}->sandbox_provider(%more);
    $provider->{origins}{'https://media.sandbox.invalid'} = $self->{url};
    return $provider;
}

sub _client ($self) { return $self->{grantlink}->browser }

# From now on at this path.
sub behave ($self, $path, %how) {
    my $answer = $self->_client->request(POST => "$self->{url}/behave", body => encode_json({path => $path, %how}));
    die "the media host: " . $answer->summary if $answer->status != 200;
}

sub asked ($self)         { return @{decode_json($self->_client->get("$self->{url}/asked")->body)} }
sub times ($self, $path)  { return scalar grep { $_->{path} eq $path } $self->asked }
sub bytes ($self, $path)  { return $self->_client->get("$self->{url}$path")->body }
sub directory ($self)     { return $self->{grantlink}->vault . '/media' }

# How many copies have ended so, as the metrics have it.
sub counted ($self, $result) {
    return $self->{grantlink}->admin->get('/metrics')->body =~ /^grantlink_media_copies_total\{result="$result"\} (\d+)$/m ? $1 : undef;
}

# The names in the directory.
sub files ($self) {
    opendir my $directory, $self->directory or return;
    my @names = sort grep { !/\A\./ } readdir $directory;
    return @names;
}

1;

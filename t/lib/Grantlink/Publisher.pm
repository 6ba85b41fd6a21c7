package Grantlink::Publisher;

# An account of the sandbox's that is connected, what it publishes, and what grantlink has of that.

use v5.36;
use Grantlink::Flow;

# `outcome` says whether it is connected.
sub new ($class, $grantlink, $account) {
    my $asked   = request_connection($grantlink, account => "\@$account");
    my $browser = $grantlink->browser;
    my $outcome = wait_for_outcome($browser, approve($browser, $asked->{link}, $account));
    return bless {grantlink => $grantlink, user => $account, id => $asked->{id}, outcome => $outcome}, $class;
}

sub id ($self)      { return $self->{id} }
sub outcome ($self) { return $self->{outcome} }

sub _sandbox ($self, $method, %post) {
    return $self->{grantlink}->control_sandbox($method => 'posts', {user => $self->{user}, %post})->status;
}

sub publish ($self, $id, %more) { return $self->_sandbox(POST => (id => $id, caption => "Post $id", %more)) }
sub withdraw ($self, $id)       { return $self->_sandbox(DELETE => (id => $id)) }

sub _posts ($self, $limit) { return $self->{grantlink}->admin->get("/v1/connections/$self->{id}/posts?limit=$limit")->json }

sub post ($self, $id)    { return (grep { $_->{id} eq $id } @{$self->_posts(200)->{posts}})[0] }
sub copy_of ($self, $id) { return ($self->post($id) // {})->{media_copy} }

# Its posts are asked for once more.
sub polled_again ($self) {
    my $polled = sub { $self->_posts(1)->{collected_at} // '' };
    my $before = $polled->();
    return eventually(sub { $polled->() gt $before });
}

1;

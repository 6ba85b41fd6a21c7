package Grantlink::States;

# Every page a recipient can meet, brought about for real, and how a tab gets there.
#
#   my $states = Grantlink::States->new($grantlink);       # an instance that runs with tap => 1
#   $states->visit($tab, $_) for Grantlink::States->names;
#
# After visit() the tab can be reloaded, in another language too, and still shows that page.

use v5.36;
use Grantlink::Flow;

# Pages of the callback that need a full store or many approvals at once are asked for by their names,
# as the callback's own redirect does.
my @by_name = qw(timed_out too_many not_recorded not_started bad_request unavailable);

my %ways = (
    (map { my $page = $_; $page => sub ($self, $tab) { $self->{public} . "/callback/instagram?problem=$page" } } @by_name),
    ready             => sub ($self, $tab) { $self->_ask->{link} },
    accounts          => \&_several,
    begun             => \&_started,
    confirm           => sub ($self, $tab) { callback_for($self->{browser}, $self->_ask->{link}) },
    finishing         => \&_finishing,
    connected         => sub ($self, $tab) { $self->_outcome('connected') },
    declined          => sub ($self, $tab) { $self->_tried($tab, 'nike', 'decline', 'declined') },
    wrong_account     => sub ($self, $tab) { $self->_tried($tab, 'adidas', 'approve', 'wrong_account') },
    replaced          => sub ($self, $tab) { $self->_ended('regenerate') },
    cancelled         => sub ($self, $tab) { $self->_ended('cancel') },
    expired           => \&_expired,
    already_connected => \&_already_connected,
    provider_error    => \&_provider_error,
    not_found         => sub ($self, $tab) { $self->{public} . '/approve/' . 'A' x 32 },
);

sub names ($class) { return sort keys %ways }

sub new ($class, $grantlink) {
    return bless {grantlink => $grantlink, public => $grantlink->public_url, browser => $grantlink->browser}, $class;
}

# Brings the state about, goes there, and answers what the tab shows then (Grantlink::Tab::look).
sub visit ($self, $tab, $name) {
    my $url = $ways{$name}->($self, $tab);
    $tab->goto($url);
    $tab->wait_for_page($name);
    return $tab->look;
}

sub _ask ($self, %with) { return request_connection($self->{grantlink}, %with) }

# One of them connected, one by somebody else, one that waits, and a message.
sub _several ($self, $tab) {
    my @accounts = map { {provider => 'instagram', account => $_} } '@nike', '@adidas', '';
    my $asked    = $self->{grantlink}->admin->post('/v1/connections',
        {accounts => \@accounts, message => "Hello Ann,\nthis is for the summer campaign."})->json;
    for my $number (0, 1) {
        my $at   = press($self->{browser}, "$asked->{link}?account=$asked->{connections}[$number]{id}");
        my $back = come_back($self->{browser}, approve_at_provider($self->{browser}, $at, 'nike'));
        wait_for_outcome($self->{browser}, $back->location);
    }
    return $asked->{link};
}

# The status page of an attempt that has ended so.
sub _outcome ($self, $outcome, $account = 'nike') {
    my $url  = approve($self->{browser}, $self->_ask->{link}, $account);
    my $came = wait_for_outcome($self->{browser}, $url);
    die "the outcome is $came and not $outcome\n" if $came ne $outcome;
    return $url;
}

sub _started ($self, $tab) {
    my $link = $self->_ask->{link};
    $tab->goto($link);
    $tab->click('#start button');
    $tab->wait_for_page('login');
    return $link;
}

# For as long as the tap holds the exchange; the next state lets go of it.
sub _finishing ($self, $tab) {
    my $callback = callback_for($self->{browser}, $self->_ask->{link});
    $self->{grantlink}->tap->hold('POST /oauth/access_token');
    return come_back($self->{browser}, $callback)->location;
}

sub release ($self) { $self->{grantlink}->tap->release }

# By this tab itself, which may press once more then.
sub _tried ($self, $tab, $account, $decision, $page) {
    $self->_started($tab);
    $tab->choose_account($account);
    $tab->decide($decision);
    return $tab->wait_for_page($page);
}

sub _ended ($self, $verb) {
    my $asked = $self->_ask;
    $self->{grantlink}->admin->post("/v1/connections/$asked->{id}/$verb");
    return $asked->{link};
}

sub _expired ($self, $tab) {
    my $link = $self->_ask(link_lifetime => '1s')->{link};
    eventually(sub { $self->{browser}->get($link)->page eq 'expired' });
    return $link;
}

sub _already_connected ($self, $tab) {
    my $link = $self->_ask->{link};
    wait_for_outcome($self->{browser}, approve($self->{browser}, $link));
    return $link;
}

sub _provider_error ($self, $tab) {
    $self->{grantlink}->control_sandbox(POST => 'faults',
        {path => '/oauth/access_token', status => 400, times => 1, content_type => 'application/json',
            body => '{"error_type": "OAuthException", "code": 400, "error_message": "This code was <used> already"}'});
    return $self->_outcome('provider_error');
}

1;

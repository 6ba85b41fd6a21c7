package Grantlink::Flow;

# The story of an approval, step by step. Each step dies when it cannot be taken, and says why.

use v5.36;
use Exporter 'import';
use Grantlink::Person qw(approve_at_provider decline_at_provider);
use Grantlink::Poll   qw(eventually);
use Grantlink::Url    qw(resolve_url);

our @EXPORT = qw(request_connection open_page press approve_at_provider decline_at_provider
    made_up_callback come_back follow wait_for_outcome wait_for_status wait_for_event approve callback_for eventually);

# The requester asks for an account. Answers the connection, as the API does, with its link.
sub request_connection ($grantlink, %fields) {
    my $response = $grantlink->admin->post('/v1/connections', {
        provider => 'instagram', account => '@nike', notify => 'me@example.com', %fields,
    });
    die $response->summary . ': ' . $response->body . "\n" if $response->status != 201;
    return $response->json;
}

# The recipient opens the link.
sub open_page ($browser, $link) {
    my $response = $browser->get($link);
    die $response->summary . "\n" if $response->status != 200;
    return $response;
}

# … presses the button; answers the provider's URL.
sub press ($browser, $link) {
    my $response = $browser->post($link);
    die $response->summary . "\n" if $response->status != 303;
    return $response->location;
}

# … comes back with the callback URL; answers the response to it (mind that it is a redirect).
sub come_back ($browser, $callback) {
    my $response = $browser->get($callback);
    die $response->summary . "\n" if $response->status != 303;
    return $response;
}

# Goes where a redirect points; answers the page there.
sub follow ($browser, $response) {
    return $browser->get(resolve_url($response->url, $response->location));
}

# Up to the redirect to the callback, which is not followed.
sub callback_for ($browser, $link, $account = 'nike') {
    return approve_at_provider($browser, press($browser, $link), $account);
}

# A callback as from the provider, without having been there: the code is worth nothing, but the
# edge cannot know that.
sub made_up_callback ($browser, $link, $code = 'made-up-code-of-a-test') {
    my ($state) = press($browser, $link) =~ /[?&]state=([^&]+)/;
    my ($origin) = $link =~ m{\A([a-z]+://[^/]+)};
    return "$origin/callback/instagram?code=$code&state=$state";
}

# All of it; answers the status page's URL.
sub approve ($browser, $link, $account = 'nike') {
    open_page($browser, $link);
    my $response = come_back($browser, callback_for($browser, $link, $account));
    return resolve_url($response->url, $response->location);
}

# The long poll of the status page, until it says something else than "pending".
sub wait_for_outcome ($browser, $status_url, $seconds = 20) {
    my $outcome = 'never asked';
    eventually(sub {
        $outcome = $browser->get("$status_url/outcome")->json->{outcome};
        return $outcome ne 'pending';
    }, $seconds);
    return $outcome;
}

# The newest such line of the connection's audit trail, when there is one.
sub wait_for_event ($grantlink, $id, $event, $seconds = 20) {
    my $of = "/v1/connections/$id/events?limit=500";
    return eventually(sub { (grep { $_->{event} eq $event } @{$grantlink->admin->get($of)->json->{events}})[0] }, $seconds);
}

# The connection, when it has the status, or the last it had.
sub wait_for_status ($grantlink, $id, $status, $seconds = 20) {
    my $connection;
    eventually(sub {
        $connection = $grantlink->admin->connection($id);
        return $connection->{status} eq $status;
    }, $seconds);
    return $connection;
}

1;

# One link asks for several accounts: one page with a button for each, which says how far one has come.

use v5.36;
use utf8;
use Encode qw(decode);
use FindBin;
use JSON::PP qw(decode_json);
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Together;
use Grantlink::Url qw(query_of resolve_url);

my $grantlink = Grantlink::Instance->new;
add_facebook($grantlink);
$grantlink->start;
my $admin = $grantlink->admin;

sub ids ($asked) { return map { $_->{id} } @{$asked->{connections}} }
sub status_of ($id) { return $admin->connection($id)->{status} }

# Presses the account's button on the page, and comes back; answers the status page's URL.
sub walk ($browser, $page, $id, $account, $decide = \&approve_at_provider) {
    my $back = come_back($browser, $decide->($browser, press_button($browser, $page, $id), $account));
    my $url  = resolve_url($back->url, $back->location);
    wait_for_outcome($browser, $url);
    return $url;
}

sub page_says ($page, $name, @expected) {
    is($page->page, $name, $name);
    like($page->text, $_, "$name: $_") for @expected;
    return;
}

subtest 'from the first to the last' => sub {
    my $asked   = request_together($grantlink);
    my ($nike, $adidas) = ids($asked);
    my $browser = $grantlink->browser;
    my $page    = open_page($browser, $asked->{link});
    page_says($page, 'accounts', qr/Example Agency asks for access to several of your accounts/, qr/0 of 2 connected/);
    is_deeply([sort keys %{{buttons_on($page)}}], [sort $nike, $adidas], 'each account has a button');
    is(state_on($page, $_), 'Not connected yet', "$_ waits") for qw(@nike @adidas);

    my $first = $browser->get(walk($browser, $page, $nike, 'nike'));
    page_says($first, 'connected', qr/1 of 2 connected/, qr/Connected/);
    unlike($first->text, qr/You can close this page/, 'the page is not the end');
    is(state_on($first, '@nike'),   'Connected',         'the one is connected');
    is(state_on($first, '@adidas'), 'Not connected yet', 'the other waits');
    is_deeply([keys %{{buttons_on($first)}}], [$adidas], 'its button leads on from here');
    is_deeply([status_of($nike), status_of($adidas)], ['active', 'pending'], 'as the connections say');
    is(state_on(open_page($browser, $asked->{link}), '@nike'), 'Connected', 'as does the link');

    my $last = $browser->get(walk($browser, $first, $adidas, 'adidas'));
    page_says($last, 'connected', qr/2 of 2 connected/, qr/You can close this page/);
    is_deeply([buttons_on($last)], [], 'there is no button any more');
    is($admin->connection($adidas)->{approved_account}{handle}, 'adidas', 'each has its own account');
    is(status_of($adidas), 'active', 'and is active');
    my $again = $browser->get($asked->{link});
    is($again->status, 410, 'the link has done its work');
    page_says($again, 'already_connected', qr/2 of 2 connected/);
    is(scalar(grep { $_->{headers}{subject} =~ /is connected/ } $grantlink->mailbox->wait_for(2)), 2, 'the requester has a mail of each');
};

subtest 'how others end' => sub {
    my $asked   = request_together($grantlink);
    my ($nike, $adidas) = ids($asked);
    my $browser = $grantlink->browser;
    my $wrong   = $browser->get(walk($browser, open_page($browser, $asked->{link}), $nike, 'adidas'));
    page_says($wrong, 'wrong_account', qr/0 of 2 connected/);
    is(state_on($wrong, '@nike'), 'That was another account', 'the list says so');
    my $declined = $browser->get(walk($browser, $wrong, $adidas, 'adidas', \&decline_at_provider));
    page_says($declined, 'declined', qr/0 of 2 connected/);
    my $page = open_page($grantlink->browser, $asked->{link});
    is(state_on($page, '@nike'),   'That was another account', 'in another browser too');
    is(state_on($page, '@adidas'), 'You did not approve',      'of each account');
    my ($retry) = grep { $_->{action} =~ /\Q$nike\E/ } $page->forms;
    like($retry->{buttons}[0]{label}, qr/\ATry again at Instagram \(\@nike\)/, 'with a button to try again');
    is(wait_for_outcome($browser, resolve_url($asked->{link}, walk($browser, $declined, $nike, 'nike'))), 'connected', 'which works');
    my $regenerated = $admin->post("/v1/connections/$adidas/regenerate")->json->{link};
    is(state_on(open_page($browser, $regenerated), '@adidas'), 'Not connected yet', 'a new link begins anew');
};

subtest 'buttons that were made up' => sub {
    my $asked   = request_together($grantlink);
    my ($nike, $adidas) = ids($asked);
    my ($foreign) = ids(request_together($grantlink));
    my $single  = request_connection($grantlink);
    my $browser = $grantlink->browser;
    my $page    = open_page($browser, $asked->{link});
    for my $account ($foreign, $single->{id}, '1', 'x' x 400, '%00', "$nike%20", uc $nike . '0') {
        my $answer = $browser->post("$asked->{link}?account=$account");
        is($answer->status, 400, 'another connection: 400') or diag $account;
        is($answer->page, 'bad_request', 'and a page that says so');
    }
    is($browser->post($asked->{link})->page, 'accounts', 'a button without an account shows the list');
    is($browser->post("$asked->{link}?account=$nike", {}, headers => {'Sec-Fetch-Site' => 'cross-site'})->page, 'accounts',
        'a foreign page starts nothing');
    is($browser->post("$single->{link}?account=$nike")->page, 'bad_request', 'a link for one account takes no other');
    is($browser->post("$single->{link}?account=$single->{id}")->status, 303, 'but its own');

    my $status = walk($browser, $page, $nike, 'nike');
    is($browser->post("$asked->{link}?account=$nike")->page, 'already_connected', 'an old page: connected already');
    is($browser->post("$status?account=$foreign")->page, 'bad_request', 'a made-up one behind an outcome');
    my $other = $grantlink->browser;
    is_deeply([buttons_on($other->get($status))], [], 'another browser has no buttons there: an id is no link');
    like($other->get($status)->text, qr/open the link you were sent again/, 'it is told to open the link');
    is($other->post("$status?account=$adidas")->page, 'connected', 'and starts nothing by itself');
    is($admin->request(DELETE => "/v1/connections/$adidas")->status, 200, 'one is taken back');
    is($browser->post("$asked->{link}?account=$adidas")->page, 'cancelled', 'its button says so');
    is($browser->get($asked->{link})->page, 'already_connected', 'and the link has no more to ask');
};

subtest 'each attempt is of one account' => sub {
    my $asked   = request_together($grantlink);
    my ($nike, $adidas) = ids($asked);
    my $browser = $grantlink->browser;
    my $page    = open_page($browser, $asked->{link});
    my $at      = press_button($browser, $page, $adidas);
    like($at, qr{redirect_uri=[^&]*facebook}, 'the button leads to its own provider');
    my $back = approve_at_provider($browser, $at, 'adidas');
    my $elsewhere = $back =~ s{/callback/facebook}{/callback/instagram}r;
    is(follow($browser, come_back($browser, $elsewhere))->page, 'bad_request', 'a callback of another provider is refused');
    my $outcome = wait_for_outcome($browser, resolve_url($back, come_back($browser, $back)->location));
    is($outcome, 'connected', 'the true one is taken');
    is_deeply([status_of($nike), status_of($adidas)], ['pending', 'active'], 'of the account that was pressed');
};

subtest 'the link as a whole' => sub {
    my $asked   = request_together($grantlink);
    my ($nike, $adidas) = ids($asked);
    my $browser = $grantlink->browser;
    my $back    = approve_at_provider($browser, press_button($browser, open_page($browser, $asked->{link}), $nike), 'nike');
    my $new     = $admin->post("/v1/connections/$adidas/regenerate")->json;
    isnt($new->{link}, $asked->{link}, 'regenerated by one of them');
    is($admin->get("/v1/connections/$nike/link")->json->{link}, $new->{link}, 'it is the other one\'s too');
    is($browser->get($asked->{link})->page, 'replaced', 'the old one is dead');
    is(follow($browser, come_back($browser, $back))->page, 'replaced', 'for whom was on the way too');
    is_deeply([map { $admin->connection($_)->{generation} } $nike, $adidas], [2, 2], 'both have the new generation');
    is_deeply($admin->connection($nike)->{shares_link_with}, [$adidas], 'each says with whom it shares it');
    walk($browser, open_page($browser, $new->{link}), $nike, 'nike');
    is($admin->post("/v1/connections/$nike/cancel")->status, 409, 'what is connected is not cancelled');
    is($admin->get("/v1/connections/$nike/link")->status, 409, 'and has no link');
    is($admin->post("/v1/connections/$adidas/cancel")->json->{status}, 'revoked', 'the rest is');
    is_deeply([status_of($nike), status_of($adidas)], ['active', 'revoked'], 'and nothing else');

    my $waits = request_together($grantlink);
    my ($one, $two) = ids($waits);
    is($admin->post("/v1/connections/$one/cancel")->status, 200, 'one of two that wait is cancelled');
    is_deeply([status_of($one), status_of($two)], ['revoked', 'revoked'], 'which cancels both');
    is($browser->get($waits->{link})->page, 'cancelled', 'the link says so');
    is_deeply([map { $_->{event} } @{$admin->get("/v1/connections/$two/events")->json->{events}}], ['cancelled', 'created'],
        'and the audit trail of each');

    my $short = request_together($grantlink, link_lifetime => '1s');
    ok(eventually(sub { $browser->get($short->{link})->page eq 'expired' }), 'a link for several expires');
};

subtest 'a message' => sub {
    my $text  = "Hello Ann,\n\nthis is for <b>summer</b> & \"autumn\".\x{202e}";
    my $asked = request_together($grantlink, message => "\n$text\n");
    my $page  = $grantlink->browser->get($asked->{link});
    like($page->body, qr{<blockquote dir="auto">Hello Ann,\n\nthis is for &lt;b&gt;summer&lt;/b&gt; &amp; &quot;autumn&quot;\.</blockquote>},
        'stands on the page, escaped');
    like($page->text, qr/Message from Example Agency/, 'and says of whom');
    my $single = request_connection($grantlink, message => 'Hello');
    like($grantlink->browser->get($single->{link})->body, qr{<blockquote dir="auto">Hello</blockquote>}, 'on that of one account too');
    is($admin->connection($single->{id})->{message}, 'Hello', 'the API has it');
    my $too_long = $admin->post('/v1/connections', {provider => 'instagram', message => 'ä' x 1001});
    is($too_long->status, 400, 'one that is too long is refused');
    is($too_long->json->{field}, 'message', 'by its name');
    is($admin->post('/v1/connections', {provider => 'instagram', message => 'ä' x 1000})->status, 201, 'a long one is not');
};

subtest 'what is refused' => sub {
    my @two = ({provider => 'instagram', account => '@a'}, {provider => 'facebook', account => '@b'});
    my %bad = (
        'none'            => [{accounts => []}, 'accounts', qr/1 to 16/],
        'seventeen'       => [{accounts => [map { {provider => 'instagram', account => "\@a$_"} } 1 .. 17]}, 'accounts', qr/1 to 16/],
        'both spellings'  => [{accounts => \@two, provider => 'instagram'}, 'accounts', qr/either/],
        'no list'         => [{accounts => $two[0]}, 'accounts', qr/list/],
        'no object'       => [{accounts => ['instagram']}, 'accounts[0]', qr/accounts\[0\] must be an object/],
        'unknown member'  => [{accounts => [{%{$two[0]}, notify => 'x'}]}, 'accounts[0].notify', qr/no member "notify"/],
        'unknown provider' => [{accounts => [$two[0], {provider => 'myspace'}]}, 'accounts[1].provider', qr/accounts\[1\]: there is no provider "myspace"/],
        'no handle'       => [{accounts => [$two[0], {provider => 'facebook', account => '@'}]}, 'accounts[1].account', qr/handle/],
        'the same twice'  => [{accounts => [$two[0], {provider => 'instagram', account => 'A'}]}, 'accounts[1]', qr/the same as accounts\[0\]/],
    );
    for my $name (sort keys %bad) {
        my ($request, $field, $says) = @{$bad{$name}};
        my $answer = $admin->post('/v1/connections', $request);
        is($answer->status, 400, $name);
        is($answer->json->{field}, $field, "$name: the field");
        like($answer->json->{detail}, $says, "$name: what is wrong");
    }
    my $alone = $admin->post('/v1/connections', {accounts => [$two[0]]});
    is($alone->status, 201, 'a list of one is fine');
    is_deeply($alone->json->{connections}[0]{shares_link_with}, [], 'it has its link for itself');
    is($grantlink->browser->get($alone->json->{link})->page, 'ready', 'and the page of one account');
};

subtest 'the command' => sub {
    my $run = sub (@arguments) {
        my $ran = $grantlink->cli(@arguments);
        is($ran->{exit}, 0, "grantlink $arguments[0]") or diag $ran->{err};
        return $ran;
    };
    my $asked = $run->(qw(request instagram @cli facebook @cli2 --message), "Hello\nAnn");
    like($asked->{out}, qr{\A\S+/approve/[\w-]{32}\n\z}, 'prints the one link and nothing else');
    my @ids = map { $admin->get("/v1/connections?account=$_")->json->{connections}[0]{id} } '@cli', '@cli2';
    is($admin->connection($ids[1])->{message}, "Hello\nAnn", 'both have the message');
    my $shown = $run->('show', $ids[0])->{out};
    like($shown, qr/^Shares its link\s+with \@cli2 at facebook$/m, 'show says with whom it shares the link');
    like($shown, qr/^Message\s+Hello Ann$/m, 'and shows the message');
    my $json = decode_json($run->(qw(request instagram @json facebook @json2 --json))->{out});
    is_deeply([map { "$_->{provider} $_->{account}" } @{$json->{connections}}], ['instagram @json', 'facebook @json2'], '--json is that of the API');
    is($run->('regenerate', $ids[1], '--yes')->{out}, $run->('link', $ids[0])->{out}, 'regenerate makes a new link for both');
    my $unsure = $grantlink->cli('regenerate', $ids[1]);
    like($unsure->{err}, qr/\@cli2 at facebook and \@cli at instagram/, 'and asks about both') or diag $unsure->{err};
    like($run->('cancel', $ids[0], '--yes')->{out}, qr/\A\@cli at instagram and \@cli2 at facebook are revoked\.$/, 'cancel whom it has ended');
    my %bad = (
        'no account'           => [2, qr/“facebook” has no account behind it; give a provider and an account for each/, qw(instagram @a facebook)],
        'accounts alone'       => [2, qr/“\@b” stands where a provider should/, qw(instagram @a @b @c)],
        'an unknown provider'  => [1, qr/accounts\[1\]: there is no provider "myspace"; known are facebook, instagram/, qw(instagram @a myspace @b)],
        'the same twice'       => [1, qr/accounts\[1\] is the same as accounts\[0\]/, qw(instagram @a instagram @A)],
    );
    for my $name (sort keys %bad) {
        my ($exit, $says, @words) = @{$bad{$name}};
        my $ran = $grantlink->cli('request', @words);
        is($ran->{exit}, $exit, "$name: exit $exit");
        like(decode('UTF-8', $ran->{err}), $says, "$name: says what is wrong");
    }
};

subtest 'the edge store is made anew' => sub {
    my $asked = request_together($grantlink);
    my ($nike) = ids($asked);
    my $browser = $grantlink->browser;
    walk($browser, open_page($browser, $asked->{link}), $nike, 'nike');
    $grantlink->restart_daemon;
    my $page = open_page($browser, $asked->{link});
    is(state_on($page, '@nike'), 'Connected', 'the list is the same after a restart');
    like($page->text, qr/1 of 2 connected/, 'with the progress');
};

$grantlink->logs_are_clean;
$grantlink->finish;
done_testing;

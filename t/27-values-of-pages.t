# Which values a template finds on which page: what docs/templates.md promises to whoever writes one.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Path qw(make_path);
use Test::More;
use Grantlink::Build;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Toml qw(write_file);
use Grantlink::Url  qw(with_parameter);

my @values = qw(requester account provider expires brand logo colour switchurl switchhow message
    approver detail retry assets problem);
my @of_several = qw(total done start waits connected declined wrong failed checking);
my @of_link = @values[0 .. 9];

my $grantlink = Grantlink::Instance->new;
my $directory = $grantlink->directory . '/pages';
my $pages     = "$Grantlink::Build::repository/ngx_module/pages";

# Each page prints its values and nothing else.
make_path($directory);
for my $page (map { m{/(\w+)\.html\z} } glob "$pages/*.html") {
    write_file("$directory/$page.html", qq{<body data-page="{{page}}">\n} . join('', map { "$_=[{{$_}}]\n" } @values, @of_several)
        . '{{#accounts}}(' . join('|', map { "{{$_}}" } 'account', 'item', @of_several[2 .. $#of_several]) . "){{/accounts}}\n");
}
write_file($grantlink->directory . '/etc/logo.png', 'GIF89a' . 'x' x 100);
$grantlink->write_daemon_config(settings => {brands => {acme => {
    name => 'Acme & Sons', colour => '#1f5f4a', logo => $grantlink->directory . '/etc/logo.png'}}});
$grantlink->write_nginx_config(http => "grantlink_templates $directory;");
$grantlink->start;
my $browser = $grantlink->browser;
my $public  = $grantlink->public_url;

sub ask (%with) { return request_connection($grantlink, requester => 'Acme', brand => 'acme', message => 'Hello', %with) }

# The page shows these values and leaves all others empty. `also` are values by their text.
sub shows ($response, $page, $set, %also) {
    is($response->page, $page, $page) or return;
    my %found = $response->body =~ /^(\w+)=\[(.*)\]$/mg;
    is_deeply([sort grep { length $found{$_} } keys %found], [sort @$set, keys %also], "$page: what is set");
    is($found{$_}, $also{$_}, "$page: $_") for sort keys %also;
    return \%found;
}

sub status_of ($account, %with) {
    my $asked = ask(%with);
    my $url   = approve($browser, $asked->{link}, $account);
    wait_for_outcome($browser, $url);
    return $url;
}

subtest 'the link' => sub {
    my $asked = ask();
    my $found = shows($browser->get($asked->{link}), 'ready', \@of_link, assets => 'assets/');
    is($found->{account},  '@nike',               'the account');
    is($found->{provider}, 'Instagram',           'the provider');
    is($found->{brand},    'Acme &amp; Sons',     'the brand, escaped');
    is($found->{colour},   '1f5f4a',              'its colour, without #');
    like($found->{logo},    qr/\Alogo-[0-9a-f]{32}\.gif\z/,    'its logo\'s file');
    like($found->{expires}, qr/\A\d+ [A-Z][a-z]+ \d{4}\z/,     'a day');
    like($found->{switchhow}, qr/\AOpen Instagram/,            'how to switch');
    press($browser, $asked->{link});
    shows($browser->get($asked->{link}), 'begun', \@of_link, assets => 'assets/');
    shows($browser->request(DELETE => $asked->{link}), 'bad_request', [], assets => 'assets/');
    $grantlink->admin->post("/v1/connections/$asked->{id}/regenerate");
    shows($browser->get($asked->{link}), 'replaced', \@of_link, assets => 'assets/');
    my $cancelled = ask(account => '@puma');
    $grantlink->admin->post("/v1/connections/$cancelled->{id}/cancel");
    shows($browser->get($cancelled->{link}), 'cancelled', \@of_link, assets => 'assets/');
    my $expired = ask(account => '@adidas', link_lifetime => '1s')->{link};
    ok(eventually(sub { $browser->get($expired)->page eq 'expired' }), 'a link expires');
    shows($browser->get($expired), 'expired', \@of_link, assets => 'assets/');
    shows($browser->get("$public/approve/" . 'A' x 32), 'not_found', [], assets => 'assets/');
    shows($browser->get("$public/approve/nothing"),     'not_found', []);
    my @plain = grep { !/\A(?:brand|logo|colour|account|message)\z/ } @of_link;
    shows($browser->get(request_connection($grantlink, account => '')->{link}), 'ready', \@plain, assets => 'assets/');
};

subtest 'the status page' => sub {
    my %up = (assets => '../assets/');
    shows($browser->get(status_of('nike')), 'connected', \@of_link, %up);
    shows($browser->get(status_of('adidas')), 'wrong_account', \@of_link, %up, retry => 'retry', approver => '@adidas');
    $grantlink->control_sandbox(POST => 'faults', {path => '/oauth/access_token', status => 400, times => 1,
        content_type => 'application/json', body => '{"error_type": "OAuthException", "code": 400, "error_message": "was <used>"}'});
    my $failed = shows($browser->get(status_of('nike')), 'provider_error', [@of_link, 'detail'], %up, retry => 'retry');
    like($failed->{detail}, qr/was &lt;used&gt;/, 'what the provider said, escaped');
    my $asked = ask();
    my $back  = come_back($browser, decline_at_provider($browser, press($browser, $asked->{link}), 'nike'));
    wait_for_outcome($browser, $back->location);
    shows($browser->get($back->location), 'declined', \@of_link, %up, retry => 'retry');
    $grantlink->admin->post("/v1/connections/$asked->{id}/regenerate");
    shows($browser->get($back->location), 'declined', \@of_link, %up);
    shows($browser->get("$public/approve/attempts/" . '00000000-0000-7000-8000-000000000000'), 'not_found', [], %up);

    my $callback = callback_for($browser, ask()->{link});
    $grantlink->process('daemon')->signal('STOP');
    my $waits = come_back($browser, $callback);
    shows($browser->get($waits->location), 'finishing', \@of_link, %up);
    $grantlink->process('daemon')->signal('CONT');
    is(wait_for_outcome($browser, $waits->location), 'connected', 'and goes on');
};

subtest 'a link for several accounts' => sub {
    my @accounts = map { {provider => 'instagram', account => $_} } '@nike', '@adidas';
    my $asked    = $grantlink->admin->post('/v1/connections', {accounts => \@accounts, requester => 'Acme', brand => 'acme', message => 'Hello'})->json;
    my ($nike, $adidas) = map { $_->{id} } @{$asked->{connections}};
    my $page  = $browser->get($asked->{link});
    my $found = shows($page, 'accounts', [@of_link, 'start'], assets => 'assets/', total => 2, done => 0);
    like($page->body, qr/^\(\@nike\|$nike\|yes\|yes(?:\|){5}\)\(\@adidas\|$adidas\|yes\|yes(?:\|){5}\)$/m, 'each account has its own');
    my $back = come_back($browser, approve_at_provider($browser, press($browser, "$asked->{link}?account=$nike"), 'nike'));
    wait_for_outcome($browser, $back->location);
    my $status = $browser->get($back->location);
    shows($status, 'connected', [@of_link, 'start'], assets => '../assets/', total => 2, done => 1);
    like($status->body, qr/^\(\@nike\|$nike\|\|\|yes\|\|\|\|\)\(\@adidas\|$adidas\|yes\|yes(?:\|){5}\)$/m, 'with their states');
    shows($grantlink->browser->get($back->location), 'connected', \@of_link, assets => '../assets/', total => 2, done => 1);
    unlike($browser->get(ask()->{link})->body, qr/^\(/m, 'a link for one has none');
};

subtest 'the confirmation' => sub {
    my $asked    = ask(account => '@adidas');
    my $stranger = $grantlink->browser;
    my $confirm  = come_back($stranger, callback_for($browser, $asked->{link}, 'adidas'));
    shows($stranger->get($confirm->location), 'confirm', \@of_link, assets => '../../assets/');
    $grantlink->admin->post("/v1/connections/$asked->{id}/cancel");
    shows($stranger->get($confirm->location), 'cancelled', \@of_link, assets => '../../assets/');
};

subtest 'behind ?problem=' => sub {
    shows($browser->get(with_parameter("$public/callback/instagram", problem => $_)), $_, [], problem => $_)
        for qw(declined provider_error replaced expired timed_out cancelled already_connected too_many
        not_recorded not_started not_found bad_request unavailable);
    shows($browser->get(with_parameter("$public/callback/instagram", problem => 'ready')), 'bad_request', [], problem => 'bad_request');
};

$grantlink->finish;
done_testing;

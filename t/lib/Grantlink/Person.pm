package Grantlink::Person;

# The recipient at the provider's own pages: signs in, approves or declines, by the forms that the
# pages show. Knows no provider; works for the sandbox and for the OpenID provider of the tests.

use v5.36;
use Exporter 'import';
use Grantlink::Url qw(resolve_url split_url);

our @EXPORT_OK = qw(approve_at_provider decline_at_provider);

my %buttons = (
    approve => qr/\b(?:approve|allow|accept|continue|log ?in|sign ?in)\b/i,
    decline => qr/\b(?:decline|deny|cancel|not ?now)\b/i,
);

# Both answer the URL to which the provider sends the browser back.
sub approve_at_provider ($browser, $url, $account) { return _decide($browser, $url, $account, 'approve') }
sub decline_at_provider ($browser, $url, $account) { return _decide($browser, $url, $account, 'decline') }

sub _decide ($browser, $url, $account, $decision) {
    my $home     = split_url($url)->{origin};
    my $response = $browser->get($url);
    for (1 .. 12) {
        if ($response->status =~ /\A30[1237]\z/) {
            my $next = resolve_url($url, $response->location);
            return $next if split_url($next)->{origin} ne $home;
            ($url, $response) = ($next, $browser->get($next));
            next;
        }
        die 'the provider refused: ' . $response->summary . "\n" . $response->text . "\n"
            if $response->status != 200;
        ($url, $response) = _submit($browser, $url, $response, $account, $decision);
    }
    die "the provider never came to an end; now at " . $response->summary . "\n";
}

sub _submit ($browser, $url, $page, $account, $decision) {
    my @able = grep { _button($_, $account, $decision) } $page->forms;
    my ($form) = ((grep { _names($_, $account) } @able), @able);
    die "no form to $decision as $account: " . $page->summary . "\n" . $page->body . "\n" unless $form;

    my $button = _button($form, $account, $decision);
    my @fields = map { [$_->[0], $_->[0] =~ /\A(?:login|username|account)\z/ && $_->[1] eq '' ? $account : $_->[1]] }
        @{$form->{fields}};
    push @fields, map { [$_->{name}, $_->{value}] } (grep { _is($_, $account) } @{$form->{choices}})[0] // ();
    push @fields, [$button->{name}, $button->{value} // ''] if defined $button->{name};
    my $target = resolve_url($url, $button->{formaction} // $form->{action});
    return ($target, $browser->post($target, \@fields));
}

# The button that stands for the decision; one with the account's name where a page lists accounts.
sub _button ($form, $account, $decision) {
    my @buttons = @{$form->{buttons}};
    my ($found) = (
        (grep { _is($_, $account) } @buttons),
        (grep { ($_->{value} // '') =~ $buttons{$decision} } @buttons),
        (grep { ($_->{label} // '') =~ $buttons{$decision} } @buttons),
    );
    return $found;
}

sub _is ($control, $account) {
    return lc($control->{value} // '') eq lc $account
        || ($control->{label} // '') =~ /(?:^|[^\w.])\@?\Q$account\E(?:$|[^\w.])/i;
}

sub _names ($form, $account) {
    return 1 if grep { _is($_, $account) } @{$form->{choices}}, @{$form->{buttons}};
    return grep { lc $_->[1] eq lc $account } @{$form->{fields}};
}

1;

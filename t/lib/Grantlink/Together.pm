package Grantlink::Together;

# Links that ask for several accounts: a second provider beside Instagram, and the list on the pages.

use v5.36;
use Exporter 'import';
use File::Path      qw(make_path);
use Grantlink::Build;
use Grantlink::Toml qw(write_file);
use Grantlink::Url  qw(resolve_url);

our @EXPORT = qw(add_facebook request_together buttons_on state_on press_button);

# The sandbox serves as Facebook too, by Instagram's preset under another name. To be called before the
# daemon starts; `with` are more arguments of write_daemon_config.
sub add_facebook ($grantlink, %with) {
    my $presets = $grantlink->directory . '/presets';
    my $shipped = "$Grantlink::Build::repository/conf.d/providers/instagram.toml";
    open my $file, '<:encoding(UTF-8)', $shipped or die "$shipped: $!\n";
    my $text = do { local $/; <$file> };
    make_path($presets);
    write_file("$presets/instagram.toml", $text);
    $text =~ s/^name\s*=\s*"Instagram"/name = "Facebook"/m or die "$shipped: its name is not where it was\n";
    write_file("$presets/facebook.toml", $text);
    push @{$grantlink->{sandbox}}, '--redirect-uri', $grantlink->public_url . '/callback/facebook';
    my %settings = (providers_dir => $presets, %{delete $with{settings} // {}});
    my %facebook = (%{$grantlink->sandbox_provider}, preset => 'facebook');
    $grantlink->write_daemon_config(settings => \%settings, providers => {facebook => \%facebook}, %with);
    return;
}

# Asks for @nike at Instagram and @adidas at Facebook, unless `accounts` says otherwise. Answers what the
# API does: {connections, link, link_expires_at}.
sub request_together ($grantlink, %fields) {
    my @accounts = ({provider => 'instagram', account => '@nike'}, {provider => 'facebook', account => '@adidas'});
    my $response = $grantlink->admin->post('/v1/connections', {
        accounts => \@accounts, notify => 'me@example.com', requester => 'Example Agency', %fields});
    die $response->summary . ': ' . $response->body . "\n" if $response->status != 201;
    return $response->json;
}

# The URLs that the list's buttons are sent to, by the id of the connection.
sub buttons_on ($response) {
    return map { $_->{action} =~ /\A\?account=([0-9a-f-]{36})\z/ ? ($1 => resolve_url($response->url, $_->{action})) : () }
        $response->forms;
}

# What the page says of an account in its list.
sub state_on ($response, $account) {
    for my $entry ($response->body =~ m{<li>(.*?)</li>}gs) {
        next unless $entry =~ m{<bdi>\Q$account\E</bdi></strong>};
        my ($state) = $entry =~ m{</div>\s*<p[^>]*>(.*?)</p>}s;
        return ($state // '') =~ s/<[^>]*>//gr;
    }
    return 'not in the list';
}

# Answers the provider's URL.
sub press_button ($browser, $page, $connection) {
    my %buttons  = buttons_on($page);
    my $response = $browser->post($buttons{$connection} // die "there is no button for $connection\n");
    die $response->summary . "\n" if $response->status != 303;
    return $response->location;
}

1;

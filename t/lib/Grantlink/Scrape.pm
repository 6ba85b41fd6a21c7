package Grantlink::Scrape;

# The metrics of an instance whose nginx has `location = /metrics { grantlink_metrics; }`.

use v5.36;
use Exporter 'import';
use Grantlink::Poll qw(eventually);
use Grantlink::Prometheus;

our @EXPORT    = qw(scrape requests_of eventually_requests metrics_location);
our @EXPORT_OK = qw(requests_in_log log_format);

# For Grantlink::Instance: text for its server.
sub metrics_location { return 'location = /metrics { access_log off; grantlink_metrics; }' }

sub scrape ($grantlink) {
    my $response = $grantlink->browser->get($grantlink->url . '/metrics');
    die $response->summary . "\n" if $response->status != 200;
    return Grantlink::Prometheus->parse($response->body);
}

# {"route outcome" => how many}
sub requests_of ($metrics) {
    return {map { ("$_->{labels}{route} $_->{labels}{outcome}" => $_->{value}) }
            $metrics->samples('grantlink_requests_total')};
}

# nginx counts and logs after the client has its answer: waits until there are so many, or not.
sub eventually_requests ($grantlink, $count) {
    my $metrics;
    eventually(sub {
        $metrics = scrape($grantlink);
        return $metrics->sum('grantlink_requests_total') >= $count;
    }, 10);
    return requests_of($metrics);
}

# The same count, from an access log in this format.
sub log_format {
    return q{log_format counted '$pid $request_method $status $grantlink_route $grantlink_outcome '
        '$grantlink_provider $grantlink_connection $grantlink_attempt';};
}

sub requests_in_log ($grantlink, $log) {
    my %count;
    for my $line (split /\n/, $grantlink->log($log)) {
        my (undef, undef, undef, $route, $outcome) = split / /, $line;
        $count{"$route " . ($outcome eq '-' ? 'none' : $outcome)}++ if $route ne '-';
    }
    return \%count;
}

1;

# A log format with each variable that can hold a secret, and the error log at debug level: each route, to each of its
# ends, and what nginx and its limits refuse, leave no secret in either.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(query_of);
use Grantlink::Walk;

my @variables = (
    qw(request request_uri uri document_uri request_filename args query_string is_args),
    qw(arg_code arg_state arg_error request_body http_referer http_cookie),
    qw(sent_http_location sent_http_set_cookie upstream_http_location request_id),
);
my $grantlink = Grantlink::Instance->new(
    workers => 1, log_level => 'debug',
    http => 'limit_req_zone $binary_remote_addr zone=few:1m rate=1r/m;' . "\n"
        . 'log_format every "$status ' . join(' ', map { "$_=\$$_" } @variables) . '";',
);
my $every = $grantlink->directory . '/logs/every.log';
$grantlink->write_nginx_config(server => <<~"END");
    access_log $every every;
    location /limited/approve/ { grantlink_approve; limit_req zone=few; }
    location /limited/callback/ { grantlink_callback; limit_req zone=few; }
    END
$grantlink->start;
walk($grantlink);

# limit_req logs an error with the request in it, before any handler has seen that.
my $browser  = $grantlink->browser;
my $asked    = request_connection($grantlink);
my $callback = callback_for($browser, $asked->{link});
my @limited  = map { s{(//[^/]+)/}{$1/limited/}r } $asked->{link}, $callback;
is($browser->get($limited[0])->status, 200, 'the first is let through');
is($browser->get($_)->status, 503, 'another is refused') for @limited;
is($browser->post($limited[1] =~ s/\?.*//sr, query_of($callback))->status, 503, 'also when it is posted');
$grantlink->log_has('error', qr/limiting requests/, 'the error log tells of it');

$grantlink->stop('nginx');
cmp_ok(scalar(() = $grantlink->log('every') =~ /\n/g), '>', 50, 'many lines in that format');
$grantlink->log_has('every', qr/^303 .* sent_http_location=\*/m, 'with each variable');
$grantlink->logs_are_clean('no secret is in any of them', qw(every error));
$grantlink->finish;
done_testing;

# The page and a callback over HTTP/3, where nginx has it.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Build;
use Grantlink::Certificate qw(make_certificate);
use Grantlink::Command     qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Port;

plan skip_all => 'this nginx has no HTTP/3 (ngx_http_v3_module)'
    if run_command([Grantlink::Build::nginx_program(), '-V'])->{err} !~ /http_v3_module/;
plan skip_all => 'curl has no HTTP/3' if run_command([qw(curl -V)])->{out} !~ /\bHTTP3\b/;

my $port      = Grantlink::Port->reserve;
my $grantlink = Grantlink::Instance->new(log_level => 'debug');
my $tls       = make_certificate($grantlink->directory . '/etc');
$grantlink->write_nginx_config(server => <<~"END");
    listen 127.0.0.1:${\$port->number} quic;
    ssl_certificate $tls->{certificate};
    ssl_certificate_key $tls->{key};
    END
$grantlink->start;
my $base = 'https://127.0.0.1:' . $port->number;
my $jar  = $grantlink->directory . '/jar';

sub curl ($url, @options) {
    my $ran = run_command([qw(curl -sS -i --http3-only --max-time 20 --cacert), $tls->{ca}, '-b', $jar, '-c', $jar, @options, qw(--config -)],
        input => qq{url = "$url"\n});
    die "curl: $ran->{err}" if $ran->{exit} != 0;
    my $response = Grantlink::Response->parse($ran->{out} =~ s{\AHTTP/3 }{HTTP/1.1 }r, url => $url);
    $grantlink->evidence->learn_from($response->raw, "GET $url ");
    return $response;
}

my $asked = request_connection($grantlink);
my $link  = $asked->{link} =~ s{\A\w+://[^/]+}{$base}r;
is(curl($link)->page, 'ready', 'the page');
my $press = curl($link, '-d', '');
is($press->status, 303, 'the button');
my $callback = approve_at_provider($grantlink->browser, $press->location, 'nike');
my $back     = curl($callback =~ s{\A\w+://[^/]+}{$base}r);
is(wait_for_outcome($grantlink->browser, $back->location), 'connected', 'the callback');

$grantlink->logs_are_clean('no secret is in a log, at debug level');
$grantlink->finish;
done_testing;

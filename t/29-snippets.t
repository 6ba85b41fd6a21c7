# The files of conf.d/ are what they say: an operator includes them in an nginx that is there.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Path qw(make_path);
use IO::Socket::INET;
use JSON::PP ();
use Test::More;
use Grantlink::Build;
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Prometheus;
use Grantlink::Response;
use Grantlink::Toml qw(write_file);

my $grantlink = Grantlink::Instance->new;
my $dir       = $grantlink->directory;
my $conf_d    = "$Grantlink::Build::repository/conf.d";
my %context   = (
    http   => [qw(grantlink.conf grantlink-limits.conf grantlink-log.conf)],
    server => [qw(grantlink-locations.conf grantlink-metrics.conf grantlink-console.conf)],
);

sub text_of ($path) { open my $file, '<', $path or die "$path: $!\n"; local $/; return readline $file }

subtest 'each is known here, and says where it belongs' => sub {
    my @files = map { s{.*/}{}r } glob "$conf_d/*.conf";
    is_deeply([sort @files], [sort map { @$_ } values %context], 'no file is forgotten');
    for my $context (sort keys %context) {
        for my $file (grep { $_ ne 'grantlink.conf' } @{$context{$context}}) {
            like(text_of("$conf_d/$file"), qr/\A# Context: $context\b/, "$file");
        }
    }
    like(text_of("$conf_d/grantlink.conf"), qr/\Q$_\E/, "grantlink.conf names $_")
        for grep { $_ ne 'grantlink.conf' } map { @$_ } values %context;
};

# Debian's nginx.conf and its directories, untouched, in a namespace of their own: /etc, /var/lib,
# /var/log and /run are this test's.
SKIP: {
    skip 'needs root', 2 if $> != 0;
    skip 'needs a mount namespace', 2 if run_command([qw(unshare --mount true)])->{exit} != 0;
    skip 'needs Debian\'s nginx.conf', 2 unless -e '/etc/nginx/nginx.conf';
    my $root = "$dir/root";
    make_path(map { "$root/$_" } qw(etc lib/nginx lib/grantlink log/nginx run));
    my @needed = grep { -e } map { "/etc/$_" } qw(nginx passwd group nsswitch.conf ld.so.cache);
    run_command(['cp', '-a', @needed, "$root/etc"])->{exit} == 0 or die "cannot copy @needed\n";
    make_path("$root/etc/grantlink");
    run_command(['cp', '-a', "$dir/etc/edge.key", "$root/etc/grantlink/"]);
    run_command(['cp', '-a', $grantlink->edge_store, "$root/lib/grantlink/edge"]);
    unlink glob "$root/etc/nginx/sites-enabled/*";
    write_file("$root/etc/nginx/modules-enabled/70-grantlink.conf",
        'load_module ' . Grantlink::Build::program('ngx_http_grantlink_module.so') . ";\n");
    run_command(['cp', map({ "$conf_d/$_" } @{$context{http}}),   "$root/etc/nginx/conf.d/"]);
    run_command(['cp', map({ "$conf_d/$_" } @{$context{server}}), "$root/etc/nginx/snippets/"]);
    write_file("$root/etc/nginx/sites-enabled/links", join "\n", 'server { listen 127.0.0.1:8080;',
        map({ "include /etc/nginx/snippets/$_;" } @{$context{server}}), "}\n");
    my $script = join ' && ', map({ "mount --bind $root/$_->[0] $_->[1]" }
        [etc => '/etc'], [lib => '/var/lib'], [log => '/var/log'], [run => '/run']), '/usr/sbin/nginx -t';
    my $tried = sub { run_command(['unshare', '--mount', 'sh', '-c', $script],
        environment => $grantlink->{sanitizer}->environment(preload => 1)) };
    my $ran = $tried->();
    is($ran->{exit}, 0, 'Debian\'s nginx takes them as they are') or diag $ran->{err};
    write_file("$root/etc/nginx/conf.d/wrong.conf", "grantlink_store /nowhere;\n");
    isnt($tried->()->{exit}, 0, 'and they are what it read');
}

# The same files at work; only the paths of the installation are this test's.
sub installed ($file) {
    my $text = text_of("$conf_d/$file");
    $text =~ s{(?<=\s)/var/lib/grantlink/edge(?=;)}{$grantlink->edge_store}e;
    $text =~ s{(?<=\s)/etc/grantlink/edge\.key(?=;)}{$dir/etc/edge.key};
    $text =~ s{(?<=\s)/var/log/nginx/}{$dir/logs/};
    return 'include ' . write_file("$dir/etc/$file", $text) . ";\n";
}

my $module = Grantlink::Build::module_path();
my ($http, $server) = map { join '', map { installed($_) } @{$context{$_}} } qw(http server);
my $user = $> == 0 ? 'user www-data;' : '';
write_file("$dir/nginx/nginx.conf", <<~"END");
    daemon off;
    $user
    worker_processes 1;
    pid $dir/nginx/nginx.pid;
    error_log $dir/logs/error.log info;
    load_module $module;
    events {}
    http {
        access_log $dir/logs/access.log;
        @{[join ' ', map { "${_}_temp_path $dir/nginx/$_;" } qw(client_body proxy fastcgi uwsgi scgi)]}
        $http
        server {
            listen 127.0.0.1:$grantlink->{nginx_port}{number};
            $server
            location = /theirs { return 204; }
        }
    }
    END
$grantlink->start;
my $browser = $grantlink->browser;
my $url     = $grantlink->url;
my $asked   = request_connection($grantlink);

is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'an approval goes through');
$browser->get("$url/theirs", headers => {'User-Agent' => 'not ours'});
$browser->get($asked->{link}, headers => {'User-Agent' => qq{a "quoted" \\ agent\x01}});

subtest 'grantlink-metrics.conf' => sub {
    my $page = $browser->get("$url/grantlink-metrics");
    is($page->status, 200, 'this machine may read them');
    my $metrics = Grantlink::Prometheus->parse($page->body);
    is($metrics->value('grantlink_approvals_total', result => 'stored'), 1, 'they are ours');
    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.2',
        PeerAddr => '127.0.0.1:' . $grantlink->{nginx_port}->number) or die "connect: $!\n";
    print {$socket} "GET /grantlink-metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    is(Grantlink::Response->read_from($socket, request => 'from 127.0.0.2')->status, 403, 'another may not');
};

subtest 'grantlink-log.conf' => sub {
    my $log = sub { map { JSON::PP->new->utf8->decode($_) } split /\n/, $grantlink->log('grantlink') };
    ok(eventually(sub { grep { $_->{outcome} eq 'already_connected' } $log->() }), 'each line is JSON');
    my @lines = $log->();
    is((grep { $_->{route} eq '' } @lines), 0, 'requests to others are not there');
    my ($recorded) = grep { $_->{outcome} eq 'recorded' } @lines;
    is_deeply([@$recorded{qw(address method status route provider connection)}],
        ['127.0.0.1', 'GET', 303, 'callback', 'instagram', $asked->{id}], 'the callback, and what it was about');
    like($recorded->{attempt}, qr/\A[0-9a-f-]{36}\z/, 'with its attempt');
    cmp_ok($recorded->{bytes}, '>', 100, 'numbers are numbers');
    is($lines[-1]{agent}, qq{a "quoted" \\ agent\x01}, 'an agent of odd characters stays one string');
    my $token = $asked->{link} =~ s{.*/}{}r;
    unlike($grantlink->log('grantlink'), qr/\Q$token\E|code=|state=/, 'no secret');
};

subtest 'grantlink-limits.conf' => sub {
    my %status;
    $status{$browser->get("$url/approve/" . sprintf '%032d', $_)->status}++ for 1 .. 120;
    cmp_ok($status{404}, '>=', 40, 'a person is not held up');
    cmp_ok($status{503} // 0, '>=', 10, 'who guesses is');
    my %other;
    $other{$browser->get("$url/theirs")->status}++ for 1 .. 120;
    is_deeply(\%other, {204 => 120}, 'other locations have no limit');
    my $page = Grantlink::Prometheus->parse($browser->get("$url/grantlink-metrics")->body);
    is($page->value('grantlink_requests_total', route => 'approve', outcome => 'none'), $status{503},
        'what was refused is counted');
};

$grantlink->finish;
done_testing;

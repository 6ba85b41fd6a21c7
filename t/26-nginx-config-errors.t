# nginx -t says what is wrong, where, and what to do.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Toml qw(write_file);

my $grantlink = Grantlink::Instance->new;
my $etc       = $grantlink->directory . '/etc';

sub refused ($name, $text, @patterns) {
    my $ran = $grantlink->test_nginx_config($text);
    subtest $name => sub {
        isnt($ran->{exit}, 0, 'nginx -t refuses it');
        like($ran->{err}, qr/\[emerg\]/, 'as an error');
        like($ran->{err}, qr{tried\.conf:\d+}, 'with file and line');
        like($ran->{err}, $_, "it says $_") for @patterns;
        is(scalar(() = $ran->{err} =~ /\[emerg\]/g), 1, 'one error, not several');
    } or diag $ran->{err};
}

my $good = $grantlink->test_nginx_config($grantlink->nginx_config_text);
is($good->{exit}, 0, 'a good configuration is accepted') or diag $good->{err};

refused('a store that is not there',
    $grantlink->nginx_config_text(store => '/nowhere/edge'), qr{/nowhere/edge}, qr/grantlink init/);
refused('a store that is a file',
    $grantlink->nginx_config_text(store => "$etc/edge.key"), qr/no directory/);
refused('a key that is not there',
    $grantlink->nginx_config_text(key => "$etc/none.key"), qr{none\.key}, qr/grantlink init/);

my $key   = do { open my $file, '<', "$etc/edge.key" or die; local $/; readline $file };
my %wrong = (
    'an empty key file'              => '',
    'the daemon\'s key file'         => do { open my $file, '<', "$etc/master.key" or die; local $/; readline $file },
    'a key file of a later version'  => $key =~ s/v1/v9/r,
    'a key file with no key'         => $key =~ s/^key .*\n//mr,
    'a key that is cut off'          => $key =~ s/^(key \d+ .{20}).*/$1/mr,
    'a key that is no base64url'     => $key =~ s/^(key \d+ ).{5}/$1!!!!!/mr,
    'a key without the daemon\'s public key' => $key =~ s/^seal .*\n//mr,
    'bytes'                          => join('', map { chr $_ % 256 } 1 .. 1000),
);
for my $name (sort keys %wrong) {
    write_file("$etc/wrong.key", $wrong{$name}, 0600);
    refused($name, $grantlink->nginx_config_text(key => "$etc/wrong.key"), qr{wrong\.key});
    my $secret = $key =~ /^key \d+ (\S+)/m ? $1 : die;
    my $ran    = $grantlink->test_nginx_config($grantlink->nginx_config_text(key => "$etc/wrong.key"));
    unlike($ran->{err}, qr/\Q@{[substr $secret, 6, 14]}\E/, 'and quotes no key');
}

my $text = $grantlink->nginx_config_text;
refused('no store',       $grantlink->nginx_config_text(store => ''), qr/grantlink_store/);
refused('no key',         $grantlink->nginx_config_text(key => ''),   qr/grantlink_key/);
refused('a store twice',  $grantlink->nginx_config_text(http => 'grantlink_store ' . $grantlink->edge_store . ';'), qr/duplicate/);
refused('a key twice',    $grantlink->nginx_config_text(http => "grantlink_key $etc/edge.key;"), qr/duplicate/);
refused('a handler twice', $grantlink->nginx_config_text(approve => 'grantlink_approve;'), qr/grantlink_approve|duplicate/);
refused('two handlers in one place', $grantlink->nginx_config_text(approve => 'grantlink_callback;'), qr/another handler/);
refused('grantlink_approve in a server', $grantlink->nginx_config_text(server => 'grantlink_approve;'), qr/not allowed here/);
refused('grantlink_callback in http',    $grantlink->nginx_config_text(http => 'grantlink_callback;'),  qr/not allowed here/);
refused('grantlink_store in main',       $grantlink->nginx_config_text(main => 'grantlink_store /tmp;'), qr/not allowed here/);
refused('an argument too many',          $grantlink->nginx_config_text(approve => 'grantlink_approve on;') =~ s/grantlink_approve;\s+(?=grantlink_approve on)//r,
    qr/invalid number of arguments/);
refused('a regular expression as location', $text =~ s{location /approve/}{location ~ ^/approve/}r, qr/prefix location/);
refused('an exact location',                $text =~ s{location /callback/}{location = /callback/}r, qr/prefix location|slash/);
refused('a location without its last slash', $text =~ s{location /approve/}{location /approve}r, qr/slash/);
refused('a wake socket with a long path', $grantlink->nginx_config_text(http => 'grantlink_wake /' . 'a' x 120 . ';'), qr/107|shorter/);
refused('a thread pool that is not there', $grantlink->nginx_config_text(http => 'grantlink_thread_pool nowhere;') , qr/nowhere/);


my $metrics = sub ($before, $after = '') { $grantlink->nginx_config_text(server => "location = /m { $before grantlink_metrics; $after }") };
refused('metrics beside the pages',    $grantlink->nginx_config_text(approve => 'grantlink_metrics;'), qr/"grantlink_metrics" cannot stand beside another handler/, qr/location of its own/);
refused('metrics behind a handler',    $metrics->('stub_status;'), qr/"grantlink_metrics" cannot stand beside/);
refused('metrics before a handler',    $metrics->('', 'proxy_pass http://127.0.0.1:1;'), qr/"grantlink_metrics" of location "\/m" cannot stand beside/, qr/location of its own/);
refused('metrics twice',               $metrics->('grantlink_metrics;'), qr/another handler/);
refused('metrics with an argument',    $grantlink->nginx_config_text(server => 'location = /m { grantlink_metrics on; }'), qr/invalid number of arguments/);
refused('metrics in a server',         $grantlink->nginx_config_text(server => 'grantlink_metrics;'), qr/not allowed here/);
refused('metrics in http',             $grantlink->nginx_config_text(http => 'grantlink_metrics;'), qr/not allowed here/);
refused('metrics in an if',            $grantlink->nginx_config_text(server => 'location /m { if ($arg_x) { grantlink_metrics; } }'), qr/not allowed here/);

my $pool = $grantlink->test_nginx_config($grantlink->nginx_config_text(
    main => 'thread_pool spool threads=2;', http => 'grantlink_thread_pool spool;'));
is($pool->{exit}, 0, 'a thread pool of one\'s own is accepted') or diag $pool->{err};

my $elsewhere = $grantlink->test_nginx_config($grantlink->nginx_config_text(store => '', key => '',
    server => 'grantlink_store ' . $grantlink->edge_store . "; grantlink_key $etc/edge.key;"));
is($elsewhere->{exit}, 0, 'store and key can stand in a server') or diag $elsewhere->{err};

SKIP: {
    skip 'root may read every file', 1 if $> == 0;
    write_file("$etc/locked.key", $key, 0000);
    refused('a key that may not be read', $grantlink->nginx_config_text(key => "$etc/locked.key"), qr/locked\.key/);
}

done_testing;

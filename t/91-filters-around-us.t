# nginx's filters work on our answers as on others': compressed, substituted, recoded, with headers
# added. What workers keep for all requests is never changed by that, and no answer is turned into
# "not modified" or a part of itself.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use IO::Uncompress::Gunzip qw(gunzip $GunzipError);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(resolve_url);
use Grantlink::Wire;

my $compressed = 'gzip on; gzip_vary on; gzip_min_length 1; gzip_types text/css text/javascript application/json;';
my %around = (
    gzip     => "$compressed gzip_static on; gunzip on;",
    closing  => "$compressed chunked_transfer_encoding off;",
    sub      => 'sub_filter_once off; sub_filter_types *; sub_filter "</title>" "</title><!--s-->"; sub_filter "preventDefault" "prevent-default";',
    gzipsub  => "$compressed sub_filter \"</title>\" \"</title><!--s-->\";",
    addition => 'add_before_body /before; add_after_body /after;',
    ssi      => 'ssi on; ssi_silent_errors off;',
    charset  => 'charset utf-8; charset_types *;',
    recoded  => 'source_charset koi8-r; charset utf-8; charset_types *;',
    headers  => 'add_header X-Frame-Options SAMEORIGIN always; add_header X-Ours yes always;'
        . ' add_header Cache-Control "public, max-age=600" always; etag on; if_modified_since before;',
    expires  => 'expires 1h;',
);
my $dashed = join '', map { "location /$_/ { grantlink_approve; $around{$_} }\n" } sort keys %around;
my $grantlink = Grantlink::Instance->new(
    http   => 'charset_map koi8-r utf-8 { C1 D0B0; D0 D0BF; D1 D18F; 7E D18F; }',
    server => <<~"END",
        location = /before { return 200 "<!--before-->"; }
        location = /after { return 200 "<!--after-->"; }
        location = /recoded-file { $around{recoded} default_type text/plain; return 200 "a ~ b"; }
        $dashed
        END
);
my $logo = 'GIF89a' . join('', map { chr(33 + $_ % 90) } 1 .. 20_000);
my $file = $grantlink->directory . '/etc/logo.gif';
open my $image, '>:raw', $file or die "$file: $!\n";
print {$image} $logo;
close $image;
$grantlink->write_daemon_config(settings => {brand => 'acme',
    brands => {acme => {name => 'Ácme', colour => '#1F5F4A', logo => $file}}});
$grantlink->start;
my $browser = $grantlink->browser;
my $base    = $grantlink->public_url;
my $link    = request_connection($grantlink)->{link};
my ($token) = $link =~ m{([^/]+)\z};
my ($logo_name) = $browser->get($link)->body =~ m{(logo-[0-9a-f]{32}\.gif)};
my $nothing = 'attempts/0190a0b0-c0d0-7000-8000-000000000000';

# Everything there is to GET, as it comes when no filter is around: path => response.
my @paths = ($token, "$nothing/outcome", 'assets/ready.js', 'assets/status.js', 'assets/brand-1f5f4a.css', "assets/$logo_name", 'x');
my %plain = map { $_ => $browser->get("$base/approve/$_") } @paths;

sub accepting ($path, %headers) {
    return $browser->get("$base/$path", headers => {'Accept-Encoding' => 'gzip', %headers});
}

sub unzipped ($response) {
    my $body = $response->body;
    gunzip(\$body => \my $out) or return "not gzip: $GunzipError";
    return $out;
}

# Twice by one worker: what a filter wrote into memory that is not the request's would be seen.
sub untouched ($name) {
    my @changed = grep { $browser->get("$base/approve/$_")->body ne $plain{$_}->body } @paths;
    is_deeply(\@changed, [], "$name: the answers elsewhere are what they were");
}

for my $how (qw(gzip closing)) {
    subtest "gzip: $how" => sub {
        for my $path (grep { !/logo/ } @paths) {
            my $response = accepting("$how/$path");
            is($response->status, $plain{$path}->status, "$path: the status");
            is($response->header('content-encoding'), 'gzip', 'compressed');
            is($response->header('vary'), 'Accept-Encoding', 'and says so');
            is($response->header('content-type'), $plain{$path}->header('content-type'), 'with its type');
            ok(unzipped($response) eq $plain{$path}->body, 'is what it was');
            is($response->header('transfer-encoding'), $how eq 'gzip' ? 'chunked' : undef, 'in pieces, or not');
            ok($browser->get("$base/$how/$path")->body eq $plain{$path}->body, 'and for who cannot read it as it is');
        }
        my $image = accepting("$how/assets/$logo_name");
        ok($image->body eq $logo && !$image->header('content-encoding'), 'the logo is as it is');
        cmp_ok(length accepting("$how/$token")->body, '<', 14_000, 'a page fits into a first flight of 14 KB');
        is($browser->get("$base/$how/$token")->header('content-length'), length $plain{$token}->body, 'a length, when not compressed');
        untouched($how);
    };
}

subtest 'HEAD under gzip' => sub {
    my $wire = Grantlink::Wire->connect($grantlink);
    my %accept = ('Accept-Encoding' => 'gzip');
    for my $path (grep { !/logo/ } @paths) {
        my $head = $wire->send($wire->request("HEAD /gzip/$path", %accept))->response(method => 'HEAD');
        is_deeply([$head->status, $head->header('content-encoding'), $head->body], [$plain{$path}->status, 'gzip', ''], "HEAD $path");
        my $get = $wire->send($wire->request("GET /gzip/$path", %accept))->response;
        ok(unzipped($get) eq $plain{$path}->body, 'and on the same connection GET');
    }
};

subtest 'a redirect and JSON of the button' => sub {
    my $other = request_connection($grantlink)->{link};
    my ($own) = $other =~ m{([^/]+)\z};
    my $press = $browser->post("$base/gzip/$own", {}, headers => {'Accept-Encoding' => 'gzip'});
    is_deeply([$press->status, $press->header('content-encoding'), $press->body], [303, undef, ''], '303 is empty');
    my $begun = $browser->post("$base/gzip/$own", {}, headers => {'Accept-Encoding' => 'gzip', Accept => 'application/json'});
    like(unzipped($begun), qr/\A\{"location":"[^"]+","status":"[^"]+"\}\n\z/, 'JSON is JSON');
};

subtest 'sub_filter' => sub {
    for my $time (1, 2) {
        is($browser->get("$base/sub/$token")->body, $plain{$token}->body =~ s{</title>}{</title><!--s-->}r, "a page, time $time");
        my $script = $plain{'assets/ready.js'}->body;
        my $wanted = $script =~ s/preventDefault/prevent-default/gr;
        isnt($wanted, $script, 'the script has what is replaced');
        is($browser->get("$base/sub/assets/ready.js")->body, $wanted, "a script, time $time");
        is(unzipped(accepting("gzipsub/$token")), $plain{$token}->body =~ s{</title>}{</title><!--s-->}r, "and compressed, time $time");
    }
    ok($browser->get("$base/sub/assets/$logo_name")->body eq $logo, 'the logo');
    untouched('sub_filter');
};

subtest 'addition' => sub {
    is($browser->get("$base/addition/$token")->body, '<!--before-->' . $plain{$token}->body . '<!--after-->', 'around a page');
    ok($browser->get("$base/addition/assets/status.js")->body eq $plain{'assets/status.js'}->body, 'not around a script');
    untouched('addition');
};

is($browser->get("$base/recoded-file")->body, "a \xD1\x8F b", 'text that says no charset is recoded there');
for my $how (qw(ssi charset recoded)) {
    subtest $how => sub {
        for my $path (@paths, "$token?lang=ja") {
            my ($got, $wanted) = map { $browser->get("$base/$_/$path") } $how, 'approve';
            ok($got->body eq $wanted->body, "$path: the body is what it was");
            is($got->header('content-type'), $wanted->header('content-type'), 'so is the type') unless $path =~ /logo|outcome/;
        }
        $browser->forget_cookies;
        untouched($how);
    };
}

my @ours = qw(cache-control referrer-policy x-content-type-options x-robots-tag content-security-policy x-frame-options content-type);

subtest 'headers beside ours' => sub {
    for my $path (@paths) {
        my $got = $browser->get("$base/headers/$path");
        is($got->header('x-ours'), 'yes', "$path: the operator's header");
        for my $name (@ours) {
            my @wanted = $plain{$path}->headers($name);
            cmp_ok(scalar @wanted, '<=', 1, "$name of ours is there once");
            push @wanted, 'SAMEORIGIN'          if $name eq 'x-frame-options';
            push @wanted, 'public, max-age=600' if $name eq 'cache-control';
            is_deeply([$got->headers($name)], \@wanted, 'and so it stays');
        }
        my $expires = $browser->get("$base/expires/$path");
        my ($first) = $plain{$path}->headers('cache-control');
        is(($expires->headers('cache-control'))[0], $first, "expires: ours stays ($first)");
        cmp_ok(scalar(() = $expires->headers($_)), '<=', 1, "$_ is there once") for grep { $_ ne 'cache-control' } @ours, 'expires';
    }
};

# None of our answers has a validator, so no condition can be answered but with all of it.
subtest 'conditions and ranges' => sub {
    my %condition = (
        'If-None-Match' => ['*', '"x"', 'W/"x", "y"'],
        'If-Modified-Since'   => ['Thu, 01 Jan 1970 00:00:00 GMT', 'Thu, 31 Dec 2099 00:00:00 GMT', 'nonsense'],
        'If-Unmodified-Since' => ['Thu, 01 Jan 1970 00:00:00 GMT'],
        'If-Match' => ['"x"', '*'],
        'Range'    => ['bytes=0-9', 'bytes=-5', 'bytes=999999-', 'bytes=0-0,5-9'],
    );
    for my $path (@paths) {
        is_deeply([map { $plain{$path}->header($_) } qw(etag last-modified accept-ranges)], [undef, undef, undef], "$path has no validator");
        for my $name (sort keys %condition) {
            for my $value (@{$condition{$name}}) {
                for my $how (qw(approve headers gzip)) {
                    my $got = $browser->get("$base/$how/$path", headers => {$name => $value});
                    ok($got->status == $plain{$path}->status && $got->body eq $plain{$path}->body, "$how: $name: $value")
                        or diag $got->summary;
                }
            }
        }
    }
    my $json = $browser->post($link, {}, headers => {Accept => 'application/json', 'If-None-Match' => '*'});
    is($json->status, 200, 'nor does the button');
};

$grantlink->logs_are_clean;
$grantlink->finish;
done_testing;

# The shipped presets are presets, and mistakes in one are named with file, line and remedy.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Basename qw(basename);
use File::Temp ();
use JSON::PP qw(decode_json);
use Test::More;
use Grantlink::Build;
use Grantlink::Command qw(run_command);
use Grantlink::Instance;
use Grantlink::Toml qw(write_file);

my $presets = "$Grantlink::Build::repository/conf.d/providers";
my $temp    = File::Temp->newdir('grantlink-presets-XXXXXX', TMPDIR => 1);

sub check (@arguments) {
    return run_command([Grantlink::Build::program('grantlink'), 'provider', 'check', @arguments]);
}

my @files = sort glob "$presets/*.toml";
cmp_ok(scalar @files, '>=', 30, 'there are thirty and more');
my $all = check('--json', @files);
is($all->{exit}, 0, 'all of them load') or diag $all->{err};
for my $preset (@{decode_json($all->{out})->{presets}}) {
    subtest basename($preset->{file}) => sub {
        ok(!$preset->{error}, 'loads') or return diag $preset->{error};
        unlike($preset->{name}, qr/\A[a-z]/, 'has a name as people write it') if $preset->{id} ne 'wordpress';
        my @wrong = grep { $_ !~ /\Aidentity\.token_in/ } @{$preset->{doubts}};
        is_deeply(\@wrong, [], 'nothing in it is doubtful');
        like($_, $preset->{discovery} ? qr{\A(?:https://|\{|\z)} : qr{\A(?:https://|\{)}, "\"$_\" is safe") for $preset->{authorize_url}, map { $_->{url} } @{$preset->{requests}};
    };
}

my $slack = check("$presets/slack.toml");
like($slack->{out}, qr{^token +POST +https://slack\.com/api/oauth\.v2\.access +client_secret_basic$}m, 'a table shows the requests');

my $good = do { local (@ARGV, $/) = "$presets/slack.toml"; <> };
my %mistakes = (
    'a method that is none'        => [$good =~ s/^method = "POST"/method = "FETCH"/mr, qr/identity\.method: must be GET, POST/],
    'an endpoint without TLS'      => [$good =~ s{https://slack.com/api/auth.test}{http://slack.com/api/auth.test}r, qr{identity\.url: must be an absolute URL that begins with https://}],
    'a placeholder that is none'   => [$good =~ s{auth\.test"}{auth.test/{acess_token}"}r, qr/identity\.url: there is no placeholder \{acess_token\}; known are \{access_token\}/],
    'a tenant without its table'   => [$good =~ s{https://slack.com/api/auth.test}{https://{tenant}/x}r, qr/identity\.url: \{tenant\} needs a table \[tenant\]/],
    'a success rule without a half' => [$good =~ s/^(success = \{ pointer = "\/ok"), is = "true"/$1/mr, qr/token\.success\.pointer: a success rule has both/],
    'a pointer that is none'       => [$good =~ s{^success = \{ pointer = "/ok"}{success = \{ pointer = "ok"}mr, qr/token\.success\.pointer: a JSON Pointer begins/],
    'a pointer with a bare ~'      => [$good =~ s{^success = \{ pointer = "/ok"}{success = \{ pointer = "/o~2k"}mr, qr/token\.success\.pointer: in a JSON Pointer "~"/],
    'a parameter that is none to leave out' => [$good =~ s/^omit = \["client_id"/omit = ["clientid"/mr, qr/revoke\.omit: there is no standard parameter "clientid"; known are/],
    'a header that is none'        => [$good =~ s/^method = "POST"/method = "POST"\nheaders = { "X Y" = "1" }/mr, qr/identity\.headers\.X Y: is no name of a header/],
    'a header with a NUL'          => [$good =~ s/^method = "POST"/method = "POST"\nheaders = { "X\\u0000" = "1" }/mr, qr/identity\.headers\.X.: is no name of a header/],
    'a header that is not its own' => [$good =~ s/^method = "POST"/method = "POST"\nheaders = { Host = "1" }/mr, qr/identity\.headers\.Host: is no name of a header that a preset can set/],
    'a header of two lines'        => [$good =~ s/^method = "POST"/method = "POST"\nheaders = { X-Y = "a\\nb" }/mr, qr/identity\.headers\.X-Y: must be one line/],
    'a token that is sent twice'   => [$good =~ s/^method = "POST"/method = "POST"\nparams = { access_token = "{access_token}" }/mr, qr/identity\.token_in: the token is among the params as well/],
    'a value that is kept by a name of ours' => ["$good\n[token.keep]\nclient_secret = \"/x\"\n", qr/token\.keep\.client_secret: cannot be kept by this name/],
    'two parameters of one name'   => [$good =~ s/^rename = .*/rename = { scope = "a", state = "a" }/mr, qr/authorize\.rename: "state" needs another name, and one of its own/],
    'a rate limit in no header'    => ["$good\n[rate_limit]\nremaining = \"X Left\"\n", qr/rate_limit\.remaining: is no name of a header/],
    'client authentication of another kind' => [$good =~ s/"client_secret_basic"/"client_secret_jwt"/r, qr/token\.client_auth: must be one of "client_secret_basic"/],
    'a body in a GET'              => [$good =~ s/^method = "POST"/method = "GET"\nparams_in = "json"/mr, qr/identity\.params_in: a GET has no body/],
    'a code in a URL'              => [$good =~ s/^(\[token\])/$1\nmethod = "GET"/mr, qr/token\.method: the token request has a body/],
    'a pushed request that is no form' => ["$good\n[par]\nurl = \"https://slack.com/x\"\nparams_in = \"json\"\n", qr/par\.method: a request is pushed as a form/],
    'a secret in the browser'      => [$good =~ s/^(pkce = .*)/$1\nparams = { secret = "{client_secret}" }/mr, qr/authorize\.params\.secret: there is no placeholder \{client_secret\}/],
    'PKCE as nobody says'          => [$good =~ s/^pkce = "unsupported"/pkce = "optional"/mr, qr/authorize\.pkce: "optional" needs discovery = true/],
    'half of a cursor'             => ["$good\n[feed]\nurl = \"https://slack.com/x\"\ncursor = \"/next\"\n", qr/feed\.cursor: "cursor" and "cursor_param" need each other/],
    'two ways to the next page'    => ["$good\n[feed]\nurl = \"https://slack.com/x\"\npage_param = \"page\"\nnext = \"/next\"\n", qr/feed\.page_param: is for pages that count up/],
    'an ID token with a shared secret' => ["$good\n[id_token]\nissuer = \"https://slack.com\"\njwks_url = \"https://slack.com/x\"\nalgorithms = [\"HS256\"]\n",
        qr/id_token\.algorithms: must be signatures with a key pair/],
    'an ID token of nobody' => ["$good\n[id_token]\njwks_url = \"https://slack.com/x\"\n", qr/id_token\.issuer: is missing/],
    'a number in a form'            => ["$good\n[feed]\nurl = \"https://slack.com/x\"\nintegers = [\"page\"]\n", qr/feed\.integers: only JSON tells numbers from texts/],
    'a number that is not sent'     => ["$good\n[feed]\nurl = \"https://slack.com/x\"\nmethod = \"POST\"\nparams_in = \"json\"\nintegers = [\"curser\"]\n",
        qr/feed\.integers: "curser" is no parameter of this request/],
    'a page that never changes'     => ["$good\n[feed]\nurl = \"https://slack.com/x\"\nparams = { page = \"1\" }\npage_param = \"page\"\n",
        qr/feed\.params: has the parameter "page" that says which page is wanted/],
    'a key that is misspelt'       => [$good =~ s/^omit = /omits = /mr, qr/revoke\.omits: there is no such key; known are .*\bomit\b/],
    'a host that answers name, whichever' => [$good =~ s{^\[token\]}{[token]\nkeep = { base = "/base" }}mr =~ s{https://slack.com/api/auth.test}{{base}/auth.test}r,
        qr/identity\.url: leads to a host that an answer names; say in \[token\] which/],
    'the same in the URL' => [$good =~ s{^\[token\]}{[token]\nkeep = { base = "/base" }}mr =~ s{https://slack.com/api/auth.test}{https://api.{base}/auth.test}r,
        qr/identity\.url: leads to a host that an answer names/],
    'a host below a name that all are below' => [$good =~ s{^\[token\]}{[token]\nkeep = { dc = "/dc" }}mr =~ s{https://slack.com/api/auth.test}{https://{dc}.com/me}r,
        qr/identity\.url: leads to a host that an answer names/],
    'hosts that are URLs' => [$good =~ s{^\[token\]}{[token]\nhosts = ["https://slack.com"]}mr, qr/token\.hosts: lists host names in lower case/],
    'hosts that are all there are' => [$good =~ s{^\[token\]}{[token]\nhosts = [".com"]}mr, qr/token\.hosts: lists host names in lower case/],
    'a tenant without an example'  => ["$good\n[tenant]\nkind = \"host\"\n", qr/tenant\.example: is missing/],
);
for my $name (sort keys %mistakes) {
    my ($text, $message) = @{$mistakes{$name}};
    isnt($text, $good, "$name: the text is another");
    write_file("$temp/slack.toml", $text);
    my $ran = check("$temp/slack.toml");
    is($ran->{exit}, 2, "$name: is refused");
    like($ran->{err}, qr{\A\Qgrantlink: $temp\E/slack\.toml:\d+: $message}, "$name: with place and remedy");
}

write_file("$temp/slack.toml", $good =~ s/client_secret_basic/none/r =~ s/^docs = .*//mr);
my $doubtful = check("$temp/slack.toml");
is($doubtful->{exit}, 0, 'what is only doubtful is a preset');
like($doubtful->{err}, qr/authorize\.pkce: without PKCE and without a client secret/, 'but the doubt is told');
like($doubtful->{err}, qr/docs: is missing/, 'each of them');

my $both = check("$temp/none.toml", "$presets/x.toml");
is($both->{exit}, 2, 'one that is not there among others');
like($both->{err}, qr{\Q$temp\E/none\.toml: cannot be read}, 'is named');
like($both->{out}, qr/X \(x\)/, 'and the others are shown');

done_testing;

# docs/api.md says what is true: each command in it is run, in its order, against a grantlink that lives through
# what the page tells, and answers what stands there but for ids, times and secrets.
#
# With GRANTLINK_GUIDE=FILE the page is written there with the answers that came; with GRANTLINK_SCREENSHOTS=DIRECTORY
# its pictures are made.

use v5.36;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Test::More;
use Grantlink::Chromium qw(desktop phone);
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Webhooks qw(new_webhook_secret);

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output todo_output);

my $json  = JSON::PP->new->canonical->allow_nonref;
my $shown = 'https://links.example.com';    # in the place of this instance's address
my $guide = do { open my $file, '<:encoding(UTF-8)', "$FindBin::Bin/../docs/api.md" or die "docs/api.md: $!\n"; local $/; readline $file };

my $grantlink = Grantlink::Instance->new(console => 1);
my $secret    = new_webhook_secret();
my $origin    = $grantlink->start_webhooks($secret);
my $received  = Grantlink::Webhooks->new($grantlink, $origin);
$grantlink->write_daemon_config(
    providers => {instagram => $grantlink->sandbox_provider_with_pictures},
    settings => {
        content  => {fastest => '1s', slowest => '1s', retention => '3660d'},
        webhooks => {crm => {url => "$origin/", secrets => [$secret], events => ['post.created'], trusted_origins => [$origin]}},
    },
);
$grantlink->start;
my $chromium = Grantlink::Chromium->start($grantlink->directory);
my %is       = (WAITING => request_connection($grantlink, account => '@adidas')->{id});
my $prelude  = '';

# ---- what an answer is, but for what is another each time ----

sub general ($text) {
    $text =~ s/\Q@{[$grantlink->public_url]}\E|\Q$shown\E/URL/g;
    $text =~ s{(?<=/approve/)[\w-]{32}}{TOKEN}g;
    $text =~ s/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/ID/g;
    $text =~ s/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/TIME/g;
    $text =~ s/\bIGAA[\w-]+|“a token of the provider”/SECRET/g;
    $text =~ s/\b\d{1,13}-\d{16}\b/CURSOR/g;
    $text =~ s/(?<=tag:)[\w.]+(?=,2026)/HOST/g;
    $text =~ s/"(number|uid|pid|next)": ?\d+/"$1":"N"/g;
    $text =~ s/"user": ?"[\w ]+"/"user":"SOMEBODY"/g;
    $text =~ s/^id: \d+$/id: N/mg;
    return $text;
}

# What may stand in the page.
sub presentable ($text) {
    $text =~ s/\Q@{[$grantlink->public_url]}\E/$shown/g;
    $text =~ s{(?<=/approve/)[\w-]{32}}{mB3kQ0v9xJ2sT7yL5dRfZa1WcE8uHnPg}g;
    $text =~ s/\bIGAA[\w-]+/“a token of the provider”/g;
    $text =~ s/(?<=tag:)127\.0\.0\.1(?=,2026)/links.example.com/g;
    return $text;
}

sub set_out ($text) { return run('json', ['node', "$FindBin::Bin/lib/set_out.mjs"], $text) }

sub run ($what, $command, $input = '') {
    utf8::encode($input);
    my $ran = run_command($command, input => $input, environment => {%is});
    utf8::decode($ran->{$_}) for qw(out err);
    diag "$what: exit $ran->{exit}: $ran->{err}" if $ran->{exit} && $ran->{exit} != 22 && $ran->{exit} != 28;
    return $ran->{out};
}

# ---- what happens between the commands ----

my %happens = (
    'the recipient approves' => sub {
        console_picture('api-request', 'document.querySelector("input.link")?.value && document.querySelector(".time-line time")', @{$is{drawn}});
        my $person = $chromium->person(phone(locale => 'de', reducedMotion => 'reduce'));
        $person->goto($is{link});
        $person->wait_for_page('ready');
        $person->click('#start button');
        $person->approve_as('nike');
        $person->wait_for_page('connected');
        $is{seen} = $person;
        ok(eventually(sub { @{$grantlink->admin->get("/v1/connections/$is{ID}/posts")->json->{posts}} == 7 }), 'the recipient has approved, and the posts are there');
    },
    'the account publishes' => sub {
        $received->wait_for(1);
        $grantlink->control_sandbox(POST => 'posts', {user => 'nike', id => '18010000000000108', caption => 'Out now. Link in bio.'});
        my (undef, $call) = $received->wait_for(2);
        is_deeply($call->{taken_with}, [0], 'the webhook of its new post has come');
        return $call->{body};
    },
);

# After this command its answer is drawn.
my %pictures = (
    'http://grantlink/v1/connections --json'  => sub ($command, $answer) { $is{drawn} = [$command, $answer] },
    'grantlink/v1/events?'                    => sub ($command, $answer) { picture('api-watch', $is{seen}, $command, $answer) },
    'posts?limit=2'                           => sub ($command, $answer) {
        console_picture('api-posts', 'document.querySelector(".post img")?.naturalWidth', $command, $answer);
    },
);

# ---- pictures: a terminal, and beside it what a person sees ----

my %entity = ('<' => '&lt;', '>' => '&gt;', '&' => '&amp;', '"' => '&quot;');
sub html ($text) { return $text =~ s/([<>&"])/$entity{$1}/gr }

sub coloured ($text) {
    my $out = html($text);
    $out =~ s{(&quot;(?:(?!&quot;).)*&quot;)(:?)}{$2 ? "<b>$1</b>:" : "<i>$1</i>"}ge;
    return $out =~ s{^(id|data):}{<b>$1</b>:}mgr;
}

sub screenshot_of ($tab) {
    my $path = $chromium->screenshot_path('api-part') // return;
    $tab->evaluate('document.querySelector(".feed")?.scrollIntoView()');
    $tab->until_true('[...document.images].filter((image) => image.getBoundingClientRect().top < innerHeight).every((image) => image.complete)');
    $tab->screenshot('api-part', window => 1);
    open my $file, '<:raw', $path or die "$path: $!\n";
    my $bytes = do { local $/; readline $file };
    unlink $path;
    return 'data:image/png;base64,' . encode_base64($bytes, '');
}

# What the console shows of the connection.
sub console_picture ($name, $ready, $command, $answer) {
    my $person = $chromium->person(desktop($grantlink->console->credentials, viewport => {width => 1180, height => 860}, reducedMotion => 'reduce'));
    $person->goto($grantlink->console_url . "#/c/$is{ID}");
    ok($person->until_true($ready), "$name: the console shows it");
    picture($name, $person, $command, $answer);
    $person->leave;
}

sub picture ($name, $tab, $command, $answer) {
    my $beside = screenshot_of($tab) // return;
    my @lines  = split /\n/, $answer;
    splice @lines, 24, @lines, '  …' if @lines > 26;
    my $page = <<~"END";
        <!doctype html><html lang="en"><meta charset="utf-8"><title>$name</title><style>
        body { margin: 0; width: 1280px; background: #dfeae4; font: 15px/1.55 system-ui, "Noto Sans", sans-serif; }
        main { display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: center; gap: 28px; padding: 40px; }
        pre { margin: 0; padding: 18px 22px 20px; border-radius: 14px; background: #14181a; color: #d7ddd8;
              font: 13px/1.6 "DejaVu Sans Mono", "Noto Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; box-shadow: 0 2px 10px #1a1c1a33; }
        pre b { color: #8fd6b8; font-weight: 400; } pre i { color: #e8c98f; font-style: normal; } pre strong { color: #fff; font-weight: 400; } pre u { color: #7d8a83; text-decoration: none; }
        pre span { display: inline-block; width: 11px; height: 11px; margin: 0 7px 16px 0; border-radius: 50%; background: #e7695c; } pre span + span { background: #e2b34b; } pre span + span + span { background: #67b87c; }
        img { display: block; max-height: 620px; max-width: 560px; border-radius: 14px; box-shadow: 0 2px 10px #1a1c1a33; }
        </style><main><pre><span></span><span></span><span></span>\n<u>\$</u> <strong>@{[html($command)]}</strong>\n\n@{[coloured(join "\n", @lines)]}</pre><img alt="" src="$beside"></main></html>
        END
    my $file = $grantlink->directory . "/$name.html";
    open my $out, '>:encoding(UTF-8)', $file or die "$file: $!\n";
    print {$out} $page;
    close $out or die "$file: $!\n";
    my $viewer = $chromium->person(viewport => {width => 1280, height => 400}, deviceScaleFactor => 1.25);
    $viewer->goto("file://$file");
    $viewer->until_true('document.images[0].complete');
    $viewer->screenshot($name);
    $viewer->leave;
}

# ---- the page, step by step ----

my $steps   = 0;
my $written = $guide =~ s{
    (?: <!--\ test:\ (?<happens>.*?)\ --> | ^```sh\n(?<command>.*?)^``` )
    (?<between>\s*(?:^```(?<kind>json|text|xml)\n)?) (?<answer>(?(<kind>).*?^```|))
}{
    my %at = %+;
    defined $at{happens} || defined $at{command} ? step(%at) : $&
}gmserx;

sub step (%at) {
    my $answer = '';
    if (defined $at{happens}) {
        my $happens = $happens{$at{happens}} or return fail("the page says that $at{happens}");
        my $said = $happens->();
        return "<!-- test: $at{happens} -->" . $at{between} . $at{answer} unless defined $at{kind};
        $answer = $said;
    } elsif (!defined $at{kind}) {
        $prelude .= $at{command} =~ s{/run/grantlink/admin\.sock}{$grantlink->socket}er;
        return "```sh\n$at{command}```$at{between}$at{answer}";
    } else {
        $answer = run($at{command}, ['bash', '-c', "$prelude\n$at{command}"]);
    }
    $steps++;
    my ($name) = ($at{command} // $at{happens}) =~ /\A(.{1,70})/;
    my $there = $at{answer} =~ s/^```\z//mr;
    my $came  = $at{kind} eq 'json' ? set_out($answer) : $answer =~ s/\n*\z/\n/r;
    $came =~ s/^(?:retry: \d+|: .*)\n\n//mg;
    my @both = map { $at{kind} eq 'json' ? $json->decode(general($_) || 'null') : general($_) } $there, presentable($came);
    is_deeply($both[1], $both[0], "$name: answers what the page says");
    if ($at{kind} eq 'json') {
        my $said = $json->decode($came);
        @is{qw(ID link)} = @$said{qw(id link)} if $said->{id} && $said->{link} && !$is{ID};
        $is{NEXT} = $said->{next} if $said->{next};
    }
    for my $part (keys %pictures) {
        $pictures{$part}->($at{command} =~ s/\n\z//r, presentable($came)) if index($at{command} // '', $part) >= 0;
    }
    my $before = defined $at{happens} ? "<!-- test: $at{happens} -->" : "```sh\n$at{command}```";
    return $before . $at{between} . presentable($came) . '```';
}

cmp_ok($steps, '>=', 18, 'the page has commands');
if (my $file = $ENV{GRANTLINK_GUIDE}) {
    open my $out, '>:encoding(UTF-8)', $file or die "$file: $!\n";
    print {$out} $written;
}

$chromium->stop;
$grantlink->logs_are_clean;
$grantlink->finish;
done_testing;

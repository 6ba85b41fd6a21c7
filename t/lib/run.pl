#!/usr/bin/perl
# A throw-away grantlink on this machine, to try it out: what `./build.sh run` starts.
#
#   run.pl           prints a link to open, watches what happens, until Ctrl-C
#   run.pl --auto    goes through it with curl and shows the proof; exits 0 only if all of it held

use v5.36;
use utf8;
use open qw(:std :encoding(UTF-8));
use FindBin;
use lib $FindBin::Bin;
use File::Find qw(find);
use Time::HiRes qw(sleep);
use Grantlink::Build;
use Grantlink::Curl;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Url qw(split_url);

$| = 1;
my ($option, @rest) = @ARGV;
die "usage: run.pl [--auto]\n" if @rest || ($option // '--auto') ne '--auto';

my $grantlink = Grantlink::Instance->new(port => [8080], console => 1);
$grantlink->write_daemon_config(
    providers => {instagram => $grantlink->sandbox_provider_with_pictures},
    settings  => {content => {fastest => '5s', slowest => '1m', retention => '3660d'}},    # the sandbox's posts are old
);
$grantlink->start;
my $command   = Grantlink::Build::program('grantlink');
my $failed    = 0;

if ($option) {
    exit(drive() ? 0 : 1);
} else {
    $SIG{INT} = $SIG{TERM} = sub { say "\nStopped; everything is removed."; exit 0 };
    invite();
    watch();
}

# The command as a person types it; answers its standard output.
sub grantlink (@arguments) {
    my $ran = $grantlink->cli(@arguments);
    die "grantlink @arguments failed: $ran->{err}" if $ran->{exit} != 0;
    utf8::decode(my $text = $ran->{out});
    return $text;
}

sub request_link {
    my $link = grantlink(qw(request instagram @nike --notify me@example.com));
    chomp $link;
    return $link;
}

# ---- for a person ----

sub invite {
    my $link  = request_link();
    my $mails = $grantlink->mailbox->directory;
    print <<~"END";

        grantlink is running here, with a pretend Instagram and a mail server of its own.
        Example Agency has asked for access to \@nike. Be the recipient:

          1. open the link        $link
          2. press the button, log in as \@nike, press Allow

        Be Example Agency:

          open the console        @{[$grantlink->console_url]}
                                  user @{[$grantlink->console->user]}, password @{[$grantlink->console->password]}
          see the connection      GRANTLINK_SOCKET=@{[$grantlink->socket]} \\
                                  $command show \@nike
          read the mail           $mails/

        The console listens on this machine alone and has a password made for this run: plain HTTP will do
        for that. See docs/console.md for a real one.

        Ctrl-C stops and removes everything.

        END
}

# Says what happens, when it happens.
sub watch {
    my %said;
    while (1) {
        my $list = eval { $grantlink->admin->get('/v1/connections')->json->{connections} } // [];
        for my $connection (@$list) {
            my $name = $connection->{account} // 'a connection';
            my $news = join ', ', $connection->{status}, $connection->{last_outcome} // ();
            say "  $name is $news" unless $said{"$connection->{id} $news"}++ || $news eq 'pending';
        }
        say "  mail: $_" for grep { !$said{$_}++ } glob $grantlink->mailbox->directory . '/*.eml';
        sleep 0.5;
    }
}

# ---- --auto ----

# Secrets are shortened: what is printed may end up in a log of somebody's CI.
sub shortened ($url) {
    $url =~ s{(/approve/[\w-]{4})[\w-]{28}(?![\w-])}{$1…};
    $url =~ s{([?&][\w.]+=)([^&#]{4})[^&#]{12,}}{$1$2…}g;
    return $url;
}

sub show_step ($method, $url, $response) {
    my $page = $response->page ? 'page “' . $response->page . '”' : '';
    my $to   = $response->location ? '→ ' . shortened($response->location) : $page;
    say sprintf '  %-4s %s', $method, shortened($url);
    say sprintf '       %d %s', $response->status, $to;
}

sub check ($true, $what) {
    say $true ? "  ok      $what" : "  NOT OK  $what";
    $failed = 1 unless $true;
}

sub heading ($text) { say "\n$text" }

# All files below the stores that contain the text.
sub files_with ($text) {
    my (@found, $bytes);
    find({no_chdir => 1, wanted => sub {
        return unless -f;
        open my $file, '<:raw', $_ or die "$_: $!\n";
        my $content = do { local $/; readline $file };
        $bytes += length $content;
        push @found, $_ if index($content, $text) >= 0;
    }}, $grantlink->directory . '/state', $grantlink->directory . '/logs');
    return ($bytes, @found);
}

sub drive {
    heading('1. Example Agency asks for @nike');
    my $link = request_link();
    say '  grantlink request instagram @nike --notify me@example.com';
    say '       ', shortened($link);

    heading('2. The recipient approves (curl, with a cookie jar, following nothing by itself)');
    my $curl = Grantlink::Curl->new(seen => \&show_step);
    my $status_url = approve($curl, $link, 'nike');
    my $outcome    = wait_for_outcome($curl, $status_url);
    my $page       = $curl->get($status_url);

    heading('3. The connection (grantlink show @nike)');
    print grantlink(qw(show @nike)) =~ s/^/  /mgr;

    heading('4. The mail');
    my @mails = $grantlink->mailbox->wait_for(1);
    for my $mail (@mails) {
        say "  $_: $mail->{headers}{lc $_}" for qw(From To Subject);
        say '';
        print $mail->{text} =~ s/^/  /mgr;
    }

    heading('5. The proof');
    my $connection = $grantlink->admin->get('/v1/connections?account=%40nike')->json->{connections}[0];
    my @live = @{$grantlink->control_sandbox(GET => 'tokens')->json->{tokens}};
    check($outcome eq 'connected' && $page->page eq 'connected', 'the recipient was told: connected');
    check($connection->{status} eq 'active', 'the connection is active');
    check(@mails == 1, 'one mail came');
    check((grep { $_->{user} eq 'nike' && $_->{kind} eq 'long' } @live) > 0,
        'the provider knows a live long-lived token of @nike, fingerprint '
            . join ', ', map { $_->{fingerprint} } grep { $_->{kind} eq 'long' } @live);
    for my $secret (['token', 'IGAASANDBOXTOKEN'], ['code', 'AQSANDBOXCODE']) {
        my ($bytes, @files) = files_with($secret->[1]);
        check(!@files, "no $secret->[0] of the provider (all begin with $secret->[1]) stands in clear in "
            . "vault, edge store or logs ($bytes bytes searched)");
    }
    my @complaints = $grantlink->shut_down;
    check(!@complaints, 'all programs ended cleanly');
    print map { "  $_\n" } @complaints;
    heading($failed ? 'Something did not hold.' : 'All of it held.');
    return !$failed;
}

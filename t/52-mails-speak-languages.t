# Mails to requesters are in the language that grantlink.toml names, well-formed, and without a word of English.

use v5.36;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Command qw(run_command);
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Toml qw(write_file);

my $grantlink = Grantlink::Instance->running;
my $browser   = $grantlink->browser;
my $count     = 0;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);

my %subject = (
    en      => ['Instagram: @nike is connected', 'Instagram: Access to @nike was declined', 'Instagram: @adidas approved, not @nike'],
    'de-CH' => ['Instagram: @nike ist verbunden', 'Instagram: Der Zugriff auf @nike wurde abgelehnt', 'Instagram: @adidas hat zugestimmt, nicht @nike'],
    es      => ['Instagram: @nike está conectada', 'Instagram: Se rechazó el acceso a @nike', 'Instagram: Autorizó @adidas, no @nike'],
    fr      => ["Instagram\x{a0}: \@nike est connecté", "Instagram\x{a0}: L’accès à \@nike a été refusé", "Instagram\x{a0}: \@adidas a donné son accord, et non \@nike"],
    pt      => ['Instagram: @nike está conectada', 'Instagram: O acesso a @nike foi recusado', 'Instagram: @adidas autorizou, e não @nike'],
    ja      => ['Instagram：@nikeが接続されました', 'Instagram：@nikeへのアクセスは拒否されました', 'Instagram：@nikeではなく@adidasが承認しました'],
    ar      => ['Instagram: تم ربط @nike', 'Instagram: تم رفض الوصول إلى @nike', 'Instagram: جاءت الموافقة من @adidas وليس من @nike'],
);

sub next_mail ($name) {
    my @mails = $grantlink->mailbox->wait_for($count + 1);
    my $mail  = $mails[$count++] or return fail("$name: a mail comes");
    return $mail;
}

# HTML, as a parser for XML reads it: what it has instead of an end tag, and a name of HTML, are changed first.
sub is_well_formed ($html, $name) {
    my $xml = $html =~ s/\A<!DOCTYPE html>\n//r =~ s/<(meta|br)\b([^>]*[^\/>])?>/"<$1" . ($2 \/\/ '') . '\/>'/ger;
    utf8::encode($xml);
    my $file = write_file($grantlink->directory . '/mail.xml', $xml);
    my $ran  = run_command(['xmllint', '--noout', $file]);
    is($ran->{exit}, 0, "$name is well-formed") or diag $ran->{err};
}

sub reloads () { return scalar(() = $grantlink->log('daemon') =~ /grantlinkd: reloaded/g) }

my %english;
sub words ($text) { return grep { /\S/ && !/^  grantlink / } split /\r?\n/, $text }

for my $language ('en', sort grep { $_ ne 'en' } keys %subject) {
    subtest $language => sub {
        my $tag = substr $language, 0, 2;
        $grantlink->write_daemon_config(mail => {language => $language});
        my $reloads = reloads();
        $grantlink->reload_daemon;
        ok(eventually(sub { reloads() > $reloads }), 'it is configured');
        my $asked = request_connection($grantlink);
        my @ends  = (
            sub { approve($browser, $asked->{link}) },
            sub { come_back($browser, decline_at_provider($browser, press($browser, $asked->{link}), 'nike'))->location },
            sub { approve($browser, $asked->{link}, 'adidas') },
        );
        for my $end (1, 2, 0) {
            my $outcome = wait_for_outcome($browser, $ends[$end]->());
            my $mail    = next_mail($outcome) or next;
            is($mail->{headers}{subject}, $subject{$language}[$end], "$outcome: the subject");
            like($mail->{html}, qr/<html lang="$tag" dir="@{[$tag eq 'ar' ? 'rtl' : 'ltr']}"/, "$outcome: the language, and its direction");
            is_well_formed($mail->{html}, "$outcome: the HTML part");
            $english{$_} = 1 for $tag eq 'en' ? words($mail->{text}) : ();
            is_deeply([grep { $english{$_} } words($mail->{text})], [], "$outcome: nothing of it is English") if $tag ne 'en';
        }
    };
}

$grantlink->finish;
done_testing;

package Grantlink::FaultPoints;

# A story that is told again and again, the daemon ending one fault point later each time, until it lives
# through all of it. The daemon has work of its own beside the story, and its moments count too: how many there
# are, and which is which, is not the same each time. So a story is judged by what was written when it ended.

use v5.36;
use Exporter 'import';
use JSON::PP ();
use Test::More;
use Grantlink::Poll qw(eventually);

our @EXPORT = qw(at_each_fault_point until_ended_or table_of);

# `prepare`: with a daemon that lives, answers what the others are given. `act`: with one that ends, answers
# true when it is through. `look`, if any: with none. `judge`: with one that lives; answers a word for what
# there is. `from`, if any: the first point, not 1. Answers which points led to which word, and how many
# there were.
sub at_each_fault_point ($grantlink, %story) {
    my %seen;
    for my $at (($story{from} // 1) .. 200) {
        my $about = $story{prepare}->();
        $grantlink->stop('daemon');
        my $process = $grantlink->start_daemon_until($at);
        my $through = eval { $story{act}->($about, $process) };
        # Who is cut off may see it before the process is gone.
        my $lived = $through ? $process->alive : !eventually(sub { !$process->alive }, 5);
        # One that always has something to do may come to its point while it is asked to end.
        $lived &&= ($process->stop & 127) != 9;
        is($process->status, $lived ? 0 : 9, $lived ? 'it ended when asked' : "fault point $at: it ended there");
        $story{look}->($about) if $story{look};
        $grantlink->start_daemon;
        my $word = $story{judge}->($about, "fault point $at");
        push @{$seen{$word}}, $at;
        next if !$lived;
        ok($through, 'it lived through all of it') or diag $@;
        diag join '; ', map { "$_: @{$seen{$_}}" } sort keys %seen;
        return (\%seen, $at - 1);
    }
    die "it never ended\n";
}

sub until_ended_or ($process, $check) {
    return eventually(sub { !$process->alive || eval { $check->() } }, 30) && $process->alive;
}

# The records of one of the vault's tables that are JSON, by their keys in hexadecimal; in the outbox there is
# a time before it. No daemon runs meanwhile.
sub table_of ($grantlink, $table) {
    return {map { my ($key, $value) = split; $key => JSON::PP::decode_json(pack('H*', $value) =~ s/\A(?!\{).{8}//sr) }
        split /\n/, $grantlink->vault_tool(list => $table)};
}

1;

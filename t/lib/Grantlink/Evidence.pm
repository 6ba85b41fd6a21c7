package Grantlink::Evidence;

# What a hunt for leaked secrets needs: the secrets that a test saw, and everything in which they
# must not stand. Kept only when GRANTLINK_SECRETS_DIR names a directory:
#
#   <directory>/<instance>/secrets       one JSON line a secret: {"kind", "value"}
#   <directory>/<instance>/places/…      logs, pages, process lists, the edge store's and vault's files

use v5.36;
use Exporter    'import';
use Digest::SHA qw(sha256_hex);
use File::Basename qw(basename);
use File::Find  qw(find);
use File::Path  qw(make_path);
use JSON::PP    ();
use List::Util  qw(max);
use Grantlink::Url qw(encode_value);

our @EXPORT_OK = qw(find_leaks);

use constant SEEK_DATA => 3;    # lseek(2)

# What a secret looks like where it may be seen; the kind stands first.
my @patterns = (
    [link     => qr{/approve/([A-Za-z0-9_-]{32})(?![A-Za-z0-9_-])}],
    [state    => qr{[?&\n]state=([^&\s"#<>]{16,})}],
    [code     => qr{[?&\n]code=([^&\s"#<>]{16,})}],
    [verifier => qr{[?&\n]code_verifier=([^&\s"#<>]{16,})}],
    [cookie   => qr{(?:^|[\s;])(?:__Host-)?grantlink-[A-Za-z0-9-]+=([^;\s.]{16,})}m],
    [cookie   => qr{(?:^|[\s;])(?:__Host-)?grantlink-[A-Za-z0-9-]+=[^;\s.]+\.([^;\s]{16,})}m],
    [token    => qr{"(?:access_token|refresh_token|id_token)"\s*:\s*"([^"]{16,})"}],
    [token    => qr{[?&\n]access_token=([^&\s"#<>]{16,})}],
    [secret   => qr{[?&\n]client_secret=([^&\s"#<>]{16,})}],
);

sub new ($class, $name) {
    my $root = $ENV{GRANTLINK_SECRETS_DIR};
    return bless {root => defined $root ? "$root/$name" : undef, seen => {}, pages => {}}, $class;
}

# Secrets are remembered in any case: tests ask for them. What a test has typed in place of one, such
# as thirty-two times the same letter, is none: it may stand anywhere by chance.
sub learn ($self, $kind, $value) {
    my %letters = map { $_ => 1 } split //, $value // '';
    return unless length($value // '') >= 16 && keys %letters >= 8;
    $self->{seen}{$value} //= $kind;
}

# For what the test itself has written into a log.
sub forget ($self, @values) { delete @{$self->{seen}}{@values} }

# Takes the secrets out of requests and responses as they went over the wire.
sub learn_from ($self, @texts) {
    for my $text (map { s/\r\n\r\n/\n\n/r } @texts) {
        for my $pattern (@patterns) {
            my ($kind, $regex) = @$pattern;
            $self->learn($kind, $1) while $text =~ /$regex/g;
        }
    }
}

# For Grantlink::Client and the like: sees each exchange, response and the bytes that were sent.
# Pages are places to search only from the origin `pages`: the provider's own pages carry our state,
# and the admin API exists to hand out links. JSON is for the script that begins an attempt.
sub witness ($self, $pages = undef) {
    return sub ($response, $sent = '') {
        $self->learn_from($sent, $response->raw);
        return unless $self->{root} && defined $pages && $response->url =~ m{\A\Q$pages\E(?:[/?#]|\z)};
        return if ($response->header('content-type') // '') =~ m{\Aapplication/json};
        my $kind = $response->status >= 400 ? 'error-page' : 'page';
        $self->{pages}{"$kind-" . sha256_hex($response->body)} = $response->body;
    };
}

sub secrets ($self, $kind = undef) {
    return grep { !defined $kind || $self->{seen}{$_} eq $kind } sort keys %{$self->{seen}};
}

sub take_process_list ($self) {
    return unless $self->{root};
    my $list = join '', map { _command_line($_) } glob '/proc/[0-9]*';
    $self->{pages}{'processes-' . sha256_hex($list)} = $list;
}

sub _command_line ($process) {
    open my $file, '<', "$process/cmdline" or return '';
    local $/;
    return basename($process) . ' ' . (readline($file) // '') =~ tr/\0/ /r . "\n";
}

# Copies the trees `from`, holes as holes, and writes what was collected.
sub keep ($self, @from) {
    return unless $self->{root};
    make_path("$self->{root}/places/pages");
    _write("$self->{root}/places/pages/$_", $self->{pages}{$_}) for keys %{$self->{pages}};
    system('cp', '--recursive', '--sparse=auto', '--', (grep { -d } @from), "$self->{root}/places") == 0
        or die "cp: exit status $?\n";
    my $json = JSON::PP->new->utf8->canonical;
    _write("$self->{root}/secrets", join '', map {
        $json->encode({kind => $self->{seen}{$_}, value => $_}) . "\n"
    } sort keys %{$self->{seen}});
}

sub _write ($path, $content) {
    open my $file, '>:raw', $path or die "$path: $!\n";
    utf8::encode($content) if utf8::is_utf8($content);
    print {$file} $content;
    close $file or die "$path: $!\n";
}

sub _read ($path) {
    open my $file, '<:raw', $path or die "$path: $!\n";
    local $/;
    return readline($file) // '';
}

# A store is a file of gigabytes that is mostly holes: they are skipped, and the rest comes in pieces
# that overlap by `overlap` bytes.
sub _each_piece ($path, $overlap, $see) {
    open my $file, '<:raw', $path or die "$path: $!\n";
    my ($tail, $at) = ('', 0);
    while (defined(my $data = sysseek $file, $at, SEEK_DATA)) {
        $tail = '' if $data > $at;
        my $read = sysread $file, my $piece, 1 << 20 or last;
        $see->($tail . $piece);
        $tail = substr $tail . $piece, -$overlap;
        $at   = $data + $read;
    }
}

# For secret => kind: a sub that answers a text's kinds of secrets. Perl makes one automaton of many
# short words, but not where some have thousands of letters, so it looks for their starts.
sub _search_for ($kind) {
    my %starting;
    push @{$starting{substr $_, 0, 16}}, $_ for keys %$kind;
    local ${^RE_TRIE_MAXBUF} = 1 << 26;
    my $starts = join '|', map { quotemeta } keys %starting;
    my $any    = qr/($starts)/;
    return sub ($text) {
        my %found;
        while ($text =~ /$any/g) {
            my $at = $-[0];
            $found{$kind->{$_}} = 1 for grep { substr($text, $at, length) eq $_ } @{$starting{$1}};
            pos($text) = $at + 1;
        }
        return keys %found;
    };
}

# The kinds of secrets, of those learnt so far, that stand in the text.
sub kinds_in ($self, $text) {
    return unless %{$self->{seen}};
    my %kind = map { ($_ => $self->{seen}{$_}, encode_value($_) => $self->{seen}{$_}) } keys %{$self->{seen}};
    my @found = sort { $a cmp $b } _search_for(\%kind)->($text);
    return @found;    # to who asks whether there are any: their number
}

# Every secret of any instance below `directory` in every place of any instance.
# Answers (number of secrets, number of places, [{kind, place}, …]).
sub find_leaks ($directory) {
    my (%kind, @places);
    for my $instance (grep { -d } glob "$directory/*") {
        for my $line (split /\n/, -e "$instance/secrets" ? _read("$instance/secrets") : '') {
            my $secret = JSON::PP->new->utf8->decode($line);
            $kind{$secret->{value}} = $secret->{kind};
            $kind{encode_value($secret->{value})} = $secret->{kind};
        }
        find({no_chdir => 1, wanted => sub { push @places, $_ if -f }}, "$instance/places")
            if -d "$instance/places";
    }
    return (0, scalar @places, []) unless %kind;
    @kind{qw(AQSANDBOXCODE IGAASANDBOXTOKEN)} = qw(code token);    # how all of the sandbox's begin
    my $kinds_in = _search_for(\%kind);
    my $longest  = max map { length } keys %kind;
    my @found;
    for my $place (@places) {
        my %here;
        _each_piece($place, $longest, sub ($piece) { $here{$_} = 1 for $kinds_in->($piece) });
        push @found, map { {kind => $_, place => substr $place, 1 + length $directory} } sort keys %here;
    }
    return (scalar(keys %kind), scalar @places, \@found);
}

1;

package Grantlink::Response;

# One HTTP/1.1 response: as it came, and what a reader of its page sees.

use v5.36;
use JSON::PP       ();
use IO::Select     ();
use Time::HiRes    qw(time);
use Grantlink::Poll qw(patient);

# Reads from a connected socket until the response is complete or the peer closes.
# with: method (HEAD has no body), seconds (60), request (a text for messages)
sub read_from ($class, $socket, %with) {
    my $bytes    = '';
    my $deadline = time + patient($with{seconds} // 60);
    my $select   = IO::Select->new($socket);
    while (1) {
        my $left = $deadline - time;
        die "no complete response to $with{request} in time\n" if $left <= 0;
        next unless $select->can_read($left);
        my $read = sysread $socket, $bytes, 65536, length $bytes;
        last if !$read;
        last if _complete($bytes, $with{method} // 'GET');
    }
    return $class->parse($bytes, %with);
}

sub _complete ($bytes, $method) {
    my ($head, $rest) = $bytes =~ /\A(.*?\r\n)\r\n(.*)\z/s or return 0;
    return 1 if $method eq 'HEAD' || $head =~ m{\AHTTP/1\.[01] (?:204|304)};
    return 1 if $head =~ /^Content-Length:\s*(\d+)/mi && length $rest >= $1;
    return $head =~ /^Transfer-Encoding:\s*chunked/mi && $rest =~ /(?:\A|\r\n)0\r\n\r\n\z/;
}

# status is 0 when the peer closed without a response.
sub parse ($class, $bytes, %with) {
    my $self = bless {
        raw => $bytes, status => 0, reason => '', fields => [], body => '',
        request => $with{request} // '', url => $with{url} // '',
    }, $class;
    $bytes =~ s{\AHTTP/1\.1 1\d\d [^\n]*\n(?:[^\r\n]+\r\n)*\r\n}{}s;    # 100 Continue
    my ($head, $body) = split /\r\n\r\n/, $bytes, 2;
    my ($line, @lines) = split /\r\n/, $head // '';
    return $self unless ($line // '') =~ m{\AHTTP/1\.[01] (\d{3}) ?(.*)\z};
    @$self{qw(status reason)} = ($1, $2);
    $self->{fields} = [map { /\A([^:]+):\s*(.*?)\s*\z/ ? [lc $1, $2] : () } @lines];
    $body //= '';
    $self->{body} =
        ($self->header('transfer-encoding') // '') =~ /chunked/i ? _unchunk($body) : $body;
    return $self;
}

sub _unchunk ($body) {
    my $out = '';
    while ($body =~ s/\A([0-9A-Fa-f]+)[^\r\n]*\r\n//) {
        my $size = hex $1;
        last unless $size;
        $out .= substr $body, 0, $size, '';
        $body =~ s/\A\r\n//;
    }
    return $out;
}

sub status ($self) { return $self->{status} }
sub body ($self)   { return $self->{body} }
sub raw ($self)    { return $self->{raw} }
sub url ($self)    { return $self->{url} }

# For messages: what was asked and what came.
sub summary ($self) {
    return "$self->{request}: $self->{status} $self->{reason}, page "
        . ($self->page || 'none') . ($self->location ? ', to ' . $self->location : '');
}

sub headers ($self, $name) {
    return map { $_->[1] } grep { $_->[0] eq lc $name } @{$self->{fields}};
}

sub header ($self, $name) {
    my ($first) = $self->headers($name);
    return $first;
}

sub location ($self) { return $self->header('location') // '' }

sub json ($self) {
    my $data = eval { JSON::PP->new->utf8->decode($self->{body}) };
    die "not JSON: $self->{request} answered $self->{status}: $self->{body}\n" if $@;
    return $data;
}

# The page's name for programs: <body data-page="ready">
sub page ($self) {
    return $self->{body} =~ /<body\b[^>]*\bdata-page="([a-z_]+)"/ ? $1 : '';
}

# The page as text: no tags, entities resolved, white space folded.
sub text ($self) {
    my $text = $self->{body};
    $text =~ s{<(script|style|head)\b.*?</\1\s*>}{ }gsi;
    $text =~ s{<[^>]*>}{ }gs;
    $text = unescape($text);
    $text =~ s/\s+/ /g;
    return $text;
}

my %entities = (amp => '&', lt => '<', gt => '>', quot => '"', apos => "'", nbsp => ' ');

sub unescape ($text) {
    $text =~ s{&(?:#(\d+)|#x([0-9a-f]+)|([a-z]+));}
              {defined $1 ? chr $1 : defined $2 ? chr hex $2 : $entities{$3} // "&$3;"}gei;
    return $text;
}

# The page's forms: {action, method, fields => [[name, value], …], buttons => [{name, value, label}],
# choices => [{name, value, label}]}; choices are radio buttons and the options of a select.
sub forms ($self) {
    my @forms;
    while ($self->{body} =~ m{<form\b([^>]*)>(.*?)</form\s*>}gsi) {
        my ($form, $inside) = (_attributes($1), $2);
        push @forms, {
            action => $form->{action} // '', method => uc($form->{method} // 'get'),
            _controls($inside),
        };
    }
    return @forms;
}

sub _controls ($html) {
    my (@fields, @buttons, @choices);
    while ($html =~ m{<input\b([^>]*)>}gsi) {
        my $input = _attributes($1);
        next unless defined $input->{name};
        my $type = lc($input->{type} // 'text');
        if    ($type eq 'submit') { push @buttons, {%$input, label => $input->{value}} }
        elsif ($type eq 'radio')  { push @choices, {%$input, label => $input->{value}} }
        else                      { push @fields, [$input->{name}, $input->{value} // ''] }
    }
    while ($html =~ m{<button\b([^>]*)>(.*?)</button\s*>}gsi) {
        push @buttons, {%{_attributes($1)}, label => $2 =~ s/<[^>]*>//gr};
    }
    while ($html =~ m{<select\b([^>]*)>(.*?)</select\s*>}gsi) {
        my ($select, $options) = (_attributes($1), $2);
        while ($options =~ m{<option\b([^>]*)>([^<]*)}gsi) {
            push @choices, {name => $select->{name}, label => $2, value => _attributes($1)->{value} // $2};
        }
    }
    return (fields => \@fields, buttons => \@buttons, choices => \@choices);
}

sub _attributes ($text) {
    my %found;
    while ($text =~ m{([a-z][a-z0-9_-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?}gi) {
        $found{lc $1} = unescape($2 // $3 // $4 // '');
    }
    return \%found;
}

1;

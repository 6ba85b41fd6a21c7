package Grantlink::Console;

# The console of an instance: its socket, and the location of nginx that leads to it, which is the one
# that conf.d/ ships. One operator may sign in.

use v5.36;
use Exporter 'import';
use MIME::Base64 qw(encode_base64);
use Grantlink::Toml qw(write_file);

my $snippet = $INC{'Grantlink/Console.pm'} =~ s{/t/lib/Grantlink/Console\.pm\z}{/conf.d/grantlink-console.conf}r;

sub new ($class, $directory, $password) {
    my $self = bless {directory => $directory, user => 'olivia', password => $password}, $class;
    my $hash = crypt $password, '$6$' . join '', map { ('a' .. 'z')[rand 26] } 1 .. 12;
    write_file($self->_passwords, "$self->{user}:$hash\n");
    return $self;
}

sub socket ($self)   { return "$self->{directory}/run/console.sock" }
sub user ($self)     { return $self->{user} }
sub password ($self) { return $self->{password} }

sub _passwords ($self) { return "$self->{directory}/nginx/console.htpasswd" }

# For the server: the shipped file, with the paths of this instance.
sub nginx ($self) {
    open my $file, '<', $snippet or die "$snippet: $!\n";
    my $text = do { local $/; readline $file };
    $text =~ s{/etc/grantlink/console\.htpasswd(?=;)}{$self->_passwords}e or die "$snippet: no passwords\n";
    $text =~ s{(?<=unix:)/run/grantlink/console\.sock(?=;)}{$self->socket}e or die "$snippet: no socket\n";
    return $text;
}

# What a request of the operator has.
sub authorization ($self) {
    return 'Basic ' . encode_base64("$self->{user}:$self->{password}", '');
}

# For Grantlink::Chromium's person().
sub credentials ($self) {
    return (httpCredentials => {username => $self->{user}, password => $self->{password}});
}

1;

package Grantlink::Chromium;

# A real browser: Debian's Chromium without a screen, driven through t/browser/driver.mjs.
#
#   my $chromium = Grantlink::Chromium->start($directory);
#   my $tab = $chromium->person(phone());
#   $tab->goto($url);
#   $tab->click('#start button');
#   $tab->wait_for_page('connected');
#
# A person is a browser with cookies of its own; its tabs are Grantlink::Tab. Each step dies when it
# cannot be taken. GRANTLINK_SCREENSHOTS names a directory in which screenshots are kept.

use v5.36;
use Exporter 'import';
use File::Path qw(make_path);
use IO::Select;
use IO::Socket::UNIX;
use JSON::PP ();
use Grantlink::Process;
use Grantlink::Tab;

our @EXPORT_OK = qw(phone desktop);

my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my $home = $INC{'Grantlink/Chromium.pm'} =~ s{/lib/Grantlink/Chromium\.pm\z}{}r;

# What a person holds in the hand, for person(); more options of playwright's contexts may be added.
sub phone (%more) {
    return (viewport => {width => 360, height => 740}, isMobile => \1, hasTouch => \1, deviceScaleFactor => 2, %more);
}

sub desktop (%more) { return (viewport => {width => 1280, height => 800}, %more) }

# `directory` is where its profile, log and socket are; it goes with the test.
sub start ($class, $directory) {
    make_path("$directory/browser");
    my $self   = bless {directory => $directory}, $class;
    my $socket = "$directory/browser/socket";
    $self->{process} = Grantlink::Process->start(
        name => 'browser', log => "$directory/logs/browser.log", environment => {TMPDIR => "$directory/browser"},
        command => ['node', "$home/browser/driver.mjs", $socket],
    );
    $self->{process}->ready_line(qr/^listening on (.+)/m, 40);
    $self->{socket} = IO::Socket::UNIX->new($socket) or die "$socket: $!\n";
    return $self;
}

# A new person with one tab; `script` is run before any script of a page.
sub person ($self, %options) {
    my $script = delete $options{script};
    my $number = $self->command(person => (options => \%options, defined $script ? (script => $script) : ()));
    return Grantlink::Tab->new($self, $number);
}

sub command ($self, $name, %with) {
    $self->{socket}->print($json->encode({do => $name, %with}), "\n");
    $self->{socket}->flush;
    my $said = $json->decode($self->_line($name));
    die "$name: $said->{error}\n" if defined $said->{error};
    return $said->{answer};
}

sub _line ($self, $name) {
    $self->{rest} //= '';
    while (index($self->{rest}, "\n") < 0) {
        IO::Select->new($self->{socket})->can_read(60) or die "$name: the browser does not answer\n";
        sysread $self->{socket}, $self->{rest}, 65536, length $self->{rest}
            or die "$name: the browser has ended\n" . $self->{process}->log_tail;
    }
    return substr $self->{rest}, 0, 1 + index($self->{rest}, "\n"), '';
}

# Where a screenshot goes; nothing when none are wanted.
sub screenshot_path ($self, $name) {
    my $wanted = $ENV{GRANTLINK_SCREENSHOTS} // return;
    make_path($wanted);
    return "$wanted/$name.png";
}

sub stop ($self) { return $self->{process}->stop }

1;

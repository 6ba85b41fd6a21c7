# Mail goes over STARTTLS with a login, and over nothing less when that was asked for.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Certificate qw(make_certificate);
use Grantlink::Toml qw(write_file);
use MIME::Base64 qw(encode_base64);

my $grantlink = Grantlink::Instance->new;
my $directory = $grantlink->directory . '/etc';
my $files     = make_certificate($directory);
my $password  = 'correct horse battery staple';
write_file("$directory/smtp.password", "$password\n", 0600);

my @tls   = ('--tls-key', $files->{key}, '--tls-cert', $files->{certificate}, '--auth', "me:$password");
my %login = (username => 'me', password_file => "$directory/smtp.password", starttls => 'required');

sub connect_one () {
    my $asked   = request_connection($grantlink);
    my $browser = $grantlink->browser;
    is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'the connection is not kept waiting by mail');
}

subtest 'STARTTLS and AUTH' => sub {
    $grantlink->write_daemon_config(mail => {%login, ca_file => $files->{ca}});
    $grantlink->start_smtp(@tls);
    $grantlink->start_sandbox;
    $grantlink->start_daemon;
    $grantlink->start_nginx;
    connect_one();
    my ($mail) = $grantlink->mailbox->wait_for(1);
    ok($mail, 'the mail came');
    is($mail->{headers}{'delivered-to'}, 'me@example.com', 'for the recipient');
    like($mail->{headers}{'return-path'}, qr/grantlink\@example\.com/, 'from the configured sender');
};

subtest 'a server whose certificate is not trusted' => sub {
    $grantlink->write_daemon_config(mail => {%login, ca_file => undef});
    $grantlink->restart_daemon;
    connect_one();
    ok(eventually(sub { $grantlink->log('daemon') =~ /certificate|SSL|TLS/i }), 'is refused, and the log says so');
    is($grantlink->mailbox->count, 1, 'it gets no mail');
    is($grantlink->admin->get('/healthz')->json->{outbox}{waiting}, 1, 'which waits');
};

subtest 'a server without TLS' => sub {
    $grantlink->stop('smtp');
    $grantlink->write_daemon_config(mail => {%login, ca_file => $files->{ca}});
    $grantlink->start_smtp;
    $grantlink->restart_daemon;
    connect_one();
    ok(eventually(sub { $grantlink->log('daemon') =~ /STARTTLS|TLS/i }), 'is refused, and the log says so');
    is($grantlink->mailbox->count, 1, 'it gets no mail');
    is($grantlink->admin->get('/healthz')->json->{outbox}{waiting}, 2, 'which waits');
};

subtest 'the right server again' => sub {
    $grantlink->stop('smtp');
    $grantlink->start_smtp(@tls);
    $grantlink->restart_daemon;
    connect_one();
    ok(eventually(sub { $grantlink->mailbox->count >= 2 }, 20), 'new mail goes out at once');
};

my $secret = encode_base64("\0me\0$password", '');
is(index($grantlink->log($_), $password), -1, "the password is not in the log of $_"),
    is(index($grantlink->log($_), $secret), -1, 'nor as it is sent') for qw(daemon smtp);

$grantlink->finish;
done_testing;

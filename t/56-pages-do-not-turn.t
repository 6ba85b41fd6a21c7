# A provider that gives the same page again, whatever number is asked for, is asked once more and no oftener.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Grantlink::Flow;
use Grantlink::Instance;
use Grantlink::Preset qw(shipped_preset);
use Grantlink::Toml qw(write_file);

my $grantlink = Grantlink::Instance->new;
my $presets   = $grantlink->directory . '/presets';
mkdir $presets;
my $numbered = shipped_preset('instagram') =~ s/^(?:cursor|cursor_param|next) = .*\n//mgr =~ s/^\[feed\]\n/[feed]\npage_param = "page"\n/mr;
like($numbered, qr/^page_param/m, 'a preset by which pages have numbers');
write_file("$presets/instagram.toml", $numbered);
$grantlink->write_daemon_config(settings => {providers_dir => $presets, content => {retention => '3660d'}});
$grantlink->start;

my $asked   = request_connection($grantlink);
my $browser = $grantlink->browser;
is(wait_for_outcome($browser, approve($browser, $asked->{link})), 'connected', 'connected');
my $posts = '/v1/connections/' . $asked->{id} . '/posts';
ok(eventually(sub { $grantlink->admin->get($posts)->json->{collected_at} }), 'posts are collected');
is(scalar @{$grantlink->admin->get($posts)->json->{posts}}, 7, 'each once');
my @requests = grep { $_->{path} =~ m{/me/media\z} } @{$grantlink->control_sandbox(GET => 'requests')->json->{requests}};
is(scalar @requests, 2, 'by two requests');
is($requests[1]{parameters}{page}, '2', 'the second of which asked for another page');

$grantlink->finish;
done_testing;

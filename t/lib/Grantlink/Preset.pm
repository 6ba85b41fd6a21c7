package Grantlink::Preset;

# The shipped presets, as `grantlink provider check` describes them.

use v5.36;
use Exporter  'import';
use JSON::PP  qw(decode_json);
use Grantlink::Build;
use Grantlink::Command qw(run_command);

our @EXPORT_OK = qw(described_presets origins_to shipped_preset);

# The text of one, to be written changed.
sub shipped_preset ($name) {
    my $path = "$Grantlink::Build::repository/conf.d/providers/$name.toml";
    open my $file, '<', $path or die "$path: $!\n";
    local $/;
    return readline $file;
}

# Of these files.
sub described_presets (@files) {
    my $ran = run_command([Grantlink::Build::program('grantlink'), qw(provider check --json), @files]);
    die $ran->{err} if $ran->{exit} != 0;
    return @{decode_json($ran->{out})->{presets}};
}

# For a provider's `origins`: every origin of the preset's URLs is one server.
sub origins_to ($server, $preset, $tenant = '') {
    my @urls = ($preset->{authorize_url}, $preset->{jwks_url} // (), map { $_->{url} } @{$preset->{requests}});
    return {map { m{\A(https://[^/?]+)} ? ($1 => $server) : () } map { s/\{tenant\}/$tenant/gr } @urls};
}

1;

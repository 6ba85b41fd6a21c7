package Grantlink::KeyPair;

# The key pair of a client that authenticates by one (RFC 7523).

use v5.36;
use Exporter 'import';
use JSON::PP qw(decode_json encode_json);
use Grantlink::Command qw(run_command);

our @EXPORT_OK = qw(key_pair);

# Private and public JWK, as JSON.
sub key_pair () {
    my $made = run_command(['node', '-e', <<~'END']);
        const { privateKey, publicKey } = require('crypto').generateKeyPairSync('ec', {namedCurve: 'P-256'});
        const jwk = (key) => ({ ...key.export({ format: 'jwk' }), alg: 'ES256', kid: 'of-the-client' });
        console.log(JSON.stringify([jwk(privateKey), jwk(publicKey)]));
        END
    die $made->{err} if $made->{exit} != 0;
    return map { encode_json($_) } @{decode_json($made->{out})};
}

1;

// An OpenID provider that lies on request, and token endpoints that misbehave, for clients that must
// notice.
//
// Whoever is sent to it is signed in as nike and has approved. GET /_lie/NAME makes it lie so in the
// next ID token (or userinfo answer), GET /_rotate gives it another key, GET /_renew one of the same id, GET /_keys answers how often
// its keys were asked for. /hostile/NAME is a token endpoint that misbehaves so (misbehaviour.mjs), as do
// /hostile/NAME/jwks, userinfo, par, refresh, revoke and feed, and the metadata of the issuer
// /hostile/NAME; GET /_seen answers how often each was asked. The metadata of the issuers /away/ENDPOINT
// and /inside/ENDPOINT lead elsewhere, as do the feeds /feed/HOW. /methods/METHOD and /pkce/METHOD are
// issuers that support just that, or say nothing; so is /turning/METHOD, until GET /_turn; /inserted/tenant has its metadata where RFC 8414 wants
// them, and nowhere else.
//
// usage: node lying_provider.mjs [DIRECTORY NAME:PORT…] PORT
//
// The other ports have TLS with NAME.pem and NAME-key.pem of the directory; for `old` of no later version
// than 1.1, and for `plain` none. GET /_seen answers how often each was connected to, too.

import { constants, createHash, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { misbehaviours } from './misbehaviour.mjs';

const clientId = 'lied-to';
const base64url = (text) => Buffer.from(text).toString('base64url');
const newKey = (kid) => ({ kid, alg: 'RS256', ...generateKeyPairSync('rsa', { modulusLength: 2048 }) });

let issuer;
let key = newKey('first');
let keyRequests = 0;
let lie = '';
const begun = new Map(); // code → { nonce, challenge }

function jwk({ publicKey, kid, alg }) {
  return { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg };
}

function jwt(header, claims, signature) {
  const text = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  return `${text}.${signature(text).toString('base64url')}`;
}

// Keys of other kinds, which are published too: `lie` says which one signs.
const otherKeys = {
  ES256: { kid: 'curve', alg: 'ES256', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
  PS256: { ...newKey('probabilistic'), alg: 'PS256' },
};

function signWith({ privateKey, alg }) {
  const how = {
    RS256: { key: privateKey },
    PS256: { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
    ES256: { key: privateKey, dsaEncoding: 'ieee-p1363' },
  }[alg];
  return (text) => sign('SHA256', Buffer.from(text), how);
}

const rs256 = (privateKey) => (text) => sign('RSA-SHA256', Buffer.from(text), privateKey);

// What each lie changes in the claims; a few are true.
const wrongClaims = {
  issuer: () => ({ iss: 'https://evil.example' }),
  'issuer-slash': () => ({ iss: `${issuer}/` }),
  audience: () => ({ aud: 'somebody-else' }),
  audiences: () => ({ aud: [clientId, 'somebody-else'] }),
  'audiences-azp': () => ({ aud: ['somebody-else', clientId], azp: clientId }),
  'audiences-others-azp': () => ({ aud: [clientId, 'somebody-else'], azp: 'somebody-else' }),
  'audiences-not-us': () => ({ aud: ['somebody-else', 'another'], azp: clientId }),
  fractions: (now) => ({ exp: now + 300.25, iat: now - 0.75 }),
  'expired-fractions': (now) => ({ exp: now - 120.5 }),
  'dates-as-texts': (now) => ({ exp: `${now + 300}` }),
  'not-yet': (now) => ({ nbf: now + 600 }),
  azp: () => ({ azp: 'somebody-else' }),
  expired: (now) => ({ exp: now - 120 }),
  'no-expiry': () => ({ exp: undefined }),
  future: (now) => ({ iat: now + 600 }),
  nonce: () => ({ nonce: 'of-another-attempt' }),
  'no-nonce': () => ({ nonce: undefined }),
  'no-subject': () => ({ sub: undefined }),
};

function idToken(nonce) {
  const now = Math.floor(Date.now() / 1000);
  const honest = { iss: issuer, aud: clientId, sub: '248289761001', exp: now + 300, iat: now, nonce, preferred_username: 'nike', name: 'Nike' };
  const claims = { ...honest, ...wrongClaims[lie]?.(now) };
  const header = { alg: 'RS256', kid: key.kid, typ: 'JWT' };
  const other = otherKeys[lie];
  if (other) return jwt({ ...header, alg: other.alg, kid: other.kid }, claims, signWith(other));
  switch (lie) {
    case 'no-token': return undefined;
    case 'no-jwt': return 'x.y';
    case 'unsigned': return jwt({ alg: 'none' }, claims, () => Buffer.alloc(0));
    case 'public-key-as-secret': {
      const pem = key.publicKey.export({ type: 'spki', format: 'pem' });
      return jwt({ ...header, alg: 'HS256' }, claims, (text) => createHmac('sha256', pem).update(text).digest());
    }
    case 'own-key-inside': {
      const other = newKey(key.kid);
      return jwt({ ...header, jwk: jwk(other) }, claims, rs256(other.privateKey));
    }
    case 'no-key-id': return jwt({ ...header, kid: undefined }, claims, rs256(key.privateKey));
    case 'other-key': return jwt(header, claims, rs256(newKey(key.kid).privateKey));
    case 'unknown-key': return jwt({ ...header, kid: 'nobody' }, claims, rs256(key.privateKey));
    case 'critical': return jwt({ ...header, crit: ['b64'], b64: true }, claims, rs256(key.privateKey));
    case 'changed': {
      const [head, , signature] = jwt(header, claims, rs256(key.privateKey)).split('.');
      return `${head}.${base64url(JSON.stringify({ ...claims, preferred_username: 'adidas' }))}.${signature}`;
    }
    default: return jwt(header, claims, rs256(key.privateKey));
  }
}

function authorize(query) {
  const code = randomBytes(12).toString('hex');
  begun.set(code, { nonce: query.get('nonce'), challenge: query.get('code_challenge') });
  const url = new URL(query.get('redirect_uri'));
  url.search = new URLSearchParams({ code, state: query.get('state') });
  return { status: 302, headers: { Location: url.href } };
}

// RFC 7636, section 4.6; and who sent no challenge has no verifier (RFC 9700, section 2.1.1).
function redeem(form) {
  const { nonce, challenge } = begun.get(form.get('code')) ?? {};
  const verifier = form.get('code_verifier');
  const proven = verifier === null ? null : createHash('sha256').update(verifier).digest('base64url');
  if (proven !== challenge) return { status: 400, json: { error: 'invalid_grant' } };
  return { json: {
    access_token: randomBytes(16).toString('hex'), token_type: 'Bearer', expires_in: 300, refresh_token: 'of-nobody',
    issuer, away: astray('away', 'kept'), inside: astray('inside', 'kept'), id_token: idToken(nonce),
  } };
}

const token = () => ({ access_token: 'a-token-of-nobody', token_type: 'Bearer' });
const seen = {};

// What only token endpoints and resources can do, besides.
const hostile = {
  ...misbehaviours,
  'other-type': ({ response }) => response.end(JSON.stringify({ ...token(), token_type: 'mac' })),
  'long-token': ({ response }) => response.end(JSON.stringify({ access_token: 'x'.repeat(100_000) })),
  'repeats-the-code': ({ response, form }) => {
    response.writeHead(400).end(JSON.stringify({ error: 'x'.repeat(190) + form.get('code') }));
  },
  // RFC 9449: tokens that are bound to a key, and servers that want a nonce before they do anything.
  bound: ({ response }) => response.end(JSON.stringify({ access_token: 'a-bound-token-of-nobody', token_type: 'dpop' })),
  'nonce-for-ever': ({ response }) => {
    response.writeHead(400, { 'DPoP-Nonce': randomBytes(16).toString('hex') }).end('{"error":"use_dpop_nonce"}');
  },
  'nonce-that-is-none': ({ response }) => {
    response.writeHead(400, { 'DPoP-Nonce': 'x'.repeat(10_000) }).end('{"error":"use_dpop_nonce"}');
  },
  'nonce-at-the-resource': ({ response }) => {
    response.writeHead(401, { 'DPoP-Nonce': randomBytes(16).toString('hex'), 'WWW-Authenticate': 'DPoP error="use_dpop_nonce"' }).end('{}');
  },
};

const jwks = () => ({ keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: key.kid }, ...Object.values(otherKeys).map(jwk), jwk(key)] });

// Keys that a client may not waste its time with: a hundred of one id, and such as take for ever.
const stranger = newKey('stranger');
const uselessKeys = {
  crowded: () => Array.from({ length: 100 }, () => ({ ...jwk(stranger), kid: key.kid })),
  heavy: () => [
    { kty: 'RSA', kid: key.kid, n: randomBytes(65536).toString('base64url'), e: 'AQAB' },
    { kty: 'RSA', kid: key.kid, n: jwk(key).n, e: randomBytes(256).toString('base64url') },
    { kty: 'RSA', kid: key.kid, n: randomBytes(64).toString('base64url'), e: 'AQAB' },
  ],
};
const account = () => ({ sub: lie === 'other-subject' ? '1' : '248289761001', preferred_username: 'nike', name: 'Nike' });
const metadata = (path) => ({
  issuer: `${issuer}${path}`, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`, jwks_uri: `${issuer}/jwks`,
});

// A place of the same server under a name that nobody has trusted, for answers that lead astray: `away` in
// clear, `inside` by https.
const astray = (how, place) => `${issuer.replace('http:', how === 'away' ? 'http:' : 'https:').replace('127.0.0.1', 'localhost')}/hostile/elsewhere/${place}`;

// Issuers by what their metadata say, behind it in the path: /methods/private_key_jwt, /pkce/S256; or by
// what they said before GET /_turn, and say the opposite since.
let turned = false;
function metadataSaying(what, value) {
  const said = { methods: 'token_endpoint_auth_methods_supported', pkce: 'code_challenge_methods_supported', turning: 'code_challenge_methods_supported' }[what];
  const now = what === 'turning' && turned ? { S256: 'nothing', nothing: 'S256' }[value] : value;
  return { ...metadata(`/${what}/${value}`), [said]: now === 'nothing' ? undefined : [now] };
}

function metadataAstray(how, endpoint) {
  const pushed = endpoint === 'pushed_authorization_request_endpoint';
  return { ...metadata(`/${how}/${endpoint}`), [endpoint]: astray(how, endpoint), require_pushed_authorization_requests: pushed };
}

// Feeds whose next page is somewhere else; that of `here` is not.
function feedAstray(how) {
  const { host } = new URL(astray('away', ''));
  const next = {
    here: `${issuer}/hostile/other-content-type/feed`, away: astray('away', 'feed'), inside: astray('inside', 'feed'), 'by-scheme': 'file:///etc/passwd',
    'without-scheme': `//${host}/hostile/elsewhere/feed`, 'after-user': `${issuer}@${host}/hostile/elsewhere/feed`,
    'after-backslash': `${issuer}\\@${host}/hostile/elsewhere/feed`,
  }[how];
  return { headers: { Link: `<${next}>; rel="next"` }, json: { data: [{ id: 'of-nobody' }], next } };
}

// What an honest endpoint of that name answers; any other name is a token endpoint's.
const good = (name, path) => JSON.stringify({
  metadata: () => metadata(path),
  jwks,
  userinfo: account,
  revoke: () => ({}),
  par: () => ({ request_uri: 'urn:ietf:params:oauth:request_uri:of-nobody', expires_in: 60 }),
  feed: () => ({ data: [{ id: 'of-nobody' }] }),
}[name]?.() ?? token());

function misbehave(request, response, how, place) {
  const called = `${how}${place}`;
  seen[called] = (seen[called] ?? 0) + 1;
  let body = '';
  request.on('data', (chunk) => { body += chunk; });
  request.on('end', () => hostile[how]({
    response, times: seen[called], path: request.url, origin: issuer, form: new URLSearchParams(body),
    good: good(place === '' && request.method === 'GET' ? 'metadata' : place.slice(1), `/hostile/${how}`),
  }));
}

async function answer(request) {
  const url = new URL(request.url, issuer);
  const [, command, value] = /^\/_(lie|rotate|renew|turn|keys|seen)(?:\/(.*))?$/.exec(url.pathname) ?? [];
  if (command === 'lie') lie = value;
  if (command === 'rotate') key = newKey(randomBytes(4).toString('hex'));
  if (command === 'renew') key = newKey(key.kid);
  if (command === 'turn') turned = true;
  if (command === 'seen') return { json: seen };
  if (command) return { json: keyRequests };
  let body = '';
  for await (const chunk of request) body += chunk;
  const [, how, endpoint] = /^\/(away|inside)\/(\w+)\/\.well-known\/openid-configuration$/.exec(url.pathname) ?? [];
  if (how) return { json: metadataAstray(how, endpoint) };
  const [, what, said] = /^\/(methods|pkce|turning)\/(\w+)\/\.well-known\/openid-configuration$/.exec(url.pathname) ?? [];
  if (what) return { json: metadataSaying(what, said) };
  if (url.pathname.startsWith('/feed/')) return feedAstray(url.pathname.slice('/feed/'.length));
  switch (url.pathname) {
    case '/authorize': return authorize(url.searchParams);
    case '/token': return redeem(new URLSearchParams(body));
    case '/.well-known/oauth-authorization-server/inserted/tenant': return { json: metadata('/inserted/tenant') };
    case '/unsafe/.well-known/openid-configuration':
      return { json: {
        issuer: `${issuer}/unsafe`, authorization_endpoint: 'javascript:alert(1)', token_endpoint: `${issuer}/token?s={client_secret}`,
        userinfo_endpoint: `${issuer}/userinfo`, jwks_uri: `${issuer}/jwks`,
      } };
    case '/jwks':
      keyRequests += 1;
      return { json: jwks() };
    case '/jwks/crowded': return { json: { keys: [...uselessKeys.crowded(), jwk(key)] } };
    case '/jwks/heavy': return { json: { keys: [...uselessKeys.heavy(), jwk(key)] } };
    case '/userinfo': return { json: { ...account(), away: astray('away', 'picture'), inside: astray('inside', 'picture') } };
    default: return { status: 404, json: {} };
  }
}

async function serve(request, response) {
  // A provider's metadata are behind its issuer, or RFC 8414 has put their path before it.
  const [, how, place] = /\/hostile\/([\w-]+)(\/\w+)?/.exec(request.url) ?? [];
  if (how) return misbehave(request, response, how, place ?? '');
  const out = await answer(request);
  response.writeHead(out.status ?? 200, { 'Content-Type': 'application/json', ...out.headers });
  response.end(JSON.stringify(out.json));
}

const [directory, ...others] = process.argv.slice(2, -1);
for (const [name, number] of others.map((other) => other.split(':'))) {
  const [key, cert] = ['-key', ''].map((end) => name !== 'plain' && readFileSync(`${directory}/${name}${end}.pem`));
  const versions = name === 'old' && { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  const other = name === 'plain' ? createServer(serve) : createTlsServer({ key, cert, ...versions }, serve);
  other.on('connection', () => { seen[`connected/${name}`] = (seen[`connected/${name}`] ?? 0) + 1; });
  other.listen(Number(number), '127.0.0.1').unref();
}
const server = createServer(serve);
server.listen(Number(process.argv.at(-1)), '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  process.stdout.write(`listening on ${issuer}\n`);
});
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});

// A real OpenID provider (the certified npm package oidc-provider) for tests: everything it can be
// strict about, it is. PKCE with S256 is required, codes work once, refresh tokens rotate, answers
// carry `iss` (RFC 9207), and there is exactly one client, which must authenticate.
//
// A person signs in with any name, without a password. The page is one form, so a script can do it
// too: follow the redirect to /interaction/UID with a cookie jar, then
//   POST /interaction/UID   login=nike          sign in as nike and approve
//   POST /interaction/UID   decision=deny       decline: the client gets error=access_denied
// A browser that is still signed in gets a page without the name, or none where nothing is left to
// ask. `preferred_username` is the name; `sub` is a long number made from it.

import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

// The package's notices go to stdout, which belongs to the line that says where it listens.
console.info = console.error;
const { default: Provider } = await import('oidc-provider');

const usage = `usage: node oidc_provider.mjs --redirect-uri URI [options]
  --redirect-uri URI       of the client; may be given several times
  --client-id ID           default: grantlink-test
  --auth-method METHOD     client_secret_basic (the default), client_secret_post, private_key_jwt, or
                           none
  --client-jwk FILE        the client's public key, for private_key_jwt
  --token-lifetime SECONDS of access tokens; default: 3600
  --dpop NONCES            tokens are bound to a key of the client (RFC 9449), whose proofs need a
                           nonce of ours: required or optional
  --par required           authorization requests must be pushed (RFC 9126)
  --atproto                as the AT Protocol's profile of OAuth has it: metadata of RFC 8414 alone, the
                           account's DID as \`sub\` of token answers, and profiles for everybody
  --port PORT              port on 127.0.0.1; 0, the default, takes a free one

The client's secret is in the environment: GRANTLINK_CLIENT_SECRET.
Prints "listening on http://127.0.0.1:PORT" when ready; that is the issuer too.
`;

const authMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];

function readOptions() {
  const string = { type: 'string' };
  const { values } = parseArgs({
    options: {
      port: { ...string, default: '0' },
      'client-id': { ...string, default: 'grantlink-test' },
      'redirect-uri': { ...string, multiple: true },
      'client-jwk': string,
      'token-lifetime': { ...string, default: '3600' },
      dpop: string,
      par: string,
      atproto: { type: 'boolean', default: false },
      'auth-method': { ...string, default: 'client_secret_basic' },
    },
  });
  if (!values['redirect-uri']) throw new Error('--redirect-uri is missing');
  if (!authMethods.includes(values['auth-method'])) {
    throw new Error(`--auth-method wants one of ${authMethods.join(', ')}`);
  }
  if (values.dpop && !['required', 'optional'].includes(values.dpop)) {
    throw new Error('--dpop wants required or optional');
  }
  if (values.par && values.par !== 'required') throw new Error('--par wants required');
  return values;
}

const namesBySub = new Map();

// The same name has the same sub in every run; like real ones it does not fit a double.
function subOf(name) {
  const digits = BigInt(`0x${createHash('sha256').update(name).digest('hex').slice(0, 14)}`);
  const sub = `1784${digits.toString().padStart(17, '0')}`;
  namesBySub.set(sub, name);
  return sub;
}

function findAccount(ctx, sub) {
  const name = namesBySub.get(sub);
  if (name === undefined) return undefined;
  return {
    accountId: sub,
    claims: () => ({
      sub,
      preferred_username: name,
      name: name[0].toUpperCase() + name.slice(1),
      email: `${name}@example.com`,
      email_verified: true,
    }),
  };
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomBytes(8).toString('hex'), use: 'sig', alg: 'RS256' };
}

function credentials(options) {
  if (options['auth-method'] === 'none') return {};
  if (options['auth-method'] !== 'private_key_jwt') {
    return { client_secret: process.env.GRANTLINK_CLIENT_SECRET ?? 'grantlink-test-secret' };
  }
  const key = JSON.parse(readFileSync(options['client-jwk']));
  return { jwks: { keys: [key] }, token_endpoint_auth_signing_alg: key.alg };
}

function configuration(options) {
  return {
    clients: [{
      client_id: options['client-id'],
      ...credentials(options),
      redirect_uris: options['redirect-uri'],
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: options['auth-method'],
      ...(options.dpop && { dpop_bound_access_tokens: true }),
    }],
    findAccount,
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    pkce: { methods: ['S256'], required: () => true },
    responseTypes: ['code'],
    clientAuthMethods: authMethods,
    scopes: ['openid', 'offline_access', 'profile', 'email',
      ...(options.atproto ? ['atproto', 'transition:generic'] : [])],
    claims: {
      openid: ['sub'],
      profile: ['preferred_username', 'name'],
      email: ['email', 'email_verified'],
    },
    issueRefreshToken: (ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      ...(options.dpop && {
        dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => options.dpop === 'required' },
      }),
      ...(options.par && {
        pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
      }),
      rpInitiatedLogout: { enabled: false },
    },
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    ttl: {
      AuthorizationCode: 60, AccessToken: Number(options['token-lifetime']), IdToken: 3600, RefreshToken: 86400,
      Interaction: 3600, Session: 86400, Grant: 86400,
    },
  };
}

const didMethod = 'did:plc:';

const postOf = (did, number) => ({ post: {
  uri: `at://${did}/app.bsky.feed.post/${number}`,
  record: { text: `Post ${number}`, createdAt: `2026-11-0${number}T10:00:00.000Z` },
} });

// Profiles, and posts in two pages. A token is for the account's own server, and refused here.
function sayPublicly(method, query, headers) {
  const did = query.get('actor') ?? '';
  const name = namesBySub.get(did.slice(didMethod.length));
  if (headers.authorization) return [400, { error: 'BadToken', message: 'OAuth tokens are meant for PDS access only' }];
  if (!name) return [400, { error: 'InvalidRequest', message: 'Profile not found' }];
  if (method === 'app.bsky.actor.getProfile') return [200, { did, handle: `${name}.example.com`, displayName: name }];
  if (query.has('cursor')) return [200, { feed: [postOf(did, 1)] }];
  return [200, { cursor: 'next', feed: [postOf(did, 3), postOf(did, 2)] }];
}

// What the AT Protocol adds to a provider; answers true to a request that is nobody else's.
function speakAtproto(provider) {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === '/token' && ctx.body?.access_token) {
      ctx.body = { ...ctx.body, sub: didMethod + ctx.oidc.entities.Account.accountId };
    }
  });
  return (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    if (pathname.startsWith('/xrpc/')) {
      const [status, body] = sayPublicly(pathname.slice('/xrpc/'.length), searchParams, request.headers);
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(body));
      return true;
    }
    if (pathname === '/.well-known/openid-configuration') {
      response.writeHead(404).end();
      return true;
    }
    if (pathname === '/.well-known/oauth-authorization-server') {
      request.url = '/.well-known/openid-configuration';
    }
    return false;
  };
}

function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function interactionPage({ prompt, params, session }) {
  const who = prompt.name === 'login'
    ? '<label>Sign in as <input name="login" required autofocus autocapitalize="none"></label>'
    : `<p>You are signed in as ${escapeHtml(namesBySub.get(session.accountId) ?? '?')}.</p>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Test provider</title>
<body style="font: 18px/1.5 sans-serif; max-width: 24em; margin: 3em auto; padding: 0 1em">
<h1>Test provider</h1>
<p><b>${escapeHtml(params.client_id)}</b> asks for: ${escapeHtml(params.scope ?? '')}</p>
<form method="post">${who}
<p><button name="decision" value="approve">Approve</button>
<button name="decision" value="deny" formnovalidate>Decline</button></p></form></body></html>
`;
}

async function readForm(request) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > 10_000) throw new Error('the form is too long');
  }
  return new URLSearchParams(body);
}

// The end of an interaction, for provider.interactionFinished(); null when the form is incomplete.
async function decide(provider, { prompt, params, session, grantId }, form) {
  if (form.get('decision') === 'deny') {
    return { error: 'access_denied', error_description: 'the person declined' };
  }
  const signingIn = prompt.name === 'login';
  const name = form.get('login')?.trim();
  if (signingIn && !name) return null;

  const accountId = signingIn ? subOf(name) : session.accountId;
  const known = !signingIn && grantId ? await provider.Grant.find(grantId) : undefined;
  const grant = known ?? new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return { ...(signingIn && { login: { accountId } }), consent: { grantId: await grant.save() } };
}

async function interact(provider, request, response) {
  const details = await provider.interactionDetails(request, response);
  if (request.method === 'POST') {
    const result = await decide(provider, details, await readForm(request));
    if (result) {
      await provider.interactionFinished(request, response, result,
        { mergeWithLastSubmission: false });
      return;
    }
  }
  response.writeHead(request.method === 'POST' ? 400 : 200,
    { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(interactionPage(details));
}

function refuse(response, error) {
  response.writeHead(error.statusCode ?? 400, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${error.message}: ${error.error_description ?? 'see the log'}\n`);
}

let options;
try {
  options = readOptions();
} catch (error) {
  process.stderr.write(`oidc_provider: ${error.message}\n\n${usage}`);
  process.exit(2);
}

// The issuer is this very origin, so the port is taken first.
const server = createServer();
server.on('error', (error) => {
  process.stderr.write(`oidc_provider: ${error.message}\n`);
  process.exit(1);
});
server.listen(Number(options.port), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration(options));
  provider.on('server_error', (ctx, error) => console.error(error));
  provider.on('grant.success', (ctx) => console.error(`granted: ${ctx.oidc.params.grant_type}`));
  const answered = options.atproto ? speakAtproto(provider) : () => false;
  const endpoints = provider.callback();
  server.on('request', (request, response) => {
    if (answered(request, response)) return;
    if (request.url.startsWith('/interaction/')) {
      interact(provider, request, response).catch((error) => refuse(response, error));
    } else {
      if (request.url === '/token/revocation') {
        response.on('finish', () => console.error(`revocation: ${response.statusCode}`));
      }
      endpoints(request, response);
    }
  });
  process.stdout.write(`listening on ${issuer}\n`);
});
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}

// All the providers of documented_shapes.mjs on one port, each as strict as its documentation: what it does
// not know of is refused, as is what is missing or somewhere else.
//
// They are told apart by the host, https://HOST being http://HOST.localhost:PORT, and their clients by
// client_id: NAME.client. Whoever is sent to one has approved. What is refused is written to stderr. GET
// /_shapes answers what a test has to know of each; GET /_asked, which requests were made: "NAME token";
// GET /_break/NAME spoils that one's next code, and /_end/NAME its refresh token.
//
// usage: node documented_provider.mjs PORT

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { feeds } from './documented_feeds.mjs';
import { shapes } from './documented_shapes.mjs';

for (const [name, feed] of Object.entries(feeds)) shapes[name].feed = feed;

const port = Number(process.argv[2]);
const secret = process.env.GRANTLINK_CLIENT_SECRET;
const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
const asked = new Set();
const broken = new Set();
const ended = new Set();
const states = Object.fromEntries(Object.keys(shapes).map((name) => [name, { access: new Set(), refresh: new Set(), codes: new Map() }]));

function want(condition, message) {
  if (!condition) throw new Error(message);
}

const served = (url) => url.replace(/^https:\/\/([\w.-]+)/, `http://$1.localhost:${port}`);
const fresh = (name, kind) => `${name}.${kind}.${randomBytes(9).toString('hex')}`;

// The parameters that a step has by its standard (RFC 6749, 7009, 7636).
function standardOf(step, { authorize }) {
  const pkce = authorize.pkce;
  return {
    authorize: {
      response_type: 'code', client_id: '$id', redirect_uri: '*', state: '*', ...(authorize.scope && { scope: '*' }),
      ...(pkce && { code_challenge: '*', code_challenge_method: 'S256' }),
    },
    token: { grant_type: 'authorization_code', code: '*', redirect_uri: '*', ...(pkce && { code_verifier: '*' }) },
    refresh: { grant_type: 'refresh_token', refresh_token: '$refresh' },
    revoke: { token: '*', token_type_hint: '?' },
  }[step] ?? {};
}

// What a documented request has: each parameter with what it must be.
function expected(step, request, shape) {
  const out = { ...standardOf(step, shape) };
  if (request.client === 'post') Object.assign(out, { client_id: '$id', client_secret: '$secret' });
  if (request.client === 'id') out.client_id = '$id';
  if (request.token === 'query') out.access_token = '$access';
  Object.assign(out, request.params);
  const without = [...(request.without ?? []), ...(request.token && step === 'revoke' ? ['token', 'token_type_hint'] : [])];
  for (const name of without) if (!request.params?.[name]) delete out[name];
  return Object.fromEntries(Object.entries(out).map(([name, value]) => [request.names?.[name] ?? name, value]));
}

// Whether a value is what `pattern` says, of the provider `name`.
function fits(value, pattern, name) {
  const state = states[name];
  switch (pattern) {
    case '?': return true;
    case '*': return Boolean(value);
    case '$id': return value === `${name}.client`;
    case '$secret': return value === secret;
    case '$access': return state.access.has(value);
    case '$refresh': return state.refresh.has(value);
    default: return value === pattern;
  }
}

function wantParameters(call, step, request, shape, name) {
  const where = request.as ?? (/^(?:GET|DELETE) /.test(request.call) ? 'query' : 'form');
  const type = call.headers['content-type'] ?? '';
  if (where === 'form') want(type === 'application/x-www-form-urlencoded', 'the body is no form');
  if (where === 'json') want(type === 'application/json', 'the body is not JSON');
  if (where === 'query' || where === 'nothing') want(call.body === '', 'there is a body');
  const given = where === 'json' ? JSON.parse(call.body) : Object.fromEntries(where === 'form' ? new URLSearchParams(call.body) : call.query);
  if (where !== 'query') want([...call.query.keys()].every((key) => request.query?.includes(key)), 'there is a query');
  const known = expected(step, request, shape);
  for (const parameter of Object.keys(given)) want(parameter in known, `${parameter} is not known here`);
  for (const [parameter, value] of Object.entries(known)) {
    want(value === '?' || parameter in given, `${parameter} is missing`);
    want(!(parameter in given) || fits(given[parameter], value, name), `${parameter} is not what it has to be`);
  }
  return given;
}

function wantHeaders(call, request, name) {
  const { authorization = '' } = call.headers;
  const scheme = { bearer: 'Bearer', OAuth: 'OAuth' }[request.token];
  if (request.client === 'basic') {
    want(call.basic === `${name}.client:${secret}`, 'the client does not authenticate by HTTP Basic');
  } else if (scheme) {
    want(authorization.startsWith(`${scheme} `) && states[name].access.has(authorization.slice(scheme.length + 1)), `there is no valid token in the header, as ${scheme}`);
  } else want(authorization === '', 'there is an Authorization header');
  if (request.token?.startsWith('X-')) want(states[name].access.has(call.headers[request.token.toLowerCase()]), `there is no valid token in ${request.token}`);
  for (const [header, value] of Object.entries(request.headers ?? {})) want(fits(call.headers[header], value, name), `the header ${header} is not what it has to be`);
}

function idToken(name, { iss, sub }) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: served(iss), aud: `${name}.client`, sub, iat: now, exp: now + 60, nonce: states[name].nonce ?? undefined };
  const text = [{ alg: 'RS256', kid: 'one' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key.privateKey).toString('base64url')}`;
}

// The documented answer, with new tokens in it.
function filled(answer, name, shape, trusted) {
  const state = states[name];
  const text = JSON.stringify(answer, (_, value) => {
    if (value === '$access' || value === '$refresh') {
      const kind = value.slice(1);
      const token = fresh(name, kind);
      state[kind].add(token);
      return token;
    }
    if (value === '$id_token') return shape.idToken && idToken(name, shape.idToken);
    return typeof value === 'string' && trusted?.some((host) => value.startsWith(`https://${host}`)) ? served(value) : value;
  });
  return text.replace(/"#([\d.]+)"/g, '$1');
}

function authorize(call, name, { authorize: request }) {
  const given = call.query;
  const scope = given.get(request.names?.scope ?? 'scope');
  if (request.scope) want(scope.split(request.scope).every((one) => /^[\w.:/-]+$/.test(one)), `the scopes are not divided by "${request.scope}"`);
  const code = fresh(name, 'code');
  states[name].scopes = (scope ?? '').split(request.scope ?? ' ');
  states[name].nonce = given.get('nonce');
  states[name].codes.set(code, { redirectUri: given.get('redirect_uri'), challenge: given.get('code_challenge') });
  const url = new URL(given.get('redirect_uri'));
  url.search = new URLSearchParams({ code, state: given.get('state') });
  return { status: 302, headers: { Location: url.href } };
}

function redeem(name, given) {
  const { codes } = states[name];
  const begun = codes.get(given.code);
  codes.delete(given.code);
  const proof = given.code_verifier && createHash('sha256').update(given.code_verifier).digest('base64url');
  want(begun && (given.redirect_uri ?? begun.redirectUri) === begun.redirectUri && (proof ?? null) === begun.challenge, 'the code is not valid');
}

// What is documented for a page: the last of them whose own parameters the request has.
function pageOf(call, feed) {
  const given = feed.as === 'json' ? JSON.parse(call.body) : Object.fromEntries(call.query);
  const found = feed.pages.findLast(({ params }) => Object.entries(params).every(([key, value]) => value === '?' || given[key] === value));
  return { ...feed, ...found, params: { ...feed.params, ...found.params } };
}

// Its answer, whose next page is served here, and has the token where the documentation has it.
function paged(call, name, shape, { answer, link }) {
  const token = call.query.get('access_token') ?? call.headers.authorization?.replace(/^Bearer /, '');
  const here = JSON.stringify(answer, (key, value) => (key === 'next' && typeof value === 'string' ? served(value).replace('$token', token) : value));
  return { text: filled(JSON.parse(here), name, shape), headers: link && { Link: link.replace(/https:[^>]+/g, served) } };
}

const matches = (call, { method, url }, name) => {
  const [wanted, pattern] = call.replace('$id', `${name}.client`).split(' ');
  const text = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('[\\w.-]+');
  return wanted === method && new RegExp(`^${text}$`).test(url);
};

function answer(call) {
  if (Object.values(shapes).some(({ idToken: rules }) => rules && matches(rules.jwks, call))) {
    return { text: JSON.stringify({ keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] }) };
  }
  const [, name] = /([a-z-]+)\.(?:client|access|refresh)\b/.exec(call.text) ?? [];
  const shape = shapes[name];
  want(shape, `${call.method} ${call.url} is nobody's`);
  // Two grants may have one call: it is the refresh that has a refresh token.
  const steps = Object.keys(shape).filter((step) => shape[step]?.call && matches(shape[step]?.call, call, name));
  const step = steps.includes('token') && /refresh_token=|"refresh_token":/.test(call.text) ? 'refresh' : steps[0];
  want(step && shape[step], `${name} has no ${call.method} ${call.url} for this`);
  const request = step === 'feed' ? pageOf(call, shape.feed) : shape[step];
  try {
    wantHeaders(call, request, name);
    const given = wantParameters(call, step, request, shape, name);
    asked.add(`${name} ${step}`);
    if (step === 'feed') {
      for (const scope of request.scopes ?? []) want(states[name].scopes.includes(scope), `the scope ${scope} was not asked for`);
      return paged(call, name, shape, request);
    }
    if (step === 'authorize') return authorize(call, name, shape);
    if (step === 'token' && broken.delete(name)) return { status: request.refusal[0], text: JSON.stringify(request.refusal[1]) };
    if (step === 'refresh' && ended.delete(name)) return { status: request.dead[0], text: JSON.stringify(request.dead[1]) };
    if (step === 'token') redeem(name, given);
    if (request.rotates) states[name].refresh.delete(given.refresh_token);
  } catch (error) {
    throw new Error(`${name}, ${step}: ${error.message}`);
  }
  return { status: request.status ?? 200, text: request.answer === null ? '' : filled(request.answer, name, shape, shape.trusted) };
}

const described = ([name, shape]) => [name, {
  steps: Object.keys(shape).filter((step) => shape[step]?.call && step !== 'authorize'), handle: shape.handle, id: shape.id.replace('#', ''),
  tenant: shape.tenant, account: shape.account ?? shape.handle, trusted: (shape.trusted ?? []).map((host) => served(`https://${host}`)),
  refusal: shape.token.refusal?.[2].source, dead: Boolean(shape.refresh?.dead), scopes: shape.scopes, posts: shape.feed?.posts,
}];

function control(path) {
  if (path === '/_shapes') return { text: JSON.stringify(Object.fromEntries(Object.entries(shapes).map(described))) };
  if (path === '/_asked') return { text: JSON.stringify([...asked].sort()) };
  const [, what, name] = /^\/_(break|end)\/(.*)$/.exec(path);
  ({ break: broken, end: ended })[what].add(name);
  return { text: '{}' };
}

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { pathname, searchParams, search } = new URL(request.url, 'http://x');
  const { host, authorization = '' } = request.headers;
  const basic = authorization.startsWith('Basic ') ? decodeURIComponent(Buffer.from(authorization.slice(6), 'base64').toString()) : '';
  const url = `https://${host.replace(/\.localhost:\d+$/, '')}${pathname}`;
  const text = decodeURIComponent(`${basic}\n${Object.values(request.headers).join('\n')}\n${url}${search}\n${body}`);
  let out;
  try {
    out = pathname.startsWith('/_') ? control(pathname) : answer({ method: request.method, url, query: searchParams, headers: request.headers, body, basic, text });
  } catch (error) {
    process.stderr.write(`refused: ${error.message}\n`);
    out = { status: 400, text: JSON.stringify({ error: error.message }) };
  }
  response.writeHead(out.status ?? 200, { 'Content-Type': 'application/json', ...out.headers });
  response.end(out.text);
});
server.listen(port, '127.0.0.1', () => process.stdout.write(`listening on http://127.0.0.1:${port}\n`));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});

// Providers of any shape: each preset's own table of requests and pointers, from the other side.
//
// It holds a client to what the preset says: where parameters are and under which names, how the
// client authenticates, PKCE, where the token is. It cannot know whether the preset is right about
// the real provider; documented_provider.mjs does. Providers are told apart by client_id, which
// is the preset's name. Whoever is sent to one is signed in as nike and has approved.
//
// usage: node preset_provider.mjs PRESET.toml… PORT

import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename } from 'node:path';
import { parse } from 'smol-toml';

const files = process.argv.slice(2);
const port = files.pop();
const origin = `http://127.0.0.1:${port}`;
const secret = process.env.GRANTLINK_CLIENT_SECRET;
const presets = new Map(files.map((file) => [basename(file, '.toml'), parse(readFileSync(file, 'utf8'))]));
const challenges = new Map();
const nonces = new Map();
const key = generateKeyPairSync('rsa', { modulusLength: 2048 });

function want(condition, message) {
  if (!condition) throw new Error(message);
}

// Puts a value where a JSON Pointer leads (RFC 6901), and makes what is not there yet.
function put(object, pointer, value) {
  const steps = pointer.slice(1).split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let here = object;
  steps.forEach((step, index) => {
    if (index === steps.length - 1) here[step] = value;
    else here = here[step] ??= /^\d+$/.test(steps[index + 1]) ? [] : {};
  });
  return object;
}

const first = (pointers, otherwise) => [pointers ?? otherwise].flat()[0];

// Whether a path is that of a URL in the preset, whatever stands for its placeholders.
function leadsTo(url, path) {
  const pattern = url.replace(/^(?:https:\/\/[^/?]*|\{\w+\})/, '').split('?')[0]
    .split(/\{\w+\}/).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^/]+');
  return new RegExp(`^${pattern || '/?'}$`).test(path);
}

function succeed(request, object) {
  if (!request.success) return object;
  const is = [request.success.is].flat()[0];
  return put(object, request.success.pointer, { true: true, false: false }[is] ?? is);
}

function putAccount(identity, object) {
  put(object, first(identity.id), 'id-of-nike');
  put(object, first(identity.handle), 'nike');
  if (identity.display_name) put(object, first(identity.display_name), 'nike');
  return object;
}

const replaced = (url) => url.replace(/^https:\/\/[^/]*/, origin);

function idToken(name, { authorize: step, id_token: rules }) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: replaced(rules.issuer ?? step.issuer), aud: name, sub: 'id-of-nike', iat: now, exp: now + 60, nonce: nonces.get(name) };
  const text = [{ alg: 'RS256', kid: 'one' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key.privateKey).toString('base64url')}`;
}

function tokenAnswer(name, preset, token) {
  const { token: step, identity } = preset;
  const out = put({}, first(step.access_token, '/access_token'), token);
  for (const [key, pointers] of Object.entries(step.keep ?? {})) {
    put(out, first(pointers), /url|uri|domain|host/.test(key) ? origin : 'kept');
  }
  if (preset.id_token) out.id_token = idToken(name, preset);
  if (identity.from === 'token') putAccount(identity, out);
  return succeed(step, out);
}

// Name and value of the parameters, and that they are where the preset says.
function parametersOf(request, call) {
  const where = request.params_in ?? (['GET', 'DELETE'].includes(call.method) ? 'query' : 'form');
  const type = call.headers['content-type'];
  if (where === 'json') want(type === 'application/json', 'the body is not JSON');
  if (where === 'form') want(type === 'application/x-www-form-urlencoded', 'the body is no form');
  if (where === 'query') return call.query;
  return where === 'json' ? JSON.parse(call.body) : Object.fromEntries(new URLSearchParams(call.body));
}

function wantHeaders(request, call) {
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (!value.includes('{')) want(call.headers[name.toLowerCase()] === value, `${name} is not "${value}"`);
  }
}

function clientOf(call) {
  const [, basic] = /^Basic (.+)$/.exec(call.headers.authorization ?? '') ?? [];
  if (basic) return { how: 'client_secret_basic', pair: Buffer.from(basic, 'base64').toString().split(':') };
  return { how: 'in the parameters' };
}

function redeem(call) {
  const { how, pair } = clientOf(call);
  const text = `${call.body}&${new URLSearchParams(call.query)}`;
  const name = [...presets.keys()].find((one) => pair?.[0] === one || new RegExp(`(?<![\\w-])${one}-code`).test(text));
  want(name, 'a token request of nobody');
  const preset = presets.get(name);
  const { token: step } = preset;
  want(call.method === (step.method ?? 'POST') && leadsTo(step.url, call.path), `${call.method} ${call.path} is not the token endpoint of ${name}`);
  const parameters = parametersOf(step, call);
  const called = (standard) => parameters[step.rename?.[standard] ?? standard];
  const omitted = (standard) => step.omit?.includes(standard);
  if ((step.client_auth ?? 'client_secret_basic') === 'client_secret_basic') {
    want(how === 'client_secret_basic' && pair[1] === secret, `${name} wants HTTP Basic`);
  } else {
    want(how !== 'client_secret_basic', `${name} wants no HTTP Basic`);
    want(called('client_id') === name && called('client_secret') === secret, `${name} wants the secret as a parameter`);
  }
  want(called('code') === `${name}-code`, `${name}: the code`);
  want(omitted('redirect_uri') || called('redirect_uri')?.endsWith(`/callback/${name}`), `${name}: redirect_uri`);
  want(omitted('grant_type') || called('grant_type') === 'authorization_code', `${name}: grant_type`);
  const challenge = challenges.get(name);
  if (challenge) {
    want(createHash('sha256').update(called('code_verifier') ?? '').digest('base64url') === challenge, `${name}: code_verifier`);
  } else want(!('code_verifier' in parameters), `${name} knows no PKCE`);
  wantHeaders(step, call);
  return tokenAnswer(name, preset, `${name}-token-${preset.upgrade ? 'short' : 'long'}`);
}

function wantToken(request, call, name, where) {
  if (where === 'header') want(call.headers.authorization === `Bearer ${name}-token-long`, `${name} wants the token in the header`);
  if (where === 'query') want(call.query.access_token === `${name}-token-long`, `${name} wants the token in the query`);
  wantHeaders(request, call);
}

const isFor = (request, call) => request && call.method === (request.method ?? 'GET') && leadsTo(request.url, call.path);

// One post, with everything that the preset says where to find, and no further page; where pages have
// numbers, the first two have one.
function feedAnswer(feed, query) {
  const page = Number(query[feed.page_param] ?? 1);
  const said = { text: 'Just do it', link: 'https://example.com/post', time: new Date(Date.now() - page * 60_000).toISOString(), media: 'https://example.com/post.jpg' };
  const post = put({}, first(feed.id, '/id'), page === 1 ? 'id-of-post' : `id-of-post-${page}`);
  for (const [key, value] of Object.entries(said)) if (feed[key]) put(post, first(feed[key]), value);
  const posts = page > 2 ? [] : [post];
  return succeed(feed, feed.items ? put({}, feed.items, posts) : posts);
}

// A request with a token: the upgrade, who it is, or what was published.
function use(call) {
  const text = decodeURIComponent(`${call.url}\n${Object.values(call.headers).join('\n')}\n${call.body}`);
  const [, name, age] = /([\w-]+)-token-(short|long)/.exec(text) ?? [];
  const preset = presets.get(name);
  want(preset, 'a token of nobody');
  if (age === 'short') {
    want(leadsTo(preset.upgrade.url, call.path), `${call.path} is not the upgrade of ${name}`);
    return tokenAnswer(name, preset, `${name}-token-long`);
  }
  const { identity, feed } = preset;
  const where = identity.token_in ?? 'header';
  if (!isFor(identity, call) && isFor(feed, call)) {
    wantToken(feed, call, name, feed.token_in ?? where);
    return feedAnswer(feed, call.query);
  }
  want(isFor(identity, call), `${call.method} ${call.path} is not the identity endpoint of ${name}`);
  wantToken(identity, call, name, where);
  const account = putAccount(identity, {});
  return succeed(identity, identity.items ? put({}, identity.items, [account]) : account);
}

function authorize(call) {
  const name = call.query.client_id ?? call.query.client_key;
  const { authorize: step } = presets.get(name) ?? {};
  want(step && leadsTo(step.url, call.path), `${call.path} is no authorization endpoint of ${name}`);
  want(call.query[step.rename?.client_id ?? 'client_id'] === name, `${name}: client_id`);
  const scope = call.query[step.rename?.scope ?? 'scope'];
  if (step.scopes?.length) want(scope === step.scopes.join(step.scope_separator ?? ' '), `${name}: scope`);
  for (const [key, value] of Object.entries(step.params ?? {})) want(call.query[key] === value, `${name}: ${key}`);
  want((step.pkce === 'unsupported') === !call.query.code_challenge, `${name}: PKCE`);
  nonces.set(name, call.query.nonce);
  challenges.set(name, call.query.code_challenge);
  const back = new URLSearchParams({ code: `${name}-code`, state: call.query.state, ...(step.issuer && { iss: replaced(step.issuer) }) });
  return { status: 302, headers: { Location: `${call.query.redirect_uri}?${back}` } };
}

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const url = new URL(request.url, origin);
  const call = { method: request.method, url: request.url, path: url.pathname, query: Object.fromEntries(url.searchParams), headers: request.headers, body };
  let out;
  try {
    const text = `${request.url}&${body}`;
    if (url.searchParams.has('response_type')) out = authorize(call);
    else if ([...presets.values()].some((one) => one.id_token && leadsTo(one.id_token.jwks_url, call.path))) {
      out = { json: { keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] } };
    } else if (/-code\b/.test(text)) out = { json: redeem(call) };
    else out = { json: use(call) };
  } catch (error) {
    process.stderr.write(`refused: ${error.message}\n`);
    out = { status: 400, json: { error: error.message } };
  }
  response.writeHead(out.status ?? 200, { 'Content-Type': 'application/json', ...out.headers });
  response.end(out.json && JSON.stringify(out.json));
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`listening on ${origin}\n`));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});

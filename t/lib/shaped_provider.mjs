// Providers in the shapes that their own documentation describes, each as strict as the real one:
// Facebook (with pages), TikTok, Slack, GitHub, X and Notion, on one port, told apart by their paths.
//
// Whoever is sent to an authorization endpoint is signed in as nike and has approved. What a shape
// refuses it writes to stderr, so that a test can show why. GET /_seen answers what was asked, one
// "METHOD path" a line; GET /_break/NAME spoils the next answer of that shape's token endpoint.

import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

const clientId = 'shaped-client';
const secret = process.env.GRANTLINK_CLIENT_SECRET;
const grants = new Map(); // code → { shape, redirectUri, challenge }
const tokens = new Map(); // token → shape
const broken = new Set();
const seen = [];

class Refusal extends Error {
  constructor(message, status = 400, body = undefined) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

function want(condition, message, status, body) {
  if (!condition) throw new Refusal(message, status, body);
}

function issue(shape, kind) {
  const token = `${shape}-${kind}-${randomBytes(12).toString('hex')}`;
  tokens.set(token, shape);
  return token;
}

function takeToken(shape, call) {
  const [, token] = /^Bearer (.+)$/.exec(call.headers.authorization ?? '') ?? [];
  want(token && tokens.get(token) === shape, 'no valid token in the Authorization header', 401);
  return token;
}

function wantBasic(call) {
  const [, encoded] = /^Basic (.+)$/.exec(call.headers.authorization ?? '') ?? [];
  want(Buffer.from(encoded ?? '', 'base64').toString() === `${clientId}:${secret}`,
    'the client does not authenticate by HTTP Basic', 401);
  want(!('client_secret' in call.body), 'the secret is in the body too');
}

function wantPost(call, idName = 'client_id') {
  want(!call.headers.authorization, 'the client authenticates in two ways', 401);
  want(call.body[idName] === clientId && call.body.client_secret === secret,
    `${idName} and client_secret are not in the body`, 401);
}

function authorize(shape, call, { idName = 'client_id', scopeName = 'scope', separator, pkce }) {
  const { query } = call;
  want(query[idName] === clientId, `${idName} is missing`);
  want(query.response_type === 'code' && query.state, 'response_type or state is missing');
  if (separator) want(query[scopeName]?.split(separator).every((one) => /^[\w.:-]+$/.test(one)),
    `${scopeName} is not divided by "${separator}"`);
  want(pkce ? query.code_challenge_method === 'S256' : !query.code_challenge,
    pkce ? 'PKCE is required' : 'code_challenge is not known here');
  const code = `${shape}-code-${randomBytes(12).toString('hex')}`;
  grants.set(code, { shape, redirectUri: query.redirect_uri, challenge: query.code_challenge });
  const url = new URL(query.redirect_uri);
  url.search = new URLSearchParams({ code, state: query.state });
  return { status: 302, headers: { Location: url.href } };
}

function redeem(shape, call, onFailure) {
  const { body } = call;
  const grant = grants.get(body.code);
  grants.delete(body.code);
  const verifier = createHash('sha256').update(body.code_verifier ?? '').digest('base64url');
  const good = grant?.shape === shape && body.grant_type === 'authorization_code'
    && body.redirect_uri === grant.redirectUri && (!grant.challenge || verifier === grant.challenge);
  want(good && !broken.delete(shape), 'the code is not valid', onFailure.status, onFailure.body);
}

const facebookError = (message, code) => ({ error: { message, type: 'OAuthException', code } });
const tiktokError = (code, message) => ({ data: {}, error: { code, message, log_id: 'x' } });

const routes = {
  'GET /v23.0/dialog/oauth': (call) => authorize('facebook', call, { separator: ',' }),
  'POST /v23.0/oauth/access_token': (call) => {
    wantPost(call);
    redeem('facebook', call, { status: 400, body: facebookError('This authorization code has been used.', 100) });
    return { json: { access_token: issue('facebook', 'short'), token_type: 'bearer', expires_in: 5000 } };
  },
  'GET /v23.0/oauth/access_token': ({ query }) => {
    want(query.grant_type === 'fb_exchange_token' && query.client_id === clientId
      && query.client_secret === secret && tokens.get(query.fb_exchange_token) === 'facebook',
    'not an exchange of a token', 400, facebookError('Invalid', 190));
    return { json: { access_token: issue('facebook', 'long'), token_type: 'bearer', expires_in: 5183944 } };
  },
  'GET /v23.0/me': (call) => {
    takeToken('facebook', call);
    return { json: { name: 'nike', id: '17841400000000001' } };
  },
  'GET /v23.0/me/accounts': (call) => {
    takeToken('facebook', call);
    const page = (id, name) => ({ access_token: issue('facebook', `page-${id}`), category: 'Shop', name, id, username: name });
    return { json: { data: [page('101', 'puma'), page('102', 'nike')], paging: { cursors: {} } } };
  },
  'DELETE /v23.0/me/permissions': (call) => {
    tokens.delete(takeToken('facebook', call));
    return { json: { success: true } };
  },

  'GET /v2/auth/authorize/': (call) => {
    want(!('client_id' in call.query), 'client_id is called client_key here');
    return authorize('tiktok', call, { idName: 'client_key', separator: ',' });
  },
  'POST /v2/oauth/token/': (call) => {
    wantPost(call, 'client_key');
    redeem('tiktok', call, { status: 200, body: { error: 'invalid_grant', error_description: 'Authorization code is expired.', log_id: 'x' } });
    return { json: {
      access_token: issue('tiktok', 'access'), expires_in: 86400, open_id: '723f24d7',
      refresh_expires_in: 31536000, refresh_token: issue('tiktok', 'refresh'),
      scope: 'user.info.basic,video.list', token_type: 'Bearer',
    } };
  },
  'GET /v2/user/info/': (call) => {
    want(call.query.fields?.includes('username'), 'fields', 200, tiktokError('invalid_params', 'Fields are missing'));
    takeToken('tiktok', call);
    return { json: { data: { user: { open_id: '723f24d7', username: 'nike', display_name: 'Nike' } }, error: { code: 'ok', message: '', log_id: 'x' } } };
  },
  'POST /v2/oauth/revoke/': (call) => {
    wantPost(call, 'client_key');
    want(tokens.delete(call.body.token), 'no such token');
    return { json: {} };
  },

  'GET /oauth/v2/authorize': (call) => authorize('slack', call, { scopeName: 'user_scope', separator: ',' }),
  'POST /api/oauth.v2.access': (call) => {
    wantBasic(call);
    redeem('slack', call, { status: 200, body: { ok: false, error: 'invalid_code' } });
    return { json: {
      ok: true, app_id: 'A0', team: { id: 'T0', name: 'Nike' },
      authed_user: { id: 'U0', scope: 'users:read', access_token: issue('slack', 'user'), token_type: 'user' },
    } };
  },
  'POST /api/auth.test': (call) => {
    takeToken('slack', call);
    return { json: { ok: true, url: 'https://nike.slack.com/', team: 'Nike', user: 'nike', team_id: 'T0', user_id: 'U0' } };
  },
  'POST /api/auth.revoke': (call) => {
    tokens.delete(takeToken('slack', call));
    return { json: { ok: true, revoked: true } };
  },

  'GET /login/oauth/authorize': (call) => authorize('github', call, { separator: ' ', pkce: true }),
  'POST /login/oauth/access_token': (call) => {
    wantPost(call);
    want(call.headers.accept === 'application/json', 'the answer would not be JSON');
    redeem('github', call, { status: 200, body: { error: 'bad_verification_code', error_description: 'The code passed is incorrect or expired.' } });
    return { json: { access_token: issue('github', 'gho'), scope: 'read:user', token_type: 'bearer' } };
  },
  'GET /user': (call) => {
    want(call.headers['user-agent'], 'a User-Agent is required', 403);
    takeToken('github', call);
    return { raw: '{"login":"nike","id":9007199254740993,"name":"Nike"}' };
  },
  [`DELETE /applications/${clientId}/token`]: (call) => {
    wantBasic(call);
    want(tokens.delete(call.body.access_token), 'no such token', 404);
    return { status: 204 };
  },

  'GET /i/oauth2/authorize': (call) => authorize('x', call, { separator: ' ', pkce: true }),
  'POST /2/oauth2/token': (call) => {
    wantBasic(call);
    redeem('x', call, { status: 400, body: { error: 'invalid_request', error_description: 'Value passed for the authorization code was invalid.' } });
    return { json: {
      token_type: 'bearer', expires_in: 7200, access_token: issue('x', 'access'),
      scope: 'users.read tweet.read offline.access', refresh_token: issue('x', 'refresh'),
    } };
  },
  'GET /2/users/me': (call) => {
    takeToken('x', call);
    return { json: { data: { id: '2244994945', name: 'Nike', username: 'Nike' } } };
  },
  'POST /2/oauth2/revoke': (call) => {
    wantBasic(call);
    want(tokens.delete(call.body.token), 'no such token');
    return { json: { revoked: true } };
  },

  'GET /v1/oauth/authorize': (call) => {
    want(call.query.owner === 'user', 'owner=user is missing');
    return authorize('notion', call, {});
  },
  'POST /v1/oauth/token': (call) => {
    wantBasic(call);
    want(call.headers['content-type'] === 'application/json', 'the body is not JSON');
    redeem('notion', call, { status: 400, body: { error: 'invalid_grant' } });
    return { json: {
      access_token: issue('notion', 'secret'), token_type: 'bearer', bot_id: 'b3a0', workspace_id: 'w0',
      workspace_name: 'Nike', owner: { type: 'user', user: { object: 'user', id: 'u0', name: 'Nike', person: { email: 'nike@example.com' } } },
    } };
  },
  'POST /v1/oauth/revoke': (call) => {
    wantBasic(call);
    want(tokens.delete(call.body.token), 'no such token');
    return { json: { request_id: 'x' } };
  },
};

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  if (request.headers['content-type'] === 'application/json') return JSON.parse(text);
  return Object.fromEntries(new URLSearchParams(text));
}

async function answer(request) {
  const url = new URL(request.url, 'http://shaped');
  if (url.pathname === '/_seen') return { raw: JSON.stringify(seen) };
  if (url.pathname.startsWith('/_break/')) {
    broken.add(url.pathname.slice('/_break/'.length));
    return { status: 204 };
  }
  const route = `${request.method} ${url.pathname}`;
  seen.push(route);
  want(routes[route], `there is no ${route}`, 404);
  return routes[route]({
    query: Object.fromEntries(url.searchParams), headers: request.headers, body: await bodyOf(request),
  });
}

const server = createServer(async (request, response) => {
  let out;
  try {
    out = await answer(request);
  } catch (error) {
    process.stderr.write(`${request.method} ${request.url.split('?')[0]}: ${error.message}\n`);
    out = { status: error.status ?? 500, json: error.body ?? { error: error.message } };
  }
  response.writeHead(out.status ?? 200, { 'Content-Type': 'application/json', ...out.headers });
  response.end(out.raw ?? (out.json && JSON.stringify(out.json)));
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
});
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});

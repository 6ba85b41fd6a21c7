// What the providers' own documentation says that a client sends, and what they answer: written from
// there, and not from conf.d/providers, so that a mistake of a preset is not made twice. Each `docs` is
// where it stands; answers are the documented examples, for an account that approves as `handle`, and grants `scopes`.
//
// Of each request: `call`; what authenticates the client (`client`: basic, post, id, none; `names` where
// its fields are called otherwise) or carries the token (`token`: bearer, query, or a header's name); `as`:
// form, json or query; `params`: what it has besides, or instead, of the standards' parameters, and
// `without`: which of those it has not. A value begins with $ for what is known by then ($id, $secret,
// $redirect, $access, $refresh), * is anything, ? is anything or nothing. In answers $access and $refresh
// are new tokens, and "#1" is a number that a double does not hold. `refusal` and `dead`: status and answer
// where a code is not valid, or a refresh token no longer is.

const oauth = (token, more) => ({ access_token: '$access', token_type: 'bearer', ...more, ...token });

// The token endpoint's two grants, where both are asked for alike and answered alike.
const grants = (call, client, answer, more, dead) => ({
  token: { call, client, answer, ...more },
  refresh: { call, client, answer, ...more, dead },
});

const google = {
  authorize: {
    call: 'GET https://accounts.google.com/o/oauth2/v2/auth', scope: ' ', pkce: true,
    params: { access_type: 'offline', prompt: '*', nonce: '?' },
  },
  token: {
    call: 'POST https://oauth2.googleapis.com/token', client: 'post',
    answer: oauth({ expires_in: 3920, token_type: 'Bearer', scope: 'openid', refresh_token: '$refresh', id_token: '$id_token' }),
  },
  refresh: { call: 'POST https://oauth2.googleapis.com/token', client: 'post', answer: oauth({ expires_in: 3920, token_type: 'Bearer', scope: 'openid' }) },
  revoke: { call: 'POST https://oauth2.googleapis.com/revoke', client: 'none', params: { token: '*' }, without: ['token_type_hint'], answer: {} },
};

const meta = (version) => ({
  authorize: { call: `GET https://www.facebook.com/${version}/dialog/oauth`, scope: ',', params: { auth_type: '?' } },
  token: {
    call: `POST https://graph.facebook.com/${version}/oauth/access_token`, client: 'post',
    params: { grant_type: '?' }, answer: oauth({ expires_in: 5183944 }),
  },
  upgrade: {
    call: `GET https://graph.facebook.com/${version}/oauth/access_token`, client: 'post',
    params: { grant_type: 'fb_exchange_token', fb_exchange_token: '$access' }, answer: oauth({ expires_in: 5183944 }),
  },
  revoke: { call: `DELETE https://graph.facebook.com/${version}/me/permissions`, token: 'bearer', answer: true },
});

export const shapes = {
  asana: {
    docs: 'https://developers.asana.com/docs/oauth', handle: 'nike@example.com', id: '4673218951',
    authorize: { call: 'GET https://app.asana.com/-/oauth_authorize', scope: ' ', pkce: true },
    ...grants('POST https://app.asana.com/-/oauth_token', 'post', oauth({
      expires_in: 3600, refresh_token: '$refresh', data: { id: 4673218951, gid: '4673218951', name: 'Nike', email: 'nike@example.com' },
    })),
    identity: {
      call: 'GET https://app.asana.com/api/1.0/users/me', token: 'bearer', params: { opt_fields: '?' },
      answer: { data: { gid: '4673218951', resource_type: 'user', name: 'Nike', email: 'nike@example.com', photo: null } },
    },
    revoke: { call: 'POST https://app.asana.com/-/oauth_revoke', client: 'post', params: { token: '$refresh' }, answer: {} },
  },
  atlassian: {
    docs: 'https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/', handle: 'nike@example.com', id: '5b10a2844c20165700ede21g',
    authorize: { call: 'GET https://auth.atlassian.com/authorize', scope: ' ', params: { audience: 'api.atlassian.com', prompt: 'consent' } },
    ...grants('POST https://auth.atlassian.com/oauth/token', 'post', { access_token: '$access', refresh_token: '$refresh', expires_in: 3600, scope: 'read:me' }, { as: 'json', rotates: true },
      [403, { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' }]),
    identity: {
      call: 'GET https://api.atlassian.com/me', token: 'bearer',
      answer: { account_type: 'atlassian', account_id: '5b10a2844c20165700ede21g', email: 'nike@example.com', name: 'Nike', nickname: 'nike', account_status: 'active' },
    },
  },
  bitbucket: {
    docs: 'https://developer.atlassian.com/cloud/bitbucket/oauth-2/', handle: 'nike', id: '{a54f16da-24e9-4d7f-a3a7-b1ba2cd98aa3}', scopes: ['account'],
    authorize: { call: 'GET https://bitbucket.org/site/oauth2/authorize', scope: ' ' },
    ...grants('POST https://bitbucket.org/site/oauth2/access_token', 'basic', oauth({ scope: 'account', expires_in: 7200, refresh_token: '$refresh', token_type: 'bearer' }), { rotates: true },
      [400, { error: 'invalid_request', error_description: 'Invalid refresh_token' }]), // not documented, but reported
    identity: {
      call: 'GET https://api.bitbucket.org/2.0/user', token: 'bearer',
      answer: { type: 'user', uuid: '{a54f16da-24e9-4d7f-a3a7-b1ba2cd98aa3}', username: 'nike', nickname: 'nike', display_name: 'Nike', account_id: '557058:x', links: {} },
    },
  },
  box: {
    docs: 'https://developer.box.com/reference/post-oauth2-token/', handle: 'nike@example.com', id: '11446498',
    authorize: { call: 'GET https://account.box.com/api/oauth2/authorize' },
    ...grants('POST https://api.box.com/oauth2/token', 'post', oauth({ expires_in: 3600, restricted_to: [], refresh_token: '$refresh' }), { rotates: true, params: { redirect_uri: '?' } }),
    identity: { call: 'GET https://api.box.com/2.0/users/me', token: 'bearer', answer: { id: '11446498', type: 'user', name: 'Nike', login: 'nike@example.com' } },
    revoke: { call: 'POST https://api.box.com/oauth2/revoke', client: 'post', params: { token: '*' }, answer: {} },
  },
  discord: {
    docs: 'https://discord.com/developers/docs/topics/oauth2', handle: 'nike', id: '80351110224678912',
    authorize: { call: 'GET https://discord.com/oauth2/authorize', scope: ' ', pkce: true, params: { prompt: '?' } }, // PKCE: its OpenID metadata
    ...grants('POST https://discord.com/api/oauth2/token', 'basic', oauth({ token_type: 'Bearer', expires_in: 604800, refresh_token: '$refresh', scope: 'identify' }), { rotates: true }),
    identity: {
      call: 'GET https://discord.com/api/v10/users/@me', token: 'bearer',
      answer: { id: '80351110224678912', username: 'nike', discriminator: '0', global_name: 'Nike', avatar: '8342729096ea3675442027381ff50dfe' },
    },
    revoke: { call: 'POST https://discord.com/api/oauth2/token/revoke', client: 'basic', params: { token: '*' }, answer: {} },
  },
  dropbox: {
    docs: 'https://www.dropbox.com/developers/documentation/http/documentation', handle: 'nike@example.com', id: 'dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc',
    authorize: { call: 'GET https://www.dropbox.com/oauth2/authorize', scope: ' ', pkce: true, params: { token_access_type: 'offline' } },
    token: {
      call: 'POST https://api.dropboxapi.com/oauth2/token', client: 'post',
      answer: oauth({ expires_in: 14400, scope: 'account_info.read', uid: '12345', account_id: 'dbid:x', refresh_token: '$refresh' }),
    },
    refresh: { call: 'POST https://api.dropboxapi.com/oauth2/token', client: 'post', answer: oauth({ expires_in: 14400 }) },
    identity: {
      call: 'POST https://api.dropboxapi.com/2/users/get_current_account', token: 'bearer', as: 'nothing',
      answer: { account_id: 'dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc', name: { display_name: 'Nike' }, email: 'nike@example.com', email_verified: true },
    },
    revoke: { call: 'POST https://api.dropboxapi.com/2/auth/token/revoke', token: 'bearer', as: 'nothing', without: ['token', 'token_type_hint'], answer: null },
  },
  facebook: {
    docs: 'https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow', handle: 'Nike', id: '#17841400000000001', scopes: [],
    ...meta('v23.0'),
    identity: { call: 'GET https://graph.facebook.com/v23.0/me', token: 'bearer', params: { fields: '*' }, answer: { name: 'Nike', id: '17841400000000001' } },
  },
  'facebook-page': {
    docs: 'https://developers.facebook.com/docs/pages-api/manage-pages', handle: 'nike', id: '102',
    ...meta('v23.0'), revoke: undefined, // permissions are the person's
    identity: {
      call: 'GET https://graph.facebook.com/v23.0/me/accounts', token: 'bearer', params: { fields: '*', limit: '?' },
      answer: { data: [
        { access_token: '$access', category: 'Shop', name: 'puma', id: '101', username: 'puma' },
        { access_token: '$access', category: 'Shop', name: 'nike', id: '102', username: 'nike' },
      ], paging: { cursors: {} } },
    },
  },
  figma: {
    docs: 'https://developers.figma.com/docs/rest-api/authentication/', handle: 'nike@example.com', id: '1234567890',
    authorize: { call: 'GET https://www.figma.com/oauth', scope: ' ' },
    token: { call: 'POST https://api.figma.com/v1/oauth/token', client: 'basic', answer: oauth({ user_id: 1234567890, user_id_string: '1234567890', expires_in: 7776000, refresh_token: '$refresh' }) },
    refresh: { call: 'POST https://api.figma.com/v1/oauth/refresh', client: 'basic', without: ['grant_type'], answer: oauth({ expires_in: 7776000 }) },
    identity: { call: 'GET https://api.figma.com/v1/me', token: 'bearer', answer: { id: '1234567890', email: 'nike@example.com', handle: 'Nike', img_url: 'https://www.gravatar.com/avatar/x' } },
  },
  github: {
    docs: 'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps', handle: 'nike', id: '#9007199254740993', scopes: [],
    authorize: { call: 'GET https://github.com/login/oauth/authorize', scope: ' ', pkce: true, params: { prompt: '?', allow_signup: '?' } },
    token: {
      call: 'POST https://github.com/login/oauth/access_token', client: 'post', headers: { accept: 'application/json' }, params: { grant_type: '?' },
      answer: oauth({ expires_in: 28800, refresh_token: '$refresh', refresh_token_expires_in: 15897600, scope: '' }), refusal: [200, { error: 'bad_verification_code', error_description: 'The code passed is incorrect or expired.' }, /bad_verification_code|incorrect or expired/],
    },
    refresh: { // of a GitHub app
      call: 'POST https://github.com/login/oauth/access_token', client: 'post', rotates: true,
      answer: oauth({ expires_in: 28800, refresh_token: '$refresh', refresh_token_expires_in: 15897600, scope: '' }),
    },
    identity: { call: 'GET https://api.github.com/user', token: 'bearer', headers: { 'user-agent': '*' }, answer: { login: 'nike', id: '#9007199254740993', name: 'Nike' } },
    revoke: { call: 'DELETE https://api.github.com/applications/$id/token', client: 'basic', as: 'json', params: { access_token: '$access' }, without: ['token', 'token_type_hint'], answer: null, status: 204 },
  },
  gitlab: {
    docs: 'https://docs.gitlab.com/api/oauth2/', handle: 'nike', id: '1',
    authorize: { call: 'GET https://gitlab.com/oauth/authorize', scope: ' ', pkce: true },
    ...grants('POST https://gitlab.com/oauth/token', 'post', oauth({ expires_in: 7200, refresh_token: '$refresh', created_at: 1607635748 }), { rotates: true, params: { redirect_uri: '*' } }),
    identity: { call: 'GET https://gitlab.com/api/v4/user', token: 'bearer', answer: { id: 1, username: 'nike', name: 'Nike', state: 'active', avatar_url: null } },
    revoke: { call: 'POST https://gitlab.com/oauth/revoke', client: 'post', params: { token: '*' }, answer: {} },
  },
  google: {
    docs: 'https://developers.google.com/identity/protocols/oauth2/web-server', handle: 'nike@example.com', id: '10769150350006150715113082367', ...google,
    idToken: { iss: 'https://accounts.google.com', jwks: 'GET https://www.googleapis.com/oauth2/v3/certs', sub: '10769150350006150715113082367' },
    identity: {
      call: 'GET https://openidconnect.googleapis.com/v1/userinfo', token: 'bearer',
      answer: { sub: '10769150350006150715113082367', name: 'Nike', email: 'nike@example.com', email_verified: true },
    },
  },
  hubspot: {
    docs: 'https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens', handle: 'nike.example.com', id: '1234567',
    authorize: { call: 'GET https://app.hubspot.com/oauth/authorize', scope: ' ', params: { response_type: '?' } },
    ...grants('POST https://api.hubapi.com/oauth/2026-03/token', 'post', oauth({ refresh_token: '$refresh', expires_in: 1800 }), {},
      [400, { status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token', error: 'invalid_grant' }]),
    identity: {
      call: 'POST https://api.hubapi.com/oauth/2026-03/token/introspect', client: 'post', params: { token: '$access', token_type_hint: 'access_token' },
      answer: { active: true, token_use: 'access_token', hub_id: 1234567, hub_domain: 'nike.example.com', user: 'nike@example.com', user_id: 1 },
    },
    revoke: { call: 'POST https://api.hubapi.com/oauth/2026-03/token/revoke', client: 'post', params: { token: '$refresh' }, answer: {} },
  },
  linkedin: {
    docs: 'https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow', handle: 'nike@example.com', id: '782bbtaQ', scopes: ['openid', 'profile', 'email'],
    authorize: { call: 'GET https://www.linkedin.com/oauth/v2/authorization', scope: ' ', params: { nonce: '?', prompt: '?' } },
    token: { call: 'POST https://www.linkedin.com/oauth/v2/accessToken', client: 'post', answer: { access_token: '$access', expires_in: 5184000, refresh_token: '$refresh', refresh_token_expires_in: 31536000, scope: 'openid,profile,email', id_token: '$id_token' } },
    refresh: { // of a partner's app
      call: 'POST https://www.linkedin.com/oauth/v2/accessToken', client: 'post',
      answer: { access_token: '$access', expires_in: 5184000, refresh_token: '$refresh', refresh_token_expires_in: 31535900 },
      dead: [400, { error: 'invalid_request', error_description: 'The provided authorization grant or refresh token is invalid, expired or revoked' }],
    },
    idToken: { iss: 'https://www.linkedin.com/oauth', jwks: 'GET https://www.linkedin.com/oauth/openid/jwks', sub: '782bbtaQ' },
    identity: {
      call: 'GET https://api.linkedin.com/v2/userinfo', token: 'bearer',
      answer: { sub: '782bbtaQ', name: 'Nike', given_name: 'Ni', family_name: 'Ke', locale: 'en-US', email: 'nike@example.com', email_verified: true },
    },
  },
  mailchimp: {
    docs: 'https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/', handle: 'nike', id: '15',
    authorize: { call: 'GET https://login.mailchimp.com/oauth2/authorize' },
    token: { call: 'POST https://login.mailchimp.com/oauth2/token', client: 'post', answer: { access_token: '$access', expires_in: 0, scope: null } },
    identity: {
      call: 'GET https://login.mailchimp.com/oauth2/metadata', token: 'OAuth',
      answer: { dc: 'us6', role: 'owner', accountname: 'Nike', user_id: 15, login: { email: 'nike@example.com', login_id: 15, login_name: 'nike', login_email: 'nike@example.com' }, api_endpoint: 'https://us6.api.mailchimp.com' },
    },
  },
  mastodon: {
    docs: 'https://docs.joinmastodon.org/methods/oauth/', handle: 'nike', id: '14715', tenant: 'mastodon.example', account: 'nike@mastodon.example',
    authorize: { call: 'GET https://mastodon.example/oauth/authorize', scope: ' ', pkce: true, params: { force_login: '?' } },
    token: { call: 'POST https://mastodon.example/oauth/token', client: 'post', answer: oauth({ token_type: 'Bearer', scope: 'read:accounts', created_at: 1573979017 }) },
    identity: {
      call: 'GET https://mastodon.example/api/v1/accounts/verify_credentials', token: 'bearer',
      answer: { id: '14715', username: 'nike', acct: 'nike', display_name: 'Nike', avatar: 'https://files.mastodon.example/a.png' },
    },
    revoke: { call: 'POST https://mastodon.example/oauth/revoke', client: 'post', params: { token: '$access' }, answer: {} },
  },
  microsoft: {
    docs: 'https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow', handle: 'nike@example.com', id: '87d349ed-44d7-43e1-9a83-5f2406dee5bd',
    authorize: { call: 'GET https://login.microsoftonline.com/common/oauth2/v2.0/authorize', scope: ' ', pkce: true, params: { response_mode: '?', prompt: '?' } },
    ...grants('POST https://login.microsoftonline.com/common/oauth2/v2.0/token', 'post', oauth({ token_type: 'Bearer', expires_in: 3599, scope: 'User.Read', refresh_token: '$refresh' }), { params: { scope: '?' } }),
    identity: {
      call: 'GET https://graph.microsoft.com/v1.0/me', token: 'bearer', params: { $select: '?' },
      answer: { id: '87d349ed-44d7-43e1-9a83-5f2406dee5bd', displayName: 'Nike', userPrincipalName: 'nike@example.com', mail: 'nike@example.com' },
    },
  },
  notion: {
    docs: 'https://developers.notion.com/docs/authorization', handle: 'nike@example.com', id: 'b3a0',
    authorize: { call: 'GET https://api.notion.com/v1/oauth/authorize', params: { owner: 'user' } },
    ...grants('POST https://api.notion.com/v1/oauth/token', 'basic', oauth({
      refresh_token: '$refresh', bot_id: 'b3a0', workspace_id: 'w0', workspace_name: 'Nike', workspace_icon: null,
      owner: { type: 'user', user: { object: 'user', id: 'u0', name: 'Nike', type: 'person', person: { email: 'nike@example.com' } } },
    }), { as: 'json' }),
    revoke: { call: 'POST https://api.notion.com/v1/oauth/revoke', client: 'basic', as: 'json', params: { token: '$access' }, answer: { request_id: 'x' } },
  },
  pinterest: {
    docs: 'https://developers.pinterest.com/docs/api/v5/oauth-token', handle: 'nike', id: '2783136121146311751',
    authorize: { call: 'GET https://www.pinterest.com/oauth/', scope: ',' },
    token: {
      call: 'POST https://api.pinterest.com/v5/oauth/token', client: 'basic', params: { continuous_refresh: '?' },
      answer: oauth({ response_type: 'authorization_code', expires_in: 2592000, refresh_token: '$refresh', refresh_token_expires_in: 31536000, scope: 'user_accounts:read' }),
    },
    refresh: { call: 'POST https://api.pinterest.com/v5/oauth/token', client: 'basic', params: { scope: '?' }, answer: oauth({ response_type: 'refresh_token', expires_in: 2592000, refresh_token: '$refresh', refresh_token_expires_in: 5184000, scope: 'user_accounts:read' }),
      dead: [401, { code: 283, message: 'The authorization grant is invalid' }] }, // not documented, but reported
    identity: { call: 'GET https://api.pinterest.com/v5/user_account', token: 'bearer', answer: { account_type: 'BUSINESS', id: '2783136121146311751', username: 'nike', business_name: 'Nike' } },
  },
  reddit: {
    docs: 'https://github.com/reddit-archive/reddit/wiki/OAuth2', handle: 'nike', id: 'abc12',
    authorize: { call: 'GET https://www.reddit.com/api/v1/authorize', scope: ' ', params: { duration: 'permanent' } },
    token: {
      call: 'POST https://www.reddit.com/api/v1/access_token', client: 'basic', headers: { 'user-agent': '*' },
      answer: oauth({ expires_in: 3600, scope: 'identity', refresh_token: '$refresh' }),
    },
    refresh: {
      call: 'POST https://www.reddit.com/api/v1/access_token', client: 'basic', answer: oauth({ expires_in: 3600, scope: 'identity' }),
      dead: [400, { message: 'Bad Request', error: 400 }], // not documented, but what PostHog is answered
    },
    identity: { call: 'GET https://oauth.reddit.com/api/v1/me', token: 'bearer', headers: { 'user-agent': '*' }, params: { raw_json: '?' }, answer: { id: 'abc12', name: 'nike', icon_img: '' } },
    revoke: { call: 'POST https://www.reddit.com/api/v1/revoke_token', client: 'basic', params: { token: '*' }, answer: null, status: 204 },
  },
  salesforce: {
    docs: 'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_web_server_flow.htm', handle: 'nike@example.com', id: '005x00000012Q9P',
    trusted: ['na1.salesforce.com'],
    authorize: { call: 'GET https://login.salesforce.com/services/oauth2/authorize', scope: ' ', pkce: true, params: { prompt: '?' } },
    ...grants('POST https://login.salesforce.com/services/oauth2/token', 'post', oauth({
      token_type: 'Bearer', refresh_token: '$refresh', signature: 'x', scope: 'id', instance_url: 'https://na1.salesforce.com',
      id: 'https://login.salesforce.com/id/00Dx0000000BV7z/005x00000012Q9P', issued_at: '1278448101416',
    })),
    identity: {
      call: 'GET https://na1.salesforce.com/services/oauth2/userinfo', token: 'bearer',
      answer: { sub: 'https://login.salesforce.com/id/00Dx0000000BV7z/005x00000012Q9P', user_id: '005x00000012Q9P', organization_id: '00Dx0000000BV7z', preferred_username: 'nike@example.com', nickname: 'nike', name: 'Nike', email: 'nike@example.com' },
    },
    revoke: { call: 'POST https://login.salesforce.com/services/oauth2/revoke', client: 'none', params: { token: '*' }, answer: {} },
  },
  shopify: {
    docs: 'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant', handle: 'my-shop.myshopify.com', id: 'gid://shopify/Shop/548380009', tenant: 'my-shop', account: 'my-shop',
    authorize: { call: 'GET https://my-shop.myshopify.com/admin/oauth/authorize', params: { response_type: '?', scope: '?' } }, // the app's configuration may have the scopes
    token: {
      call: 'POST https://my-shop.myshopify.com/admin/oauth/access_token', client: 'post', params: { expiring: '1', grant_type: '?', redirect_uri: '?' },
      answer: { access_token: '$access', expires_in: 3600, refresh_token: '$refresh', refresh_token_expires_in: 7776000, scope: 'read_products' },
    },
    refresh: {
      call: 'POST https://my-shop.myshopify.com/admin/oauth/access_token', client: 'post', rotates: true,
      answer: { access_token: '$access', expires_in: 3600, refresh_token: '$refresh', refresh_token_expires_in: 7776000, scope: 'read_products' },
    },
    identity: {
      call: 'POST https://my-shop.myshopify.com/admin/api/*/graphql.json', token: 'X-Shopify-Access-Token', as: 'json', params: { query: '*' },
      answer: { data: { shop: { id: 'gid://shopify/Shop/548380009', name: 'Nike', myshopifyDomain: 'my-shop.myshopify.com' } }, extensions: { cost: {} } },
    },
    // The documented way out uninstalls the app for all of the shop, for good: nothing to do by itself.
  },
  slack: {
    docs: 'https://docs.slack.dev/authentication/installing-with-oauth', handle: 'nike', id: 'U0', scopes: ['users:read'],
    authorize: { call: 'GET https://slack.com/oauth/v2/authorize', scope: ',', names: { scope: 'user_scope' }, params: { team: '?', response_type: '?' } },
    token: {
      call: 'POST https://slack.com/api/oauth.v2.access', client: 'basic', params: { grant_type: '?' },
      answer: { ok: true, app_id: 'A0', team: { id: 'T0', name: 'Nike' }, authed_user: { id: 'U0', scope: 'users:read', access_token: '$access', token_type: 'user', expires_in: 43200, refresh_token: '$refresh' }, enterprise: null },
      refusal: [200, { ok: false, error: 'invalid_code' }, /invalid_code/],
    },
    refresh: { // of an app with token rotation
      call: 'POST https://slack.com/api/oauth.v2.access', client: 'basic', rotates: true,
      answer: { ok: true, access_token: '$access', expires_in: 43200, refresh_token: '$refresh', token_type: 'user', app_id: 'A0', team: { id: 'T0' } },
      dead: [200, { ok: false, error: 'invalid_refresh_token' }],
    },
    identity: { call: 'POST https://slack.com/api/auth.test', token: 'bearer', as: 'nothing', answer: { ok: true, url: 'https://nike.slack.com/', team: 'Nike', user: 'nike', team_id: 'T0', user_id: 'U0' } },
    revoke: { call: 'POST https://slack.com/api/auth.revoke', token: 'bearer', as: 'nothing', without: ['token', 'token_type_hint'], answer: { ok: true, revoked: true } },
  },
  snapchat: {
    docs: 'https://developers.snap.com/api/marketing-api/Ads-API/authentication', handle: 'nike@example.com', id: '2f5dd7f6-fcd1-4324-8455-1ea4d96caaaa',
    authorize: { call: 'GET https://accounts.snapchat.com/login/oauth2/authorize', scope: ' ' },
    ...grants('POST https://accounts.snapchat.com/login/oauth2/access_token', 'post', oauth({ token_type: 'Bearer', expires_in: 1800, refresh_token: '$refresh', scope: 'snapchat-marketing-api' })),
    identity: {
      call: 'GET https://adsapi.snapchat.com/v1/me', token: 'bearer',
      answer: { request_status: 'SUCCESS', request_id: 'x', me: { id: '2f5dd7f6-fcd1-4324-8455-1ea4d96caaaa', email: 'nike@example.com', organization_id: 'o', display_name: 'Nike' } },
    },
  },
  spotify: {
    docs: 'https://developer.spotify.com/documentation/web-api/tutorials/code-flow', handle: 'nike', id: 'nike',
    authorize: { call: 'GET https://accounts.spotify.com/authorize', scope: ' ', params: { show_dialog: '?' } },
    token: { call: 'POST https://accounts.spotify.com/api/token', client: 'basic', answer: oauth({ token_type: 'Bearer', scope: 'user-read-private', expires_in: 3600, refresh_token: '$refresh' }) },
    refresh: { call: 'POST https://accounts.spotify.com/api/token', client: 'basic', answer: oauth({ token_type: 'Bearer', scope: 'user-read-private', expires_in: 3600 }) },
    identity: { call: 'GET https://api.spotify.com/v1/me', token: 'bearer', answer: { country: 'SE', display_name: 'Nike', id: 'nike', images: [], type: 'user', uri: 'spotify:user:nike' } },
  },
  strava: {
    docs: 'https://developers.strava.com/docs/authentication/', handle: 'nike', id: '134815',
    authorize: { call: 'GET https://www.strava.com/oauth/authorize', scope: ',', params: { approval_prompt: '?' } },
    token: {
      call: 'POST https://www.strava.com/api/v3/oauth/token', client: 'post', params: { redirect_uri: '?' },
      answer: { token_type: 'Bearer', expires_at: Math.floor(Date.now() / 1000) + 21600, expires_in: 21600, refresh_token: '$refresh', access_token: '$access', athlete: { id: 134815, username: 'nike', firstname: 'Ni', lastname: 'Ke' } },
    },
    refresh: {
      call: 'POST https://www.strava.com/api/v3/oauth/token', client: 'post', rotates: true,
      answer: { token_type: 'Bearer', access_token: '$access', expires_at: Math.floor(Date.now() / 1000) + 21600, expires_in: 21600, refresh_token: '$refresh' },
      dead: [400, { message: 'Bad Request', errors: [{ resource: 'RefreshToken', field: 'refresh_token', code: 'invalid' }] }], // not documented, but reported
    },
    identity: { call: 'GET https://www.strava.com/api/v3/athlete', token: 'bearer', answer: { id: 134815, username: 'nike', firstname: 'Ni', lastname: 'Ke', profile: 'https://xxxxx.cloudfront.net/pictures/large.jpg' } },
    revoke: { call: 'POST https://www.strava.com/oauth/revoke', client: 'basic', answer: {} }, // deauthorize ends in June 2027
  },
  threads: {
    docs: 'https://developers.facebook.com/docs/threads/get-started/get-access-tokens-and-permissions', handle: 'nike', id: '#17841405793187218',
    authorize: { call: 'GET https://threads.*/oauth/authorize', scope: ',' },
    token: { call: 'POST https://graph.threads.net/oauth/access_token', client: 'post', answer: { access_token: '$access', user_id: '#17841405793187218' } },
    upgrade: {
      call: 'GET https://graph.threads.net/access_token', client: 'none', token: 'query',
      params: { grant_type: 'th_exchange_token', client_secret: '$secret' }, answer: oauth({ expires_in: 5183944 }),
    },
    refresh: { call: 'GET https://graph.threads.net/refresh_access_token', token: 'query', params: { grant_type: 'th_refresh_token' }, without: ['refresh_token'], answer: oauth({ expires_in: 5183944 }) },
    identity: { call: 'GET https://graph.threads.net/v1.0/me', token: 'query', params: { fields: '*' }, answer: { id: '17841405793187218', username: 'nike', name: 'Nike' } },
  },
  tiktok: {
    docs: 'https://developers.tiktok.com/doc/oauth-user-access-token-management', handle: 'nike', id: '723f24d7',
    authorize: { call: 'GET https://www.tiktok.com/v2/auth/authorize/', scope: ',', names: { client_id: 'client_key' }, params: { disable_auto_auth: '?' } },
    ...grants('POST https://open.tiktokapis.com/v2/oauth/token/', 'post', {
      access_token: '$access', expires_in: 86400, open_id: '723f24d7', refresh_expires_in: 31536000, refresh_token: '$refresh', scope: 'user.info.basic', token_type: 'Bearer',
    }, { names: { client_id: 'client_key' }, rotates: true, refusal: [200, { error: 'invalid_grant', error_description: 'Authorization code is expired.', log_id: 'x' }, /code is expired|invalid_grant/] }),
    identity: {
      call: 'GET https://open.tiktokapis.com/v2/user/info/', token: 'bearer', params: { fields: '*' },
      answer: { data: { user: { open_id: '723f24d7', username: 'nike', display_name: 'Nike' } }, error: { code: 'ok', message: '', log_id: 'x' } },
    },
    revoke: { call: 'POST https://open.tiktokapis.com/v2/oauth/revoke/', client: 'post', names: { client_id: 'client_key' }, params: { token: '$access' }, answer: {} },
  },
  tumblr: {
    docs: 'https://www.tumblr.com/docs/en/api/v2', handle: 'nike', id: 't:x',
    authorize: { call: 'GET https://www.tumblr.com/oauth2/authorize', scope: ' ' },
    ...grants('POST https://api.tumblr.com/v2/oauth2/token', 'post', oauth({ expires_in: 2520, scope: 'basic offline_access', refresh_token: '$refresh' }), { rotates: true }),
    identity: {
      call: 'GET https://api.tumblr.com/v2/user/info', token: 'bearer',
      answer: { meta: { status: 200, msg: 'OK' }, response: { user: { name: 'nike', following: 1, likes: 1, blogs: [{ name: 'nike', uuid: 't:x', primary: true, title: 'Nike', url: 'https://nike.tumblr.com/' }] } } },
    },
  },
  twitch: {
    docs: 'https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/', handle: 'nike', id: '141981764', scopes: ['user:read:email'],
    authorize: { call: 'GET https://id.twitch.tv/oauth2/authorize', params: { scope: '?', force_verify: '?' } },
    ...grants('POST https://id.twitch.tv/oauth2/token', 'post', oauth({ expires_in: 14124, refresh_token: '$refresh', scope: ['user:read:email'] }), {},
      [400, { status: 400, message: 'Invalid refresh token' }]),
    identity: {
      call: 'GET https://api.twitch.tv/helix/users', token: 'bearer', headers: { 'client-id': '$id' },
      answer: { data: [{ id: '141981764', login: 'nike', display_name: 'Nike', type: '', profile_image_url: 'https://static-cdn.jtvnw.net/x.png' }] },
    },
    revoke: { call: 'POST https://id.twitch.tv/oauth2/revoke', client: 'id', params: { token: '*' }, answer: {} },
  },
  vimeo: {
    docs: 'https://developer.vimeo.com/api/authentication', handle: 'https://vimeo.com/nike', id: '/users/152184', account: 'nike',
    authorize: { call: 'GET https://api.vimeo.com/oauth/authorize', scope: ' ' },
    token: {
      call: 'POST https://api.vimeo.com/oauth/access_token', client: 'basic', headers: { accept: 'application/vnd.vimeo.*+json;version=3.4' },
      answer: oauth({ scope: 'public private', app: { name: 'x', uri: '/apps/1' }, user: { uri: '/users/152184', name: 'Nike', link: 'https://vimeo.com/nike' } }),
    },
    identity: {
      call: 'GET https://api.vimeo.com/me', token: 'bearer', headers: { accept: 'application/vnd.vimeo.*+json;version=3.4' }, params: { fields: '?' },
      answer: { uri: '/users/152184', name: 'Nike', link: 'https://vimeo.com/nike', pictures: { base_link: 'https://i.vimeocdn.com/x' } },
    },
    revoke: { call: 'DELETE https://api.vimeo.com/tokens', token: 'bearer', without: ['token', 'token_type_hint'], answer: null, status: 204 },
  },
  wordpress: {
    docs: 'https://developer.wordpress.com/docs/oauth2/', handle: 'nike', id: '5',
    authorize: { call: 'GET https://public-api.wordpress.com/oauth2/authorize', params: { scope: '?' } },
    token: { call: 'POST https://public-api.wordpress.com/oauth2/token', client: 'post', answer: { access_token: '$access', blog_id: '12', blog_url: 'https://nike.example', token_type: 'bearer' } },
    identity: { call: 'GET https://public-api.wordpress.com/rest/v1.1/me', token: 'bearer', params: { fields: '?' }, answer: { ID: 5, display_name: 'Nike', username: 'nike', email: 'nike@example.com', avatar_URL: 'https://x' } },
  },
  x: {
    docs: 'https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/authorization-code', handle: 'Nike', id: '2244994945',
    authorize: { call: 'GET https://x.com/i/oauth2/authorize', scope: ' ', pkce: true },
    ...grants('POST https://api.x.com/2/oauth2/token', 'basic', oauth({ expires_in: 7200, scope: 'users.read tweet.read offline.access', refresh_token: '$refresh' }), { rotates: true },
      [400, { error: 'invalid_request', error_description: 'Value passed for the token was invalid.' }]), // not documented, but reported
    identity: { call: 'GET https://api.x.com/2/users/me', token: 'bearer', params: { 'user.fields': '?' }, answer: { data: { id: '2244994945', name: 'Nike', username: 'Nike' } } },
    revoke: { call: 'POST https://api.x.com/2/oauth2/revoke', client: 'basic', params: { token: '*' }, answer: { revoked: true } },
  },
  youtube: {
    docs: 'https://developers.google.com/youtube/v3/guides/auth/server-side-web-apps', handle: '@nike', id: 'UC_x5XG1OV2P6uZZ5FSM9Ttw', ...google,
    identity: {
      call: 'GET https://www.googleapis.com/youtube/v3/channels', token: 'bearer', params: { part: '*', mine: 'true' },
      answer: { kind: 'youtube#channelListResponse', items: [{ id: 'UC_x5XG1OV2P6uZZ5FSM9Ttw', snippet: { title: 'Nike', customUrl: '@nike', thumbnails: {} } }] },
    },
  },
  zoom: {
    docs: 'https://developers.zoom.us/docs/integrations/oauth/', handle: 'nike@example.com', id: 'KDcuGIm1QgePTO8WbOqwIQ',
    authorize: { call: 'GET https://zoom.us/oauth/authorize', pkce: true },
    ...grants('POST https://zoom.us/oauth/token', 'basic', oauth({ refresh_token: '$refresh', expires_in: 3599, scope: 'user:read:user', api_url: 'https://api.zoom.us' }), { rotates: true }),
    identity: { call: 'GET https://api.zoom.us/v2/users/me', token: 'bearer', answer: { id: 'KDcuGIm1QgePTO8WbOqwIQ', first_name: 'Ni', last_name: 'Ke', display_name: 'Nike', email: 'nike@example.com', type: 2 } },
    revoke: { call: 'POST https://zoom.us/oauth/revoke', client: 'basic', params: { token: '*' }, answer: { status: 'success' } },
  },
};

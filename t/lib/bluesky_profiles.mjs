// What Bluesky says of accounts to everybody: the profile of any id, with the handle nike.bsky.social,
// and its posts in two pages. A token is nothing it should be shown.
//
// usage: node bluesky_profiles.mjs PORT

import { createServer } from 'node:http';

const [port] = process.argv.slice(2);
const origin = `http://127.0.0.1:${port}`;

const post = (did, number) => ({
  post: {
    uri: `at://${did}/app.bsky.feed.post/${number}`,
    author: { did, handle: 'nike.bsky.social' },
    record: { $type: 'app.bsky.feed.post', text: `Post ${number}`, createdAt: `2026-11-0${number}T10:00:00.000Z` },
  },
});

const methods = {
  'app.bsky.actor.getProfile': ({ actor }) => ({ did: actor, handle: 'nike.bsky.social', displayName: 'Nike' }),
  'app.bsky.feed.getAuthorFeed': ({ actor, cursor }) => (cursor
    ? { feed: [post(actor, 1)] }
    : { cursor: 'next', feed: [post(actor, 3), post(actor, 2)] }),
};

const server = createServer((request, response) => {
  const url = new URL(request.url, origin);
  const method = methods[url.pathname.replace('/xrpc/', '')];
  const answer = (status, body) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  if (!method || !url.searchParams.get('actor')) return answer(400, { error: 'InvalidRequest', message: 'no such method' });
  if (request.headers.authorization) return answer(400, { error: 'BadToken', message: 'OAuth tokens are meant for PDS access only' });
  return answer(200, method(Object.fromEntries(url.searchParams)));
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`listening on ${origin}\n`));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});

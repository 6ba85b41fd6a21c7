// A receiver of webhooks that checks each call with the Standard Webhooks project's own library.
//
//   GRANTLINK_WEBHOOK_SECRETS="whsec_… whsec_…" node webhook_receiver.mjs PORT
//
// Whatever is posted, to any path, is kept. GET /_seen answers it as JSON, with the secrets under
// which the library took the call, by their numbers from 0. GET /_answer/STATUS sets how calls of
// all paths are answered from then on, /_answer/STATUS/SECONDS with a Retry-After, /_answer/never
// leaves them without an answer, and /_answer/large gives 200 with a megabyte.

import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const secrets = process.env.GRANTLINK_WEBHOOK_SECRETS.split(' ');
const seen = [];
let answer = ['200'];

function takenWith(body, headers) {
  return secrets.flatMap((secret, number) => {
    try {
      new Webhook(secret).verify(body, headers);
      return [number];
    } catch {
      return [];
    }
  });
}

function respond(response) {
  const [status, retryAfter] = answer;
  if (status === 'never') return;
  if (status === 'large') response.end('x'.repeat(1 << 20));
  else response.writeHead(Number(status), retryAfter ? { 'Retry-After': retryAfter } : {}).end('what is said here does not count');
}

async function handle(request, response) {
  if (request.method === 'GET' && request.url === '/_seen') {
    response.end(JSON.stringify(seen));
    return;
  }
  if (request.method === 'GET' && request.url.startsWith('/_answer/')) {
    answer = request.url.split('/').slice(2);
    response.end();
    return;
  }
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  seen.push({
    method: request.method, path: request.url, headers: request.headers, at: Date.now(), body,
    taken_with: takenWith(body, request.headers),
  });
  respond(response);
}

const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    process.stderr.write(`webhook_receiver: ${error.message}\n`);
    response.destroy();
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1');
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.closeAllConnections();
    server.close(() => process.exit(0));
  });
}

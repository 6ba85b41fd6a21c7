// What an endpoint can do to its clients. Each of these answers in its own way a request for which an
// honest server would have said `good`, a JSON object as text; `times` is how often it has been asked,
// this time included, and `origin` where it is.

import { gzipSync } from 'node:zlib';

let bomb; // made once: that takes long

function drip(response) {
  const timer = setInterval(() => response.write(' '), 100);
  response.on('close', () => clearInterval(timer));
}

function endless(response) {
  const more = () => { while (!response.destroyed && response.write('x'.repeat(65536))); };
  response.on('drain', more);
  more();
}

// The good answer with something more in it.
const withMember = (good, member) => `{${member},${good.trim().slice(1)}`.replace(/,\s*}$/, '}');
const redirect = (response, status, location) => response.writeHead(status, { Location: location }).end();

// Turned away the first time; who comes back before it was asked to is refused.
const welcome = new Map(); // path → time

function busy({ response, good, times, path }, status, seconds, retryAfter) {
  if (times === 1) {
    welcome.set(path, Date.now() + seconds * 1000);
    response.writeHead(status, { 'Retry-After': retryAfter }).end();
  } else if (Date.now() < welcome.get(path)) response.writeHead(400).end('{"error":"too early"}');
  else response.end(good);
}

function busyUntil(call) {
  const date = new Date(Math.ceil(Date.now() / 1000 + 2) * 1000); // this form has no fractions
  busy(call, 429, (date.getTime() - Date.now()) / 1000, date.toUTCString());
}

export const misbehaviours = {
  drip: ({ response }) => drip(response),
  'drip-once': ({ response, good, times }) => (times > 1 ? response.end(good) : drip(response)),
  silent: () => {},
  endless: ({ response }) => endless(response),
  'gzip-bomb': ({ response }) => {
    bomb ??= gzipSync(Buffer.alloc(100_000_000, ' '));
    response.setHeader('Content-Encoding', 'gzip');
    response.end(bomb);
  },
  deep: ({ response }) => response.end('['.repeat(500_000)),
  'duplicate-keys': ({ response, good }) => response.end(withMember(good, '"twice":1,"twice":2')),
  'number-beyond-64-bits': ({ response, good }) => response.end(withMember(good, '"large":99999999999999999999')),
  'cut-off': ({ response, good }) => {
    response.setHeader('Content-Length', good.length + 1000);
    response.write(good, () => response.destroy());
  },
  reset: ({ response, good }) => {
    response.setHeader('Content-Length', good.length + 1000);
    response.write(good, () => response.socket.resetAndDestroy());
  },
  'redirect-loop': ({ response, path }) => redirect(response, 307, path),
  'redirect-elsewhere': ({ response, origin }) => redirect(response, 307, `${origin}/hostile/elsewhere`),
  'redirect-to-file': ({ response }) => redirect(response, 302, 'file:///etc/passwd'),
  elsewhere: ({ response, good }) => response.end(good),
  'huge-header': ({ response, good }) => response.writeHead(200, { 'X-Huge': 'x'.repeat(200_000) }).end(good),
  html: ({ response }) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Sorry</title>'),
  'other-content-type': ({ response, good }) => response.writeHead(200, { 'Content-Type': 'text/plain' }).end(good),
  busy: (call) => busy(call, 503, 1, '1'),
  'busy-until': busyUntil,
  'busy-for-hours': ({ response }) => response.writeHead(503, { 'Retry-After': '7200' }).end(),
};

// Where a provider keeps pictures and videos: whatever is asked for is there, other bytes under another name. POST
// /behave {"path": …, …} changes that for one path:
//
//   status, headers   of the answer                     size      bytes of it; 20000
//   type              Content-Type                      body      text instead of a picture
//   endless           it never ends                     unsized   without Content-Length
//   cut               the connection ends in the middle
//   silent            nothing more comes after half of it
//   delay             ms until it answers             pause     ms after half of it
//
// /asked tells what was asked, with the headers.

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const mp4 = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypisom'), Buffer.from([0, 0, 2, 0]), Buffer.from('isommp42')]);

// The beginning of the one or the other, and then what can be searched for.
function bytesOf(path, size) {
  const beginning = path.endsWith('.mp4') ? mp4 : png;
  const line = Buffer.from(`in the clear ${createHash('sha256').update(path).digest('hex')}\n`);
  const out = Buffer.alloc(size, line);
  beginning.copy(out);
  return out;
}

const typeOf = (path) => (path.endsWith('.mp4') ? 'video/mp4' : 'image/png');
const behaviour = new Map();
const asked = [];

function answer(path, response) {
  const how = behaviour.get(path) ?? {};
  const body = how.body === undefined ? bytesOf(path, how.size ?? 20000) : Buffer.from(how.body);
  const headers = { 'Content-Type': how.type ?? typeOf(path), ...how.headers };
  if (how.endless) {
    response.writeHead(200, headers);
    const more = () => { while (!response.destroyed && response.write(body)); };
    response.on('drain', more);
    return more();
  }
  if (!how.unsized) headers['Content-Length'] = body.length;
  response.writeHead(how.status ?? 200, headers);
  const half = body.length / 2;
  if (how.pause) {
    response.write(body.subarray(0, half));
    return setTimeout(() => response.end(body.subarray(half)), how.pause);
  }
  if (how.silent) return response.write(body.subarray(0, half));
  if (how.cut) return response.write(body.subarray(0, half), () => response.destroy());
  response.end(body);
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts));
}

const server = createServer(async (request, response) => {
  const path = request.url.replace(/\?.*/, '');
  if (path === '/asked') return response.end(JSON.stringify(asked));
  if (path === '/behave') {
    const { path: where, ...how } = await bodyOf(request);
    behaviour.set(where, how);
    return response.end();
  }
  asked.push({ path: request.url, method: request.method, headers: request.headers });
  setTimeout(answer, behaviour.get(path)?.delay ?? 0, path, response);
});
server.listen(Number(process.argv[2]), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));

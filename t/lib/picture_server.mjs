// Where a provider keeps the pictures of accounts: /nike… is one, whatever else is asked for is not. What was
// asked is told at /asked.

import { createServer } from 'node:http';
import { crc32, deflateSync } from 'node:zlib';

const sum = crc32 ?? ((bytes) => {
  let c = ~0;
  for (const byte of bytes) {
    c ^= byte;
    for (let i = 0; i < 8; i += 1) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0);
  }
  return ~c >>> 0;
});

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length);
  body.copy(out, 4);
  out.writeUInt32BE(sum(body), body.length + 4);
  return out;
}

// 64 by 64 pixels, from one colour to another (W3C Portable Network Graphics, section 5).
function picture() {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(64, 0);
  head.writeUInt32BE(64, 4);
  head.set([8, 2], 8);
  const rows = Buffer.alloc(64 * 193);
  for (let y = 0; y < 64; y += 1)
    for (let x = 0; x < 64; x += 1) rows.set([40 + 3 * x, 90 + y, 160 - y], y * 193 + 1 + 3 * x);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

const asked = [];
const server = createServer((request, response) => {
  if (request.url === '/asked') return response.end(JSON.stringify(asked));
  asked.push(request.url);
  response.setHeader('Content-Type', 'image/jpeg');
  response.end(request.url.startsWith('/nike') ? picture() : '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
});
server.listen(Number(process.argv[2]), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));

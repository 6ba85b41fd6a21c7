// Where a provider keeps the pictures of accounts and posts: /nike… is one, and so is that of each of the sandbox's
// posts; whatever else is asked for is not. What was asked is told at /asked.

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

// A PNG (W3C Portable Network Graphics, section 5); `colourAt(x, y)` answers [red, green, blue].
function png(width, height, colourAt) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const row = 1 + 3 * width;
  const rows = Buffer.alloc(height * row);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) rows.set(colourAt(x, y), y * row + 1 + 3 * x);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

// An account's: from one colour to another.
const face = () => png(64, 64, (x, y) => [40 + 3 * x, 90 + y, 160 - y]);

const skies = [
  [[252, 196, 120], [236, 112, 99]], [[178, 220, 240], [250, 226, 190]], [[38, 44, 92], [214, 120, 140]],
  [[150, 200, 190], [244, 240, 214]], [[246, 170, 180], [255, 226, 170]], [[30, 60, 90], [120, 180, 190]],
];

const mixed = (from, to, part) => from.map((value, i) => value + (to[i] - value) * part);

// A post's: hills before a sky, others for another number.
function landscape(number) {
  const [top, bottom] = skies[number % skies.length];
  const [sunX, sunY, sun] = [70 + (number * 61) % 180, 60 + (number * 29) % 50, 18 + (number % 4) * 4];
  const hill = (layer, x) => 120 + layer * 34 + 16 * Math.sin(x / (38 + 9 * layer) + number * 1.7 + layer * 2.1) + 7 * Math.sin(x / 13 + number + layer);
  const covered = (distance) => Math.min(1, Math.max(0, 1.5 * distance + 0.5)); // smooth at the edge
  return png(480, 360, (left, down) => {
    const [x, y] = [left / 1.5, down / 1.5];
    let colour = mixed(mixed(top, bottom, y / 160), [255, 244, 214], covered(sun - Math.hypot(x - sunX, y - sunY)));
    for (let layer = 0; layer < 3; layer += 1)
      colour = mixed(colour, mixed(mixed(top, bottom, 0.7), [18, 30, 34], 0.42 + 0.24 * layer), covered(y - hill(layer, x)));
    return colour;
  });
}

function picture(path) {
  if (path.startsWith('/nike')) return face();
  const number = path.match(/^\/1801000000000(\d+)\.jpg$/)?.[1];
  return number && landscape(Number(number));
}

const asked = [];
const server = createServer((request, response) => {
  if (request.url === '/asked') return response.end(JSON.stringify(asked));
  asked.push(request.url);
  response.setHeader('Content-Type', 'image/jpeg');
  response.end(picture(request.url) ?? '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
});
server.listen(Number(process.argv[2]), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));

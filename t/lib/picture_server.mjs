// Where a provider keeps the pictures of accounts and posts: /nike… is one, and so is that of each of the sandbox's
// posts, where a video is as little of one as will do; whatever else is asked for is not. What was asked is told at /asked.

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

// A PNG (W3C Portable Network Graphics, section 5); `pixels` has red, green and blue of each, row by row.
function png(width, height, pixels) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const row = 3 * width;
  const rows = Buffer.alloc(height * (row + 1));
  for (let y = 0; y < height; y += 1) rows.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

// An account's: from one colour to another.
function face() {
  const pixels = Buffer.alloc(64 * 64 * 3);
  for (let y = 0; y < 64; y += 1)
    for (let x = 0; x < 64; x += 1) pixels.set([40 + 3 * x, 90 + y, 160 - y], (y * 64 + x) * 3);
  return png(64, 64, pixels);
}

const skies = [
  [[252, 196, 120], [236, 112, 99]], [[178, 220, 240], [250, 226, 190]], [[38, 44, 92], [214, 120, 140]],
  [[150, 200, 190], [244, 240, 214]], [[246, 170, 180], [255, 226, 170]], [[30, 60, 90], [120, 180, 190]],
];

const mixed = (from, to, part) => from.map((value, i) => value + (to[i] - value) * part);
const covered = (distance) => Math.min(1, Math.max(0, distance + 0.5)); // smooth at the edge

// A post's: a sun and three rows of hills, others for another number.
function landscape(number) {
  const [width, height] = [480, 360];
  const [top, bottom] = skies[number % skies.length];
  const sun = { x: 105 + (number * 91) % 270, y: 90 + (number * 43) % 75, size: 27 + (number % 4) * 6, colour: [255, 244, 214] };
  const hills = [0, 1, 2].map((layer) => ({
    colour: mixed(mixed(top, bottom, 0.7), [18, 30, 34], 0.42 + 0.24 * layer),
    edge: Array.from({ length: width }, (_, x) => 180 + layer * 51 + 24 * Math.sin(x / (57 + 13 * layer) + number * 1.7 + layer * 2.1) + 10 * Math.sin(x / 19 + number + layer)),
  }));
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0, at = 0; y < height; y += 1) {
    const sky = mixed(top, bottom, Math.min(1, y / 240));
    for (let x = 0; x < width; x += 1, at += 3) {
      let colour = sky;
      const inSun = covered(sun.size - Math.hypot(x - sun.x, y - sun.y));
      if (inSun) colour = mixed(colour, sun.colour, inSun);
      for (const { edge, colour: hill } of hills) {
        const inHill = covered(y - edge[x]);
        if (inHill) colour = inHill === 1 ? hill : mixed(colour, hill, inHill);
      }
      pixels.set(colour, at);
    }
  }
  return png(width, height, pixels);
}

function picture(path) {
  if (path.startsWith('/nike')) return face();
  const number = path.match(/^\/1801000000000(\d+)\.jpg$/)?.[1];
  return number && landscape(Number(number));
}

// As much of a video as says that it is one.
const film = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypisom'), Buffer.from([0, 0, 2, 0]), Buffer.from('isommp42'), Buffer.alloc(4000)]);
const isFilm = (path) => /^\/\d+\.mp4$/.test(path);

const asked = [];
const server = createServer((request, response) => {
  if (request.url === '/asked') return response.end(JSON.stringify(asked));
  asked.push(request.url);
  response.setHeader('Content-Type', isFilm(request.url) ? 'video/mp4' : 'image/jpeg');
  if (isFilm(request.url)) return response.end(film);
  response.end(picture(request.url) ?? '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
});
server.listen(Number(process.argv[2]), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));

// ask.mjs SOCKET METHOD CLIENTS SECONDS < paths: asks for one path after the other on kept
// connections of a Unix socket, each client as soon as it has its answer; for 0 seconds, once for each
// path. Prints {rate, p50_us, p99_us, count}, or fails when any answer is not 200.
import { Agent, request } from 'node:http';
import { readFileSync } from 'node:fs';

const [socketPath, method, clients, seconds] = process.argv.slice(2);
const paths = readFileSync(0, 'utf8').split('\n').filter(Boolean);
const agent = new Agent({ keepAlive: true, maxSockets: Number(clients) });
const took = [];
let next = 0;

const ask = (path) => new Promise((resolve, reject) => {
  const began = process.hrtime.bigint();
  request({ socketPath, method, path, agent, headers: { Host: 'grantlink' } }, (response) => {
    response.resume();
    response.on('end', () => {
      if (response.statusCode !== 200) reject(new Error(`${path} answered ${response.statusCode}`));
      took.push(Number(process.hrtime.bigint() - began) / 1000);
      resolve();
    });
  }).on('error', reject).end();
});

const began = Date.now();
const client = async () => {
  const more = () => (Number(seconds) ? Date.now() < began + seconds * 1000 : next < paths.length);
  while (more()) await ask(paths[next++ % paths.length]);
};
await Promise.all(Array.from({ length: Number(clients) }, client));
const elapsed = (Date.now() - began) / 1000;
took.sort((a, b) => a - b);
const at = (share) => Math.round(took[Math.floor((took.length - 1) * share)]);
console.log(JSON.stringify({ rate: Math.round(took.length / elapsed), p50_us: at(0.5), p99_us: at(0.99), count: took.length }));
agent.destroy();

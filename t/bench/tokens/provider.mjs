// A provider that refreshes at once or late, on a port of its own choosing, which is the first line of
// its output. Each refresh token works once: a second use is counted, and refused as OAuth has it.
//
//   GET /figures: {refreshed, reused, now, most} - requests in flight now, and at most so far
//   PUT /pause?ms=N: how long each answer takes from now on
import { createServer } from 'node:http';

const used = new Set();
const figures = { refreshed: 0, reused: 0, now: 0, most: 0 };
let pause = 0;

const json = (response, status, body) => {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
};

const refresh = (token, response) => {
  figures.now--;
  if (!token || used.has(token)) {
    figures.reused++;
    return json(response, 400, { error: 'invalid_grant' });
  }
  used.add(token);
  const number = ++figures.refreshed;
  json(response, 200, {
    access_token: `token-${number}`, refresh_token: `refresh-${number}`, token_type: 'Bearer', expires_in: 3600,
  });
};

createServer((request, response) => {
  const url = new URL(request.url, 'http://provider');
  let body = '';
  request.on('data', (chunk) => { body += chunk; });
  request.on('end', () => {
    if (url.pathname === '/figures') return json(response, 200, figures);
    if (url.pathname === '/pause') {
      pause = Number(url.searchParams.get('ms'));
      return json(response, 200, {});
    }
    figures.most = Math.max(figures.most, ++figures.now);
    const answer = () => refresh(new URLSearchParams(body).get('refresh_token'), response);
    setTimeout(answer, Math.max(pause, 5)); // ms; so that several are on their way
  });
}).listen(0, '127.0.0.1', function () {
  console.log(`listening: ${this.address().port}`);
});

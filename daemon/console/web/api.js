// The admin API as everybody has it, through nginx. Whoever mounts the console elsewhere mounts the API
// beside it, so paths are relative to this page.

const base = new URL('../v1/', document.baseURI);

export class ApiError extends Error {
  // status 0: nobody answered; 401: nginx wants a new sign-in
  constructor(status, detail, field) {
    super(detail);
    Object.assign(this, { status, field });
  }
}

export const url = (path) => new URL(path, base).href;

async function ask(method, path, body) {
  let response;
  try {
    response = await fetch(url(path), {
      method, redirect: 'manual', cache: 'no-store',
      headers: method === 'GET' ? {} : { 'Content-Type': 'application/json' },
      body: method === 'GET' ? undefined : JSON.stringify(body ?? {}),
    });
  } catch (error) {
    throw new ApiError(0, error.message);
  }
  // A redirect is one to somebody's sign-in page: the API has none.
  if (response.type === 'opaqueredirect' || response.status === 401) throw new ApiError(401, '');
  if (response.status >= 502 && response.status <= 504 && !response.headers.get('content-type')?.includes('json'))
    throw new ApiError(0, response.statusText); // nginx is there, grantlinkd is not
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, answer.detail ?? response.statusText, answer.field);
  return answer;
}

export const get = (path) => ask('GET', path);
export const post = (path, body) => ask('POST', path, body);
export const remove = (path) => ask('DELETE', path);

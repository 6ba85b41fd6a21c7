// News of connections: as events where the daemon has them, else by asking every few seconds. Nothing
// else of the console knows which it is.

import { get, url } from './api.js';

const pause = { asking: 3000, listening: 20_000, troubled: 5000, least: 200 }; // ms

// Calls refresh() whenever something may be new, and soon after it failed. It may be slow: it is never
// called twice at once.
export function watch(refresh) {
  let source = null;
  let timer = 0;
  let running = false;
  let again = false;

  async function run() {
    clearTimeout(timer);
    if (running) { again = true; return; }
    running = true;
    const begun = performance.now();
    const well = await refresh();
    running = false;
    const took = performance.now() - begun;
    const wait = !well ? pause.troubled : source?.readyState === EventSource.OPEN ? pause.listening : pause.asking;
    if (!document.hidden) timer = setTimeout(run, again ? Math.max(pause.least, 4 * took) : wait);
    again = false;
  }

  function listen() {
    if (source) return;
    source = new EventSource(url('events'));
    source.addEventListener('message', run);
    source.addEventListener('open', run);
    source.addEventListener('error', run); // grantlinkd is gone, or nginx
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) clearTimeout(timer);
    else run();
  });
  addEventListener('online', run);
  addEventListener('offline', run);
  listen();
  run();
  return run;
}

let kept = true; // whether the daemon has a history of connections; known after the first question

// [{kind, at}] from the oldest; what the connection itself tells when there is no history.
export async function historyOf(connection) {
  if (kept) {
    try {
      const { events } = await get(`connections/${connection.id}/events`);
      return events.map((event) => ({ ...event, kind: event.event })).reverse();
    } catch (error) {
      if (error.status !== 404) throw error;
      kept = false;
    }
  }
  return told(connection);
}

function told(c) {
  const out = [{ kind: 'created', at: c.created_at }];
  if (c.last_outcome === 'connected') out.push({ kind: 'approved', at: c.last_outcome_at });
  else if (c.last_outcome) out.push({ kind: c.last_outcome, at: c.last_outcome_at });
  if (c.status === 'active') out.push({ kind: 'active', at: c.last_outcome_at ?? c.updated_at });
  if (c.status === 'pending' && c.generation > 1) out.push({ kind: 'regenerated', at: c.updated_at });
  if (c.status === 'broken') out.push({ kind: 'broken', at: c.updated_at });
  if (c.status === 'revoked') out.push({ kind: 'removed', at: c.updated_at });
  return out;
}

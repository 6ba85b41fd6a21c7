// What the console makes of a connection: its state, its health, where it stands on the way.

const day = 86_400_000; // ms
const soon = 7 * day;

// [key, tone]: the key names the text, the tone the colour.
export function stateOf(c, now = Date.now()) {
  if (c.status === 'active') {
    if (c.trouble) return ['trouble', 'warn'];
    if (c.token?.expires_at && Date.parse(c.token.expires_at) <= now) return ['token_expired', 'bad'];
    return ['active', 'good'];
  }
  if (c.status === 'broken') return ['broken', 'bad'];
  if (c.status === 'revoked') return ['revoked', 'off'];
  if (Date.parse(c.link_expires_at) <= now) return ['link_expired', 'warn'];
  if (c.last_outcome === 'expired') return ['timed_out', 'warn'];
  if (c.last_outcome && c.last_outcome !== 'connected') return [c.last_outcome, 'warn'];
  return ['waiting', 'wait'];
}

// What each filter asks the list for.
export const filters = {
  all: 'status=pending,active,broken',
  waiting: 'status=pending',
  active: 'status=active',
  attention: 'attention=true',
  removed: 'status=revoked',
};

// How many each finds, by the overview.
export const countsOf = (o) => ({ all: o.connections - o.revoked, waiting: o.pending, active: o.active, attention: o.attention, removed: o.revoked });

export const nameOf = (c) => {
  if (c.account) return c.account;
  return c.approved_account?.handle ?? c.approved_account?.name ?? '';
};

export function healthOf(c, now = Date.now()) {
  if (c.status === 'broken') return 'broken';
  if (c.trouble) return 'trouble';
  if (!c.token?.expires_at) return 'lasting';
  const left = Date.parse(c.token.expires_at) - now;
  return left <= 0 ? 'broken' : left < soon ? 'soon' : 'well';
}

// One of so many colours for a provider or account, always the same.
export function hueOf(text, count = 6) {
  let sum = 7;
  for (const c of text) sum = (sum * 31 + c.codePointAt(0)) % 9973;
  return sum % count;
}

export function initialsOf(text) {
  const words = text.replace(/^@/, '').split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[1]].map((word) => [...word][0]) : [...(words[0] ?? '?')].slice(0, 1);
  return letters.join('').toUpperCase();
}

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

export const filters = {
  all: (c) => c.status !== 'revoked',
  waiting: (c) => c.status === 'pending',
  active: (c) => c.status === 'active',
  attention: (c) => ['warn', 'bad'].includes(stateOf(c)[1]),
  removed: (c) => c.status === 'revoked',
};

export const nameOf = (c) => {
  if (c.account) return c.account;
  return c.approved_account?.handle ?? c.approved_account?.name ?? '';
};

const plain = (text) => (text ?? '').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

export function matches(c, words, providerName) {
  const text = [c.account, c.approved_account?.handle, c.approved_account?.name, c.provider, providerName,
    c.requester, c.notify, c.brand, c.id].map(plain).join('\n');
  return plain(words).split(/\s+/).every((word) => text.includes(word));
}

// How far requests have come. Each stage includes the later ones.
export function funnelOf(list) {
  const asked = list.filter((c) => c.status !== 'revoked');
  const approved = asked.filter((c) => c.approved_account || c.status !== 'pending');
  const opened = asked.filter((c) => c.opened_at || c.last_outcome || approved.includes(c));
  return { requested: asked.length, opened: opened.length, approved: approved.length,
    active: asked.filter((c) => c.status === 'active').length };
}

export function healthOf(c, now = Date.now()) {
  if (c.status === 'broken') return 'broken';
  if (c.trouble) return 'trouble';
  if (!c.token?.expires_at) return 'lasting';
  const left = Date.parse(c.token.expires_at) - now;
  return left <= 0 ? 'broken' : left < soon ? 'soon' : 'well';
}

export function healthCounts(list) {
  const out = { well: 0, lasting: 0, soon: 0, trouble: 0, broken: 0 };
  for (const c of list) if (['active', 'broken'].includes(c.status)) out[healthOf(c)] += 1;
  return out;
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

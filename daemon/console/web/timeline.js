// What has happened with a connection, oldest first, and what is still to come.

import { h } from './dom.js';
import { dateTime, relative, t } from './i18n.js';
import { historyOf } from './live.js';

const tones = { active: 'good', connected: 'good', approved: 'good', declined: 'warn', wrong_account: 'warn', expired: 'warn',
  provider_error: 'warn', broken: 'bad', removed: 'off', cancelled: 'off' };

// The kinds that have a text of their own; others, of a newer daemon, are shown by their names.
const known = new Set(['created', 'opened', 'started', 'approved', 'exchanged', 'active', 'connected', 'declined', 'wrong_account',
  'expired', 'provider_error', 'refreshed', 'broken', 'regenerated', 'cancelled', 'removed',
  'link_shown', 'attempt_failed', 'vended', 'refresh_failed', 'token_given_back']);

const item = (tone, text, at) => h('li', { class: tone }, h('span', {}, text), h('time', { datetime: at, title: dateTime(at) }, relative(at)));

function ahead(c) {
  const at = c.status === 'active' ? c.token?.expires_at : c.status === 'pending' ? c.link_expires_at : null;
  if (!at || Date.parse(at) < Date.now()) return null;
  return item('ahead', c.status === 'active' ? t('event_token_expires') : t('event_link_expires'), at);
}

// Puts into the list what is known now; without an answer it stays as it is.
export async function tell(list, c) {
  const events = await historyOf(c).catch(() => null);
  const told = JSON.stringify([events, c]);
  if (!events || list.told === told) return;
  list.told = told;
  list.replaceChildren(...events.map(({ kind, at }) => item(tones[kind] ?? '', known.has(kind) ? t(`event_${kind}`) : kind, at)),
    ...[ahead(c)].filter(Boolean));
}

export function timeLine(c) {
  const list = h('ol', { class: 'time-line' }, h('li', { class: 'ghost line' }));
  tell(list, c);
  return h('section', { class: 'card' }, h('h2', {}, t('history')), list);
}

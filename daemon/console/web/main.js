// The console: what is known, what is shown, and how one leads to the other.
//
// The state is one object; whatever changes it calls draw(). Where one is stands in the fragment:
// "#/" the list, "#/overview", "#/c/ID" a connection.

import { get } from './api.js';
import { addAccount } from './add.js';
import { detail } from './detail.js';
import { h, replace, say } from './dom.js';
import { language, loadLanguage, relative, t, when } from './i18n.js';
import { watchKeys } from './keys.js';
import { sideBar } from './list.js';
import { watch } from './live.js';
import { filters, nameOf, stateOf } from './model.js';
import { tell } from './timeline.js';
import { overview, troubled, welcome } from './overview.js';

const state = {
  phase: 'loading', // loading, ready, or failed before anything was known
  failure: null, stale: false, seen: null, // ApiError; whether what is shown is old; when it was new
  list: [], next: null, // what fits the filter, as far as it was asked for
  one: null, overview: null, // the one that is looked at; how many there are
  providers: new Map(), defaults: null, session: null,
  filter: 'all', words: '', provider: '', selected: null,
};

const app = document.getElementById('app');
const side = h('nav', { class: 'side' });
const main = h('div', { class: 'main', id: 'main', tabindex: '-1' });
const banner = h('div', { class: 'banner', role: 'status', hidden: true });
let drawn = '';
let typing = 0;

function view() {
  const [, place, id] = location.hash.match(/^#\/(overview|c)(?:\/([\w-]+))?$/) ?? [];
  state.selected = place === 'c' ? id : null;
  return place === 'c' ? 'detail' : place === 'overview' ? 'overview' : 'list';
}

const selected = () => state.list.find((c) => c.id === state.selected) ?? (state.one?.id === state.selected ? state.one : null);
const nothing = () => state.phase === 'ready' && !state.overview.connections;

function content() {
  const connection = selected();
  if (state.phase === 'loading' || (state.phase === 'ready' && state.selected && !connection && state.missing !== state.selected)) return [h('div', { class: 'skeleton', 'aria-busy': 'true' }, h('h1', { class: 'unseen' }, t('loading')))];
  if (state.phase === 'failed') return [troubled(state.failure, refresh)];
  if (connection) return detail(connection, state, actions);
  if (state.selected) return [troubled({ status: 404 }, refresh)];
  return nothing() ? [welcome(state, actions)] : overview(state);
}

// What a reader of the main part would notice; drawing it again for less would disturb them.
function imprint() {
  return JSON.stringify([state.phase, state.selected, state.failure?.status, state.missing, selected() ?? state.overview, [...state.list, ...state.overview?.attention_newest ?? []].map((c) => stateOf(c)[0])]);
}

function draw() {
  document.body.dataset.view = view();
  document.body.dataset.phase = state.phase;
  document.body.classList.toggle('nothing', nothing());
  sideBar(side, state, actions);
  banner.hidden = !state.stale;
  if (state.stale) banner.textContent = state.failure?.status === 401 ? t('signed_out') : t('offline', { time: state.seen.toLocaleTimeString(language()) });
  const now = imprint();
  if (now === drawn) return;
  drawn = now;
  replace(main, ...content());
  const title = selected() ? nameOf(selected()) || t('any_account') : t('title');
  document.title = `${title} · grantlink`;
}

// Tells of what has changed since the last time, for those who do not see it.
function announce(before, after) {
  const known = new Map(before.filter(Boolean).map((c) => [c.id, c]));
  for (const c of new Map(after.filter(Boolean).map((each) => [each.id, each])).values()) {
    const old = known.get(c.id);
    if (old && stateOf(old)[0] !== stateOf(c)[0])
      say(t('now_is', { account: nameOf(c) || t('any_account'), state: t(`state_${stateOf(c)[0]}`) }));
  }
}

const [pageSize, mostAtOnce] = [100, 500];
const atLeast = (known) => Math.min(mostAtOnce, Math.max(pageSize, known));
const query = () => [filters[state.filter], state.provider && `provider=${encodeURIComponent(state.provider)}`, state.words.trim() && `words=${encodeURIComponent(state.words.trim())}`]
  .filter(Boolean).join('&');

// Answers whether it could be asked.
async function refresh() {
  try {
    if (!state.session) {
      const [session, { providers }, defaults] = await Promise.all([get('session'), get('providers'), get('defaults')]);
      Object.assign(state, { session, defaults, providers: new Map(providers.map((p) => [p.id, p])) });
    }
    const [asked, about] = [query(), state.selected];
    const [overview, page, one] = await Promise.all([get('overview'), get(`connections?${asked}&limit=${atLeast(state.list.length)}`),
      about && get(`connections/${about}`).catch((error) => { if (error.status !== 404) throw error; return null; })]);
    if (asked !== query()) return refresh();
    announce([...state.list, state.one], [...page.connections, one]);
    const rest = state.list.length > mostAtOnce ? state.list.filter(({ id }) => id < page.connections.at(-1)?.id) : null;
    Object.assign(state, { phase: 'ready', failure: null, stale: false, seen: new Date(), overview,
      list: [...page.connections, ...rest ?? []], next: rest ? state.next : page.next, one: about ? one : state.one, missing: about && !one ? about : null });
  } catch (failure) {
    Object.assign(state, { failure, stale: state.phase === 'ready', phase: state.phase === 'ready' ? 'ready' : 'failed' });
  }
  draw();
  const list = main.querySelector('.time-line');
  if (list && selected()) tell(list, selected());
  return !state.failure;
}

const actions = {
  refresh,
  filter(change) {
    Object.assign(state, change, { list: state.list.slice(0, pageSize) });
    draw();
    clearTimeout(typing);
    typing = setTimeout(refresh, 'words' in change ? 150 : 0);
  },
  async more() {
    const asked = query();
    const page = await get(`connections?${asked}&limit=${pageSize}&after=${state.next}`).catch(() => null);
    if (!page || asked !== query()) return;
    Object.assign(state, { list: [...state.list, ...page.connections], next: page.next });
    draw();
    side.querySelector(`[data-key="${page.connections[0]?.id}"]`)?.focus();
  },
  add(filled) { addAccount(state, actions, filled); },
  // One connection as the API has just answered it.
  took(connection) {
    const at = state.list.findIndex((c) => c.id === connection.id);
    const { link, ...rest } = connection;
    if (at < 0) state.list.unshift(rest);
    else state.list[at] = rest;
    if (state.one?.id === rest.id) state.one = rest;
    draw();
    refresh();
  },
  show(id) { location.hash = id ? `#/c/${id}` : '#/'; },
};

await loadLanguage();
document.title = `${t('title')} · grantlink`;
app.append(h('a', { class: 'skip', href: '#main', onclick(event) { event.preventDefault(); main.focus(); } }, t('skip')), banner,
  h('main', { class: 'frame' }, side, main));
side.setAttribute('aria-label', t('title'));
addEventListener('hashchange', () => { draw(); if (state.selected) refresh(); main.scrollTop = 0; if (document.body.dataset.view !== 'list') main.focus({ preventScroll: true }); });
watchKeys(actions);
draw();
watch(refresh);

// A link ends by the clock, of which nobody tells.
setInterval(() => { if (imprint() !== drawn) draw(); }, 1000);
setInterval(() => {
  for (const time of main.querySelectorAll('time')) time.textContent = (time.closest('.post') ? when : relative)(time.dateTime);
}, 20_000);

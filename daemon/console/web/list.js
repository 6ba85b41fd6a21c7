// The side bar: search, filters, and a row for each connection.

import { h, bdi, icon, iconButton, replace } from './dom.js';
import { chooseLanguage, shortDate, language, languages, number, relative, t } from './i18n.js';
import { avatar } from './avatar.js';
import { countsOf, filters, nameOf, stateOf } from './model.js';
import { showKeys } from './keys.js';

let parts = null;

function note(c) {
  if (c.status === 'active') return c.token?.expires_at ? t('token_until', { date: shortDate(c.token.expires_at) }) : t('token_lasting');
  if (c.status === 'pending' && Date.parse(c.link_expires_at) > Date.now())
    return c.opened_at ? t('link_opened', { time: relative(c.opened_at) }) : t('link_until', { time: relative(c.link_expires_at) });
  return relative(c.updated_at);
}

function row(c, state) {
  const [key, tone] = stateOf(c);
  const provider = state.providers.get(c.provider)?.name ?? c.provider;
  return h('li', {}, h('a', {
    href: `#/c/${c.id}`, class: `row ${tone}`, 'data-key': c.id,
    'aria-current': c.id === state.selected ? 'page' : null,
  }, avatar(c), h('strong', { dir: 'auto', title: nameOf(c) }, nameOf(c) || t('any_account')), h('span', { class: `pill ${tone}` }, t(`state_${key}`)),
  h('span', { class: 'sub' }, bdi(provider), h('span', { class: 'dot', 'aria-hidden': 'true' }, '·'), note(c))));
}

function chips(state, actions) {
  const counts = state.overview && countsOf(state.overview);
  return Object.keys(filters).map((name) => h('button', { type: 'button', class: 'chip', 'data-key': `filter-${name}`, 'aria-pressed': String(state.filter === name),
      onclick: () => actions.filter({ filter: name }) }, t(`filter_${name}`), counts && h('span', { class: 'count' }, number(counts[name]))));
}

function providerChoice(state, actions) {
  const used = state.overview?.providers ?? [];
  if (used.length < 2) return null;
  return h('select', { class: 'provider-choice', 'aria-label': t('provider'), 'data-key': 'provider', onchange: (event) => actions.filter({ provider: event.target.value }) },
    h('option', { value: '' }, t('every_provider')),
    used.map((id) => h('option', { value: id, selected: id === state.provider }, state.providers.get(id)?.name ?? id)));
}

function listing(state, actions) {
  if (state.phase === 'loading') return h('ul', { class: 'rows', 'aria-busy': 'true' }, [1, 2, 3, 4].map(() => h('li', { class: 'ghost', 'aria-hidden': 'true' })));
  if (state.phase === 'failed') return h('p', { class: 'none' }, t('nothing_loaded'));
  if (state.list.length) return h('ul', { class: 'rows' }, state.list.map((c) => row(c, state)), state.next
    && h('li', { class: 'more' }, h('button', { type: 'button', class: 'quiet-button', 'data-key': 'more', onclick: actions.more }, t('show_more'))));
  if (!state.overview.connections) return h('p', { class: 'none' }, t('no_connections'));
  return h('p', { class: 'none' }, t('none_found'), ' ', h('button', { type: 'button', class: 'text',
    onclick() { parts.search.value = ''; actions.filter({ words: '', filter: 'all', provider: '' }); } }, t('show_all')));
}

// Up and down go from row to row; the rest a list of links does by itself.
function step(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  const links = [...event.currentTarget.querySelectorAll('.row')];
  const next = links[links.indexOf(document.activeElement) + by] ?? (by < 0 && parts.search);
  if (next) { event.preventDefault(); next.focus(); }
}

function build(side, state, actions) {
  const search = h('input', { type: 'search', id: 'search', placeholder: t('search'), 'aria-label': t('search'), autocomplete: 'off',
    oninput: (event) => actions.filter({ words: event.target.value }) });
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    side.querySelector('.row')?.focus();
  });
  parts = { search, chips: h('div', { class: 'chips', role: 'group', 'aria-label': t('filter') }), choice: h('div', {}),
    list: h('div', { class: 'list', onkeydown: step }), user: h('span', { class: 'user' }) };
  const choice = h('select', { 'aria-label': t('language'), class: 'quiet', onchange: (event) => chooseLanguage(event.target.value) },
    Object.entries(languages).map(([tag, name]) => h('option', { value: tag, selected: tag === language() }, name)));
  side.append(
    h('div', { class: 'top' }, h('a', { class: 'mark', href: '#/' }, h('img', { src: 'icon.svg', alt: '', width: 28, height: 28 }), 'grantlink'),
      h('h1', { class: 'unseen phone' }, t('title')),
      h('a', { class: 'icon-button phone', href: '#/overview', 'aria-label': t('overview'), title: t('overview') }, icon('chart'))),
    h('button', { type: 'button', class: 'primary add', id: 'add', onclick: () => actions.add() }, icon('plus'), t('add_account')),
    h('div', { class: 'search' }, icon('search'), search),
    parts.chips, parts.choice, parts.list,
    h('div', { class: 'foot' }, parts.user, iconButton('keys', t('keys_title'), showKeys), choice));
}

// Drawn again only for what can be seen in it, which time changes too: pictures would flicker.
let drawn = '';

export function sideBar(side, state, actions) {
  if (!parts) build(side, state, actions);
  const now = JSON.stringify([state.phase, state.overview, state.next, state.list, state.list.map((c) => stateOf(c)), state.filter, state.words, state.provider, state.selected, state.session, Math.floor(Date.now() / 60_000)]);
  if (now === drawn) return;
  drawn = now;
  replace(parts.chips, ...chips(state, actions));
  parts.choice.replaceChildren(...[providerChoice(state, actions)].filter(Boolean));
  replace(parts.list, listing(state, actions));
  parts.user.textContent = state.session?.user ?? '';
  parts.user.title = state.session ? t('signed_in_as', { user: state.session.user }) : '';
}

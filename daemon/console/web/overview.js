// What is shown when no connection is: pictures of all of them, a welcome, or what is wrong.

import { avatar } from './avatar.js';
import { funnel, tokenHealth } from './charts.js';
import { h, icon } from './dom.js';
import { t } from './i18n.js';
import { nameOf, stateOf } from './model.js';
import { latestPosts } from './posts.js';

function attention(state) {
  const found = state.overview.attention_newest;
  if (!found.length) return h('section', { class: 'card calm' }, icon('tick'), h('p', {}, t('all_well')));
  return h('section', { class: 'card' }, h('h2', {}, t('filter_attention')), h('ul', { class: 'rows' }, found.map((c) => h('li', {}, h('a', { class: 'row', href: `#/c/${c.id}`, 'data-key': `attention-${c.id}` },
    avatar(c), h('strong', { dir: 'auto', title: nameOf(c) }, nameOf(c) || t('any_account')), h('span', { class: `pill ${stateOf(c)[1]}` }, t(`state_${stateOf(c)[0]}`)),
    h('span', { class: 'sub' }, state.providers.get(c.provider)?.name ?? c.provider))))));
}

export function overview(state) {
  return [
    h('a', { class: 'back phone', href: '#/' }, icon('back', 'turn'), t('all_connections')),
    h('header', { class: 'head' }, h('div', {}, h('h1', {}, t('overview')), h('p', {}, t('overview_text')))),
    h('div', { class: 'cards-of' }, funnel(state.overview.funnel), tokenHealth(state.overview.tokens), attention(state), latestPosts()),
  ];
}

export function welcome(state, actions) {
  const step = (n, text) => h('li', {}, h('span', { 'aria-hidden': 'true' }, n), text);
  return h('section', { class: 'welcome' }, h('img', { src: 'icon.svg', alt: '', width: 72, height: 72 }), h('h1', {}, t('welcome')), h('p', {}, t('welcome_text')),
    h('ol', {}, step('1', t('welcome_1')), step('2', t('welcome_2')), step('3', t('welcome_3'))),
    h('button', { type: 'button', class: 'primary', 'data-key': 'welcome-add', onclick: () => actions.add() }, icon('plus'), t('add_first')));
}

// `failure`: an ApiError, or {status}
export function troubled(failure, again) {
  const key = { 0: 'offline', 401: 'signed_out', 403: 'forbidden', 404: 'missing' }[failure.status] ?? 'failed';
  return h('section', { class: 'welcome trouble' }, icon(key === 'offline' ? 'cloud' : 'warn'), h('h1', {}, t(`trouble_${key}`)), h('p', {}, t(`trouble_${key}_text`)),
    failure.message && failure.status ? h('p', { class: 'soft' }, failure.message) : null,
    key === 'missing' ? h('a', { class: 'primary', href: '#/' }, t('all_connections'))
      : h('button', { type: 'button', class: 'primary', 'data-key': 'again', onclick: () => (key === 'signed_out' ? location.reload() : again()) }, icon('renew'), t('try_again')));
}

// One connection: what it is, what can be done with it, and what has happened.

import { get, post, remove } from './api.js';
import { avatar } from './avatar.js';
import { lifeLine } from './charts.js';
import { confirmDialog, copy, copyAndSay, linkField, showQr } from './dialogs.js';
import { bdi, h, icon, iconButton, toast } from './dom.js';
import { date, dateTime, languageName, t } from './i18n.js';
import { nameOf, stateOf } from './model.js';
import { postsOf } from './posts.js';
import { timeLine } from './timeline.js';

const titleOf = (c) => nameOf(c) || t('any_account');
const fail = (error) => toast(error.status === 0 ? t('no_answer') : error.message, 'warn');

// Those that share its link, of the connections that are in the list.
const sharersOf = (c, state) => state.list.filter((other) => c.shares_link_with.includes(other.id));

// What is done with the link is done for all that wait for it.
function warning(text, c, state) {
  const others = sharersOf(c, state).filter(({ status }) => status === 'pending' || status === 'broken');
  return others.length ? `${text} ${t('concerns_others', { accounts: others.map(titleOf).join(', ') })}` : text;
}

function regenerate(c, state, actions, title) {
  confirmDialog({
    title, text: warning(t('regenerate_warning'), c, state), button: t('regenerate_button'),
    async act() {
      const made = post(`connections/${c.id}/regenerate`);
      const copying = copy(made.then(({ link }) => link));
      actions.took(await made);
      toast(await copying ? t('link_copied') : t('link_ready'));
    },
  });
}

function removal(c, state, actions) {
  const asked = c.status === 'pending';
  return h('button', { type: 'button', class: 'quiet-button danger-text', 'data-key': 'remove', onclick: () => confirmDialog({
    title: asked ? t('take_back') : t('remove'),
    text: asked ? warning(t('take_back_warning'), c, state) : t('remove_warning', { account: titleOf(c) }),
    button: asked ? t('take_back') : t('remove'),
    async act() {
      actions.took(asked ? await post(`connections/${c.id}/cancel`) : await remove(`connections/${c.id}`));
      toast(asked ? t('taken_back') : t('removed'));
    },
  }) }, icon('bin'), asked ? t('take_back') : t('remove'));
}

// The link of one that waits. It is fetched for whoever looks, and kept nowhere.
function linkCard(c, state, actions) {
  const place = h('div', { class: 'link-place' }, h('div', { class: 'ghost line' }));
  const over = Date.parse(c.link_expires_at) <= Date.now();
  const again = c.status === 'broken';
  get(`connections/${c.id}/link`).then(({ link }) => place.replaceChildren(linkField(link,
    iconButton('qr', t('qr_show'), () => showQr(c, titleOf(c))),
    iconButton('renew', t('regenerate'), () => regenerate(c, state, actions, t('regenerate'))))), (error) => {
    place.replaceChildren(h('p', { class: 'problem' }, error.status === 0 ? t('no_answer') : error.message));
  });
  return h('section', { class: 'card' }, h('h2', {}, again ? t('reapprove') : t('link')),
    again && h('p', {}, t('reapprove_text')),
    over ? [h('p', {}, t('link_is_over', { date: date(c.link_expires_at) })),
      h('button', { type: 'button', class: 'primary', 'data-key': 'renew', onclick: () => regenerate(c, state, actions, t('regenerate')) }, icon('renew'), t('regenerate'))]
      : [place, h('p', { class: 'soft' }, t('works_until', { date: dateTime(c.link_expires_at) }))]);
}

function tokenCard(c, actions) {
  const refresh = h('button', { type: 'button', class: 'quiet-button', 'data-key': 'refresh', async onclick() {
    refresh.disabled = true;
    try { actions.took(await post(`connections/${c.id}/refresh`)); toast(t('refreshed')); } catch (error) { fail(error); }
    refresh.disabled = false;
  } }, icon('renew'), t('refresh'));
  return h('section', { class: 'card' }, h('h2', {}, t('health')), lifeLine(c),
    c.trouble && h('p', { class: 'problem' }, icon('warn'), c.trouble),
    c.token.scopes.length ? [h('h3', {}, t('may_do')), h('ul', { class: 'scopes' }, c.token.scopes.map((scope) => h('li', { dir: 'ltr' }, scope)))] : null,
    h('div', { class: 'buttons start' }, refresh));
}

function facts(c, state) {
  const fact = (name, value) => value && h('div', {}, h('dt', {}, t(name)), h('dd', {}, value));
  const who = c.approved_account;
  const sharers = sharersOf(c, state).flatMap((other, i) => [i ? ', ' : '', h('a', { href: `#/c/${other.id}` }, bdi(titleOf(other)))]);
  return h('section', { class: 'card' }, h('h2', {}, t('facts')), h('dl', { class: 'facts' },
    fact('approved_by', who && bdi([who.name, who.handle && who.handle !== who.name ? `(${who.handle})` : ''].filter(Boolean).join(' '))),
    fact('requester', bdi(c.requester)), fact('mail_to', c.notify && bdi(c.notify)), fact('brand', c.brand && bdi(c.brand)),
    fact('recipient_language', c.language && languageName(c.language)), fact('message', c.message && bdi(c.message)),
    fact('shares_link', sharers.length > 0 && sharers), fact('created', dateTime(c.created_at)),
    fact('id', h('button', { type: 'button', class: 'text id', dir: 'ltr', title: t('copy'), 'data-key': 'id', onclick: () => copyAndSay(c.id) }, c.id))));
}

function advice(c) {
  const key = stateOf(c)[0];
  const text = { declined: 'advice_declined', wrong_account: 'advice_wrong_account', provider_error: 'advice_provider_error', timed_out: 'advice_timed_out' }[key];
  return text && h('p', { class: 'advice' }, icon('warn'), t(text));
}

export function detail(c, state, actions) {
  const [key, tone] = stateOf(c);
  const provider = state.providers.get(c.provider)?.name ?? c.provider;
  const cards = [];
  if (c.status === 'pending' || c.status === 'broken') cards.push(linkCard(c, state, actions));
  if (c.status === 'active') cards.push(tokenCard(c, actions));
  if (['active', 'broken'].includes(c.status) && state.providers.get(c.provider)?.collected) cards.push(postsOf(c));
  cards.push(timeLine(c), facts(c, state));
  return [
    h('a', { class: 'back phone', href: '#/' }, icon('back', 'turn'), t('all_connections')),
    h('header', { class: 'head' }, avatar(c, 'large'), h('div', {}, h('h1', {}, bdi(titleOf(c))), h('p', {}, bdi(provider))),
      h('span', { class: `pill ${tone}` }, t(`state_${key}`))),
    c.status === 'broken' && c.trouble ? h('p', { class: 'advice' }, icon('warn'), c.trouble) : advice(c),
    h('div', { class: 'cards-of' }, cards),
    h('div', { class: 'buttons start last' }, c.status === 'revoked'
      ? h('button', { type: 'button', class: 'primary', onclick: () => actions.add(c) }, icon('plus'), t('request_again')) : removal(c, state, actions)),
  ].filter(Boolean);
}

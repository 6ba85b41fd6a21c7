// Keys for those who prefer them. Single letters can be switched off (WCAG 2.1.4): they get in the way of
// who dictates.

import { h } from './dom.js';
import { t } from './i18n.js';
import { openDialog } from './dialogs.js';

const kept = 'grantlink-keys';
const on = () => localStorage.getItem(kept) !== 'off';

export function showKeys() {
  const line = (key, text) => h('div', {}, h('dt', {}, h('kbd', {}, key)), h('dd', {}, text));
  openDialog(t('keys_title'), (close) => [
    h('dl', { class: 'keys' }, line('/', t('keys_search')), line('N', t('add_account')), line('↑ ↓', t('keys_move')),
      line('Esc', t('keys_back')), line('?', t('keys_title'))),
    h('label', { class: 'check' }, h('input', { type: 'checkbox', checked: on(),
      onchange: (event) => localStorage.setItem(kept, event.target.checked ? 'on' : 'off') }), t('keys_on')),
    h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'primary', onclick: close }, t('close'))),
  ]);
}

export function watchKeys(actions) {
  const does = {
    '/': () => document.getElementById('search').focus(),
    n: () => actions.add(),
    '?': showKeys,
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape' && document.body.dataset.view !== 'list') return actions.show(null);
    if (event.target.closest('input, select, textarea') || !on()) return;
    const act = does[event.key.toLowerCase()];
    if (act) { event.preventDefault(); act(); }
  });
}

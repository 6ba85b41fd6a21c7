// Dialogs: the browser's own <dialog>, which keeps the focus inside and gives it back.

import { h, icon, iconButton, raiseToasts, toast } from './dom.js';
import { t } from './i18n.js';
import { url } from './api.js';

// `make(close)` answers what stands in it.
export function openDialog(title, make, extra = '') {
  const dialog = h('dialog', { class: `dialog ${extra}`, 'aria-labelledby': 'dialog-title' });
  const close = () => dialog.close();
  dialog.append(h('div', { class: 'dialog-head' }, h('h2', { id: 'dialog-title', tabindex: '-1' }, title), iconButton('close', t('close'), close)),
    h('div', { class: 'dialog-body' }, make(close, dialog)));
  dialog.addEventListener('close', () => {
    raiseToasts();
    dialog.remove();
  });
  dialog.addEventListener('click', (event) => { if (event.target === dialog) close(); });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

// `act` is awaited; when it fails the dialog stays and says why.
export function confirmDialog({ title, text, button, tone = 'danger', act }) {
  openDialog(title, (close) => {
    const problem = h('p', { class: 'problem', role: 'alert', hidden: true });
    const go = h('button', { type: 'button', class: tone, async onclick() {
      go.disabled = true;
      try {
        await act();
        close();
      } catch (error) {
        problem.textContent = error.status === 0 ? t('no_answer') : error.message;
        problem.hidden = false;
      }
      go.disabled = false;
    } }, button);
    return [h('p', {}, text), problem, h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'quiet-button', autofocus: true, onclick: close }, t('keep')), go)];
  }, 'small');
}

export function showQr(connection, name) {
  openDialog(t('qr_title'), () => [qrPicture(connection), h('p', { class: 'soft' }, t('qr_text', { account: name }))], 'small');
}

export const qrPicture = (connection) => h('img', { class: 'qr', alt: t('qr_alt'), src: `${url(`connections/${connection.id}/qr`)}?${connection.generation}` });

// Begun within the click that asks for it, also when the text is still to come: browsers want that.
export async function copy(text, field) {
  try {
    const item = new ClipboardItem({ 'text/plain': Promise.resolve(text).then((value) => new Blob([value], { type: 'text/plain' })) });
    await navigator.clipboard.write([item]);
    return true;
  } catch {
    try { await navigator.clipboard.writeText(await text); return true; } catch { field?.select(); return false; }
  }
}

export async function copyAndSay(text, field) {
  if (await copy(text, field)) toast(t('copied'));
  else toast(t('copy_yourself'), 'warn');
}

// The link to be copied again, and what else can be done with it.
export function linkField(link, ...more) {
  const field = h('input', { class: 'link', readonly: true, value: link, dir: 'ltr', 'aria-label': t('link'), onfocus: (event) => event.target.select() });
  return h('div', { class: 'link-field' }, field, h('button', { type: 'button', class: 'primary', 'data-key': 'copy', onclick: () => copyAndSay(link, field) }, icon('copy'), t('copy')), ...more);
}

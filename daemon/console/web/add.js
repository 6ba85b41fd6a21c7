// Add an account: which provider, mine or somebody else's, and then the link.

import { post } from './api.js';
import { copy, copyAndSay, linkField, openDialog, qrPicture } from './dialogs.js';
import { h, bdi, icon, say } from './dom.js';
import { date, days, language, languageName, languages, t } from './i18n.js';
import { hueOf, initialsOf, nameOf } from './model.js';

const lifetimes = ['1d', '3d', '7d', '14d', '30d', '90d'];
const secondsIn = (lifetime) => Number.parseInt(lifetime, 10) * 86400;

function field(label, input, hint) {
  const id = input.name;
  input.id = `add-${id}`;
  const problem = h('span', { class: 'problem', id: `problem-${id}`, hidden: true });
  input.setAttribute('aria-describedby', `problem-${id}${hint ? ` hint-${id}` : ''}`);
  return h('div', { class: 'field', 'data-field': id }, h('label', { for: input.id }, label), input,
    hint && h('span', { class: 'hint', id: `hint-${id}` }, hint), problem);
}

const choice = (name, options) => h('select', { name }, options.map(([value, text, selected]) => h('option', { value, selected }, text)));

function providerCards(state, filled) {
  const providers = [...state.providers.values()];
  const wanted = filled?.provider ?? providers[0]?.id;
  return h('fieldset', { class: 'cards' }, h('legend', {}, t('choose_provider')),
    h('div', { class: 'card-grid' }, providers.map(({ id, name }) => h('label', { class: 'card-choice' },
      h('input', { type: 'radio', name: 'provider', value: id, checked: id === wanted, required: true }),
      h('span', { class: `avatar hue-${hueOf(id)}`, 'aria-hidden': 'true' }, initialsOf(name)), h('span', {}, bdi(name))))));
}

function intents() {
  const one = (value, name, text, glyph, checked) => h('label', { class: 'card-choice wide' },
    h('input', { type: 'radio', name: 'intent', value, checked }), icon(glyph),
    h('span', {}, h('strong', {}, name), h('span', { class: 'sub' }, text)));
  return h('fieldset', { class: 'cards' }, h('legend', {}, t('whose')), h('div', { class: 'card-grid two' },
    one('request', t('request_access'), t('request_access_text'), 'message', true),
    one('login', t('log_in'), t('log_in_text'), 'open', false)));
}

function details(state, filled) {
  const { defaults } = state;
  const standard = t('as_configured', { what: days(defaults.link_lifetime_seconds) });
  const brands = [['', defaults.brand ? t('as_configured', { what: defaults.brands.find((b) => b.id === defaults.brand)?.name }) : t('no_brand')],
    ...defaults.brands.map((brand) => [brand.id, brand.name, brand.id === filled?.brand])];
  return [
    field(t('handle'), h('input', { name: 'account', value: filled?.account ?? '', placeholder: '@nike', autocapitalize: 'none', autocomplete: 'off', spellcheck: 'false', dir: 'ltr', maxlength: 200 }), t('handle_hint')),
    h('div', { class: 'request-only' },
      field(t('message'), h('textarea', { name: 'message', rows: 3, maxlength: 1000 }, filled?.message ?? ''), t('message_hint'))),
    h('details', { class: 'more', open: Boolean(filled) }, h('summary', {}, t('more_options')), h('div', { class: 'pair' },
      field(t('recipient_language'), choice('language', [['', t('browser_decides')],
        ...Object.keys(languages).map((tag) => [tag, languageName(tag), tag === filled?.language])])),
      field(t('expiry'), choice('link_lifetime', [['', standard], ...lifetimes.map((value) => [value, days(secondsIn(value))])])),
      defaults.brands.length ? field(t('brand'), choice('brand', brands)) : null,
      field(t('requester'), h('input', { name: 'requester', value: filled?.requester ?? '', placeholder: defaults.requester, maxlength: 200 })),
      field(t('notify'), h('input', { name: 'notify', type: 'email', value: filled?.notify ?? '', placeholder: 'me@example.com', autocomplete: 'email' }), t('notify_hint')))),
  ];
}

// A message is for somebody else; who connects an account of their own has seen no field for it.
function wantedOf(form, own) {
  const out = {};
  const left = own ? ['intent', 'message'] : ['intent'];
  for (const [name, value] of new FormData(form)) if (value.trim() && !left.includes(name)) out[name] = value.trim();
  return out;
}

function complain(form, error) {
  const place = form.querySelector(`[data-field="${error.field}"] .problem`);
  const general = form.querySelector('.problem.general');
  for (const shown of form.querySelectorAll('.problem')) shown.hidden = true;
  for (const input of form.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
  const target = place ?? general;
  target.textContent = error.status === 0 ? t('no_answer') : error.message;
  target.hidden = false;
  const input = place?.parentElement.querySelector('input, select, textarea');
  input?.closest('details')?.setAttribute('open', '');
  input?.setAttribute('aria-invalid', 'true');
  input?.focus();
  say(target.textContent);
}

function result(made, message, copied, close, actions) {
  const name = nameOf(made) || t('any_account');
  const whole = message ? `${message}\n\n${made.link}` : '';
  return [
    h('p', { class: `done ${copied ? 'good' : ''}` }, icon(copied ? 'tick' : 'link'), copied ? t('link_copied') : t('link_ready')),
    linkField(made.link),
    whole && h('button', { type: 'button', class: 'quiet-button', onclick: () => copyAndSay(whole) }, icon('message'), t('copy_message')),
    h('div', { class: 'qr-box' }, qrPicture(made), h('p', { class: 'soft' }, t('send_link', { account: name }), ' ', t('works_until', { date: date(made.link_expires_at) }))),
    h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'primary', onclick() { close(); actions.show(made.id); } }, t('see_connection'))),
  ];
}

function signIn(made, opened, close, actions) {
  return [
    h('p', { class: 'done good' }, icon('open'), opened ? t('login_opened') : t('login_blocked')),
    h('p', { class: 'soft' }, t('login_text')),
    h('a', { class: 'primary', href: made.link, target: '_blank', rel: 'noopener noreferrer' }, icon('open'), t('open_link')),
    h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'quiet-button', onclick() { close(); actions.show(made.id); } }, t('see_connection'))),
  ];
}

// `filled`: a connection to ask for again.
export function addAccount(state, actions, filled) {
  if (state.phase !== 'ready') return;
  openDialog(t('add_account'), (close, dialog) => {
    const go = h('button', { class: 'primary', type: 'submit' }, t('make_link'));
    const show = (...parts) => {
      dialog.querySelector('.dialog-body').replaceChildren(...parts.filter(Boolean));
      dialog.querySelector('h2').focus();
    };
    async function submit(event) {
      event.preventDefault();
      const own = new FormData(form).get('intent') === 'login';
      const message = own ? '' : form.elements.message.value.trim();
      const made = post('connections', wantedOf(form, own));
      // Begun within the click: a window, or a copy, that comes by itself later is not let through.
      const opened = own ? window.open('about:blank', '_blank') : null;
      const copying = own ? null : copy(made.then(({ link }) => link));
      go.disabled = true;
      try {
        const connection = await made;
        if (opened) opened.location.replace(connection.link);
        actions.took(connection);
        if (own) return show(...signIn(connection, opened, close, actions));
        const copied = await copying;
        show(...result(connection, message, copied, close, actions));
        say(copied ? t('link_copied') : t('link_ready'));
      } catch (error) {
        opened?.close();
        complain(form, error);
      } finally {
        go.disabled = false;
      }
    }
    const form = h('form', { class: 'form', novalidate: true, onsubmit: submit, onchange() {
      const own = new FormData(form).get('intent') === 'login';
      form.classList.toggle('own', own);
      go.textContent = own ? t('go_to_login') : t('make_link');
    } }, providerCards(state, filled), intents(), details(state, filled),
    h('p', { class: 'problem general', role: 'alert', hidden: true }),
    h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'quiet-button', onclick: close }, t('cancel')), go));
    return state.providers.size ? form : h('p', {}, t('no_providers'));
  }, 'wide');
}

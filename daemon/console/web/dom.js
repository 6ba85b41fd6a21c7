// Elements, made without any HTML in texts: what a provider or a recipient wrote is only ever text.

const svgSpace = 'http://www.w3.org/2000/svg';

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value') element.value = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(2).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

export function s(tag, properties, ...children) {
  return fill(document.createElementNS(svgSpace, tag), properties, children);
}

// A name in another script must not turn the sentence around it.
export const bdi = (text) => h('bdi', {}, text);

const shapes = {
  plus: 'M12 5v14M5 12h14',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM20 20l-4.8-4.8',
  copy: 'M9 9h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1ZM16 8V5a1 1 0 0 0-1-1H5a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1h3',
  renew: 'M20 11a8 8 0 0 0-14.3-4L4 9M4 4v5h5M4 13a8 8 0 0 0 14.3 4L20 15M20 20v-5h-5',
  qr: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 20h2',
  back: 'M19 12H5M11 6l-6 6 6 6',
  close: 'M6 6l12 12M18 6 6 18',
  tick: 'M5 12.5l4.5 4.5L19 7.5',
  warn: 'M12 9v4.5M12 17h.01M10.3 4.3 2.8 17.2A2 2 0 0 0 4.5 20h15a2 2 0 0 0 1.7-2.8L13.7 4.3a2 2 0 0 0-3.4 0Z',
  bin: 'M4 7h16M9 7V5a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1v2M6 7l1 12a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1l1-12M10 11v5M14 11v5',
  chart: 'M4 20V10M10 20V4M16 20v-7M21 20H3',
  play: 'M8 5.5v13a1 1 0 0 0 1.5.9l10.5-6.5a1 1 0 0 0 0-1.8L9.5 4.6A1 1 0 0 0 8 5.5Z',
  open: 'M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5',
  cloud: 'M3 3l18 18M8.5 6.3A6 6 0 0 1 18 10a4.5 4.5 0 0 1 2.8 7.7M16 18H7a4 4 0 0 1-.9-7.9',
  link: 'M10 14a4.2 4.2 0 0 0 6 0l3-3a4.24 4.24 0 0 0-6-6l-1 1M14 10a4.2 4.2 0 0 0-6 0l-3 3a4.24 4.24 0 0 0 6 6l1-1',
  keys: 'M4 6h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1ZM7 10h.01M11 10h.01M15 10h.01M8 14h8',
  message: 'M5 5h14a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-7l-4 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1Z',
};

export function icon(name, extra = '') {
  return s('svg', { viewBox: '0 0 24 24', class: `icon ${extra}`, 'aria-hidden': 'true' }, s('path', { d: shapes[name] }));
}

// A button of an icon alone: its name is read out, and shown while it is pointed at.
export function iconButton(name, label, onclick, extra = '') {
  return h('button', { type: 'button', class: `icon-button ${extra}`, 'aria-label': label, title: label, onclick }, icon(name));
}

// Puts `fresh` in the place of what is in `place`; the focus and the scroll position stay where they were.
export function replace(place, ...fresh) {
  const key = place.contains(document.activeElement) && document.activeElement.dataset.key;
  const top = place.scrollTop;
  place.replaceChildren(...fresh);
  place.scrollTop = top;
  if (key) place.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

// Read out, and seen by nobody.
export function say(text) { document.getElementById('said').textContent = text; }

const toasts = document.getElementById('toasts');

// Into the dialog that is open: what is beside it is neither seen nor read out.
export function raiseToasts() {
  const place = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
  if (toasts.parentElement !== place) place.append(toasts);
}

export function toast(text, tone = 'good') {
  const shown = h('div', { class: `toast ${tone}` }, icon(tone === 'good' ? 'tick' : 'warn'), h('span', {}, text));
  toasts.append(shown);
  raiseToasts();
  setTimeout(() => shown.remove(), tone === 'good' ? 3500 : 9000);
}

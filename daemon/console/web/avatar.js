// An account's picture: what the provider showed at the approval, else its initials.

import { url } from './api.js';
import { h } from './dom.js';
import { hueOf, initialsOf, nameOf } from './model.js';

export function avatar(c, size = '') {
  const name = nameOf(c);
  const picture = c.approved_account?.picture_url && c.status !== 'revoked'
    && h('img', { src: url(`connections/${c.id}/picture`), alt: '', loading: 'lazy', onerror: (event) => event.target.remove() });
  return h('span', { class: `avatar hue-${hueOf(name || c.provider)} ${c.status} ${size}`, 'aria-hidden': 'true' }, name ? initialsOf(name) : '?', picture);
}

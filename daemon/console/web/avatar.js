// An account's picture: what the provider showed at the approval, else its initials.

import { h } from './dom.js';
import { hueOf, initialsOf, nameOf } from './model.js';

export function avatar(c, size = '') {
  const name = nameOf(c);
  return h('span', { class: `avatar hue-${hueOf(name || c.provider)} ${c.status} ${size}`, 'aria-hidden': 'true' }, name ? initialsOf(name) : '?');
}

// Pictures, drawn as SVG: how far requests come, how tokens are, how long one lasts.

import { h, s } from './dom.js';
import { date, dateTime, number, percent, relative, t } from './i18n.js';
import { healthOf } from './model.js';

const stages = ['requested', 'opened', 'approved', 'active'];

// A band that narrows from stage to stage; each is as high as its share of all.
export function funnel(counts) {
  const [wide, high] = [400, 96];
  const column = wide / stages.length;
  const half = (stage) => Math.max(1.5, (counts[stage] / Math.max(1, counts.requested)) * (high / 2));
  const bands = stages.map((stage, i) => {
    const [from, to] = [half(stage), half(stages[i + 1] ?? stage)];
    const [x, middle, bend] = [i * column, high / 2, column * 0.5];
    const end = x + column;
    return s('path', { class: `band band-${i}`, d: `M${x} ${middle - from}C${x + bend} ${middle - from} ${end - bend} ${middle - to} ${end} ${middle - to}`
      + `V${middle + to}C${end - bend} ${middle + to} ${x + bend} ${middle + from} ${x} ${middle + from}Z` });
  });
  const told = stages.map((stage) => `${t(`stage_${stage}`)}: ${number(counts[stage])}`).join(', ');
  return h('section', { class: 'card' }, h('h2', {}, t('funnel')),
    h('ol', { class: 'stages' }, stages.map((stage) => h('li', {}, h('span', {}, t(`stage_${stage}`)), h('strong', {}, number(counts[stage])),
      h('small', {}, percent(counts[stage], counts.requested))))),
    s('svg', { class: 'funnel', viewBox: `0 0 ${wide} ${high}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': told }, bands),
    h('p', { class: 'soft' }, t('funnel_note')));
}

const tones = { well: 'good', lasting: 'steady', soon: 'soon', trouble: 'warn', broken: 'bad' };

// A ring of all tokens, divided by how they are.
export function tokenHealth(counts) {
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
  const length = 2 * Math.PI * 42;
  const shown = Object.entries(counts).filter(([, n]) => n);
  const gap = shown.length > 1 ? 3 : 0;
  let at = 0;
  const arcs = shown.map(([name, n]) => {
    const arc = s('circle', { class: `arc ${tones[name]}`, cx: 60, cy: 60, r: 42, pathLength: length,
      'stroke-dasharray': `${Math.max(0.5, (n / all) * length - gap)} ${length}`, 'stroke-dashoffset': -at });
    at += (n / all) * length;
    return arc;
  });
  const told = shown.map(([name, n]) => `${t(`health_${name}`)}: ${number(n)}`).join(', ') || t('no_tokens');
  return h('section', { class: 'card' }, h('h2', {}, t('token_health')), h('div', { class: 'ring-box' },
    h('div', { class: 'ring' }, s('svg', { viewBox: '11 11 98 98', role: 'img', 'aria-label': told }, s('circle', { class: 'arc rest', cx: 60, cy: 60, r: 42 }),
      s('g', { transform: 'rotate(-90 60 60)' }, arcs)), h('span', { 'aria-hidden': 'true' }, h('strong', {}, number(all)), h('small', {}, t('tokens')))),
    h('ul', { class: 'legend' }, Object.entries(counts).map(([name, n]) => h('li', { class: n ? '' : 'zero' }, h('i', { class: tones[name], 'aria-hidden': 'true' }),
      h('span', {}, t(`health_${name}`)), h('strong', {}, number(n)))))));
}

// From the approval to the day the token ends, and where today is.
export function lifeLine(c) {
  const health = healthOf(c);
  const label = t(`health_${health}`);
  if (!c.token.expires_at) return h('p', { class: 'health' }, h('i', { class: tones[health], 'aria-hidden': 'true' }), label);
  const [from, to] = [Date.parse(c.last_outcome_at ?? c.created_at), Date.parse(c.token.expires_at)];
  const part = Math.min(1, Math.max(0, (Date.now() - from) / Math.max(1, to - from)));
  const x = `${2 + part * 96}%`;
  return [
    h('p', { class: 'health' }, h('i', { class: tones[health], 'aria-hidden': 'true' }), label, h('span', { class: 'soft' }, t('token_ends', { time: relative(c.token.expires_at) }))),
    s('svg', { class: 'life', role: 'img', 'aria-label': t('token_ends', { time: dateTime(c.token.expires_at) }) },
      s('line', { class: 'rest', x1: '2%', y1: 12, x2: '98%', y2: 12 }), s('line', { class: tones[health], x1: '2%', y1: 12, x2: x, y2: 12 }),
      s('circle', { class: tones[health], cx: x, cy: 12, r: 7 })),
    h('p', { class: 'ends soft' }, h('span', {}, date(from)), h('span', {}, date(to))),
  ];
}

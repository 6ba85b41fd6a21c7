// What accounts have published, as cards: of one connection, or the newest of all.
//
// A feed looks for news while it is on the page, and keeps what it has when the page is drawn again.

import { get, url } from './api.js';
import { bdi, h, icon, replace, say } from './dom.js';
import { dateTime, t, when } from './i18n.js';
import { hueOf } from './model.js';

const pause = { waiting: 2000, watching: 5000 }; // ms
const [pageSize, mostAtOnce] = [12, 200];
const long = { text: 240, lines: 6 };

const keyOf = (post) => `${post.connection} ${post.id}`;

// Providers name videos as videos; a picture may have any name.
const isVideo = (address) => /\.(mp4|m4v|mov|webm)([?#]|$)/i.test(address);

// Where the API says that something is, as seen from this page.
const inApi = (path) => url(path.replace(/^\/v1\//, ''));

// Through grantlinkd: no browser asks the provider, whose addresses tell who is looking. A video can be seen here
// only when there is a copy of it.
function media(post) {
  const copy = post.media_copy;
  if (!post.media_url && !copy) return null;
  if (copy?.type.startsWith('video/')) return h('video', { src: inApi(copy.url), controls: true, preload: 'metadata', 'aria-label': t('post_video') });
  const shown = !copy && isVideo(post.media_url)
    ? h('span', { class: `film hue-${hueOf(post.id)}` }, icon('play'), t('post_video'))
    : h('img', { src: copy ? inApi(copy.url) : url(`connections/${post.connection}/picture?post=${encodeURIComponent(post.id)}`), alt: '', loading: 'lazy', onerror: (event) => event.target.remove() });
  // The same link stands below, with a name.
  return post.url ? h('a', { href: post.url, target: '_blank', rel: 'noopener noreferrer', tabindex: '-1', 'aria-hidden': 'true' }, shown) : shown;
}

function words(post, opened) {
  if (!post.text) return null;
  const text = h('p', { class: 'words', dir: 'auto', tabindex: '-1' }, post.text);
  const short = [...post.text].length <= long.text && post.text.split('\n').length <= long.lines;
  if (short || opened.has(post.id)) return [text];
  text.classList.add('cut');
  const button = h('button', { type: 'button', class: 'text', 'data-key': `whole-${post.id}`, onclick() {
    opened.add(post.id);
    text.classList.remove('cut');
    text.focus();
    button.remove();
  } }, t('post_whole'));
  return [text, button];
}

function card(post, { named, opened }) {
  const at = post.published_at ?? post.seen_at;
  return h('li', { class: 'post', tabindex: '-1', 'data-key': `post-${post.id}` }, media(post),
    h('div', { class: 'post-body' },
      named && h('a', { class: 'post-of', href: `#/c/${post.connection}`, 'data-key': `of-${post.id}` }, bdi(post.account ?? t('any_account'))),
      words(post, opened) ?? (post.media_url || post.media_copy ? null : h('p', { class: 'soft' }, t('post_no_words'))),
      h('div', { class: 'post-foot' }, h('time', { datetime: at, title: dateTime(at) }, when(at)), post.updated_at && h('span', { title: dateTime(post.updated_at) }, t('post_edited')),
        post.url && h('a', { class: 'icon-button', href: post.url, target: '_blank', rel: 'noopener noreferrer', 'data-key': `open-${post.id}`,
          'aria-label': t('post_open', { date: dateTime(at) }), title: t('post_open', { date: dateTime(at) }) }, icon('open')))));
}

// `named`: each card says whose it is, and without any there is nothing to be seen.
function feed(path, title, named) {
  const list = h('ul', { class: 'posts', 'aria-busy': 'true' }, [1, 2, 3].map(() => h('li', { class: 'post ghost', 'aria-hidden': 'true' })));
  const note = h('div', { class: 'posts-note' });
  const section = h('section', { class: 'card feed', hidden: named }, h('h2', {}, t(title)), list, note);
  const look = { named, opened: new Set() };
  const cards = new Map(); // by keyOf: [what it shows, element]
  let [posts, page, next, failure, drawn, timer] = [[], null, null, null, '', 0];

  function cardOf(post) {
    const told = JSON.stringify(post);
    const key = keyOf(post);
    if (cards.get(key)?.[0] !== told) cards.set(key, [told, card(post, look)]);
    return cards.get(key)[1];
  }

  const waits = () => page?.collected_at === null && !page.trouble;

  const again = () => h('button', { type: 'button', class: 'quiet-button', 'data-key': 'posts-again', onclick: refresh }, icon('renew'), t('try_again'));

  function notes(shown) {
    if (failure && !page) return [h('p', { class: 'problem' }, icon('warn'), t('posts_failed')), again()];
    return [
      page.trouble && h('p', { class: 'problem' }, icon('warn'), t('posts_trouble', { why: page.trouble })),
      !shown.length && !next && h('p', { class: 'soft' }, waits() ? t('posts_waiting') : t('posts_none')),
      failure && next ? again() : null,
      next && h('button', { type: 'button', class: 'quiet-button', 'data-key': 'posts-more', onclick: more }, t('show_more')),
    ].filter(Boolean);
  }

  function draw() {
    const shown = posts.filter((post) => !post.deleted_at);
    const now = JSON.stringify([shown, next, Boolean(failure), page?.trouble, waits()]);
    if (now === drawn) return;
    drawn = now;
    section.hidden = named && !shown.length;
    list.removeAttribute('aria-busy');
    replace(list, ...shown.map(cardOf));
    replace(note, ...notes(shown));
  }

  const add = (before, behind) => {
    const known = new Set(before.map(keyOf));
    return [...before, ...behind.filter((post) => !known.has(keyOf(post)))];
  };

  async function refresh() {
    clearTimeout(timer);
    try {
      const fresh = await get(`${path}?limit=${Math.min(mostAtOnce, Math.max(pageSize, posts.length))}`);
      const known = new Set(posts.map(keyOf));
      if (known.size && fresh.posts.length && !known.has(keyOf(fresh.posts[0]))) say(t('posts_new'));
      if (posts.length <= mostAtOnce) [posts, next] = [fresh.posts, fresh.next];
      else posts = add(fresh.posts, posts);
      [page, failure] = [fresh, null];
    } catch (error) {
      failure = error;
    }
    draw();
    if (section.isConnected) timer = setTimeout(() => (document.hidden ? wait() : refresh()), waits() ? pause.waiting : pause.watching);
  }

  function wait() { document.addEventListener('visibilitychange', refresh, { once: true }); }

  async function more() {
    try {
      const older = await get(`${path}?limit=${pageSize}&after=${encodeURIComponent(next)}`);
      const first = older.posts.find((post) => !post.deleted_at);
      posts = add(posts, older.posts);
      [next, failure] = [older.next, null];
      draw();
      if (first) cardOf(first).focus();
    } catch (error) {
      failure = error;
      draw();
    }
  }

  refresh();
  return { path, section, refresh };
}

let last = null;

// The one that was drawn last goes on where it was.
function again(path, title, named) {
  if (last?.path === path) last.refresh();
  else last = feed(path, title, named);
  return last.section;
}

export const postsOf = (c) => again(`connections/${c.id}/posts`, 'posts', false);
export const latestPosts = () => again('posts', 'latest_posts', true);

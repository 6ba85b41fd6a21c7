// Drives Debian's Chromium for a test that is written in Perl (Grantlink::Chromium).
//
// Listens on a Unix socket, PATH. One JSON object a line comes in, {"do": COMMAND, "tab": N, …}, and one
// goes back: {"answer": …} or {"error": TEXT}. A tab is a page of a context (a person's browser) with
// a cookie jar of its own; windows that a page opens are tabs of the same context.

import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const patience = 15_000; // ms

const browser = await chromium.launch({
  executablePath: process.env.GRANTLINK_CHROMIUM ?? '/usr/bin/chromium',
  chromiumSandbox: false, // it cannot be had as root, and all pages are ours
  args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

const tabs = []; // {page, context, said, asked, opened}

function watch(page, context) {
  const tab = { page, context, said: [], asked: [], opened: [], number: tabs.length };
  page.on('console', (message) => tab.said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => tab.said.push(`exception: ${error.message}`));
  page.on('request', (request) => tab.asked.push(`${request.method()} ${request.url()}`));
  page.on('popup', (opened) => tab.opened.push(watch(opened, context).number));
  tabs.push(tab);
  return tab;
}

async function eventually(check, what) {
  const deadline = Date.now() + patience;
  for (;;) {
    // A page that is being replaced cannot be asked: that is an answer too.
    const answer = await check().catch(() => undefined);
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what()}`);
    await new Promise((done) => setTimeout(done, 40));
  }
}

// Where a tab is and what it shows; nothing else of the page is looked at from outside.
function look() {
  const focused = document.activeElement;
  return {
    page: document.body?.dataset.page ?? '', title: document.title,
    lang: document.documentElement.lang, dir: document.documentElement.dir,
    headings: [...document.querySelectorAll('h1')].map((h1) => h1.innerText),
    text: document.body?.innerText ?? '',
    robots: document.querySelector('meta[name=robots]')?.content ?? '',
    focus: focused && focused !== document.body ? focused.innerText.trim() : '',
    scrolls: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    small: [...document.querySelectorAll('a, button, summary')].filter((target) => {
      const { width, height } = target.getBoundingClientRect();
      const inline = target.matches('p a, li a') && !target.matches('footer a, .button');
      return width > 0 && !inline && (width < 24 || height < 24);
    }).map((target) => target.outerHTML),
  };
}

const commands = {
  // A new person's browser; `options` are playwright's, `script` runs before any of a page.
  async person({ options, script }) {
    const context = await browser.newContext({ locale: 'en-GB', ...options });
    if (script) await context.addInitScript(script);
    return watch(await context.newPage(), context).number;
  },
  tab: async ({ tab }) => watch(await tab.context.newPage(), tab.context).number,
  async goto({ tab, url }) {
    const response = await tab.page.goto(url);
    return { status: response.status(), headers: response.headers() };
  },
  look: async ({ tab }) => ({ ...await eventually(() => tab.page.evaluate(look), () => 'a page'),
    url: tab.page.url() }),
  waitFor: ({ tab, page }) => eventually(
    async () => await tab.page.evaluate(() => document.readyState !== 'loading'
      && document.body.dataset.page) === page && tab.page.url(),
    () => `the page "${page}"; the tab is at ${tab.page.url().replace(/\?.*/, '?…')}`),
  waitForText: ({ tab, text }) => eventually(
    () => tab.page.evaluate((wanted) => document.body.innerText.includes(wanted), text),
    () => `the text "${text}"`),
  opened: ({ tab, timeout }) => eventually(async () => tab.opened[tab.opened.length - 1],
    () => 'a window'),
  isClosed: async ({ tab }) => tab.page.isClosed(),
  waitUntilClosed: ({ tab }) => eventually(async () => tab.page.isClosed(), () => 'the window to close'),
  click: ({ tab, selector }) => tab.page.click(selector, { timeout: patience }),
  fill: ({ tab, selector, text }) => tab.page.fill(selector, text, { timeout: patience }),
  choose: ({ tab, selector, value }) => tab.page.selectOption(selector, value, { timeout: patience }),
  // Until the script answers something that counts as true; answers it.
  until: ({ tab, script }) => eventually(async () => await tab.page.evaluate(script) || undefined, () => script),
  offline: ({ tab, whether }) => tab.context.setOffline(whether),
  press: ({ tab, key }) => tab.page.keyboard.press(key),
  type: ({ tab, text }) => tab.page.keyboard.type(text),
  emulate: async ({ tab, width, height, scheme }) => {
    await tab.page.emulateMedia({ colorScheme: scheme });
    await tab.page.setViewportSize({ width, height });
  },
  forgetCookies: ({ tab }) => tab.context.clearCookies(),
  close: ({ tab }) => tab.page.close(),
  leave: ({ tab }) => tab.context.close(),
  back: async ({ tab }) => { await tab.page.goBack(); },
  evaluate: ({ tab, script }) => tab.page.evaluate(script),
  said: async ({ tab }) => tab.said,
  asked: async ({ tab }) => tab.asked,
  async history({ tab }) {
    const session = await tab.context.newCDPSession(tab.page);
    const { entries } = await session.send('Page.getNavigationHistory');
    await session.detach();
    return entries.map(({ url }) => url);
  },
  // What axe-core finds: ["rule: element", …]
  async axe({ tab }) {
    if (!await tab.page.evaluate(() => 'axe' in window)) await tab.page.evaluate(axe);
    const { violations } = await tab.page.evaluate((tags) => window.axe.run(document,
      { runOnly: tags, resultTypes: ['violations'] }), wcag);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
      `${id}: ${html}: ${failureSummary.replace(/\s+/g, ' ')}`));
  },
  async screenshot({ tab, path, whole = true }) {
    await tab.page.screenshot({ path, fullPage: whole });
  },
};

async function answer(line) {
  try {
    const { do: name, tab: number, ...rest } = JSON.parse(line);
    const tab = number === undefined ? undefined : tabs[number];
    return { answer: await commands[name]({ ...rest, tab }) ?? null };
  } catch (error) {
    return { error: error.message };
  }
}

const server = createServer((socket) => {
  socket.on('error', () => {});
  const lines = createInterface({ input: socket });
  let queue = Promise.resolve();
  lines.on('line', (line) => {
    queue = queue.then(() => answer(line)).then((said) => socket.write(`${JSON.stringify(said)}\n`));
  });
});
server.listen(process.argv[2], () => process.stdout.write(`listening on ${process.argv[2]}\n`));
process.on('SIGTERM', async () => {
  await browser.close();
  process.exit(0);
});

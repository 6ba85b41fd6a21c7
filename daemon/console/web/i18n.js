// Texts, dates and numbers in the reader's language. Texts are in strings of one JSON file a language.

export const languages = {
  en: 'English', de: 'Deutsch', es: 'Español', fr: 'Français', pt: 'Português', ja: '日本語', ar: 'العربية',
};

const kept = 'grantlink-language';
let strings = {};
let tag = 'en';

function preferred() {
  const wished = [localStorage.getItem(kept), ...navigator.languages].filter(Boolean);
  return wished.map((wish) => wish.slice(0, 2).toLowerCase()).find((wish) => wish in languages) ?? 'en';
}

export async function loadLanguage() {
  tag = preferred();
  strings = await (await fetch(`${tag}.json`)).json();
  document.documentElement.lang = tag;
  document.documentElement.dir = tag === 'ar' ? 'rtl' : 'ltr';
}

export function chooseLanguage(wanted) {
  localStorage.setItem(kept, wanted);
  location.reload();
}

export const language = () => tag;

// Isolated, so that a handle keeps its own direction within the sentence (Unicode TR 9, FSI and PDI).
const isolated = (value) => (tag === 'ar' || /[\u0590-\u08ff]/.test(value) ? `\u2068${value}\u2069` : value);

export function t(key, values = {}) {
  return (strings[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => isolated(String(values[name] ?? '')));
}

export const number = (n) => new Intl.NumberFormat(tag).format(n);
export const percent = (part, whole) => new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 0 })
  .format(whole ? part / whole : 0);
export const dateTime = (time) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));
export const date = (time) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium' }).format(new Date(time));

// Without the year where that goes without saying.
export const shortDate = (time) => (Math.abs(Date.parse(time) - Date.now()) > 300 * 86_400_000 ? date(time)
  : new Intl.DateTimeFormat(tag, { month: 'short', day: 'numeric' }).format(new Date(time)));
export const languageName = (code) => new Intl.DisplayNames(tag, { type: 'language' }).of(code);

const units = [['day', 86400], ['hour', 3600], ['minute', 60]];

// "in 13 days", "2 hours ago", "now"
export function relative(time, now = Date.now()) {
  const seconds = (Date.parse(time) - now) / 1000;
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', Infinity];
  return new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }).format(size === Infinity ? 0 : Math.round(seconds / size), unit);
}

// … and a date, where it is long ago.
export const when = (time) => (Math.abs(Date.parse(time) - Date.now()) < 28 * 86_400_000 ? relative(time) : shortDate(time));

export const days = (seconds) => {
  const [unit, size] = units.find(([, length]) => seconds >= length) ?? ['second', 1];
  return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.round(seconds / size));
};

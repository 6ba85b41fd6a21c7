// Sets JSON out for reading: what fits on a line stays on one. Standard input to standard output.

import { readFileSync } from 'node:fs';

const width = 104;

// The entries of a list or an object, each as `write` writes its value; nothing for any other value.
function entriesOf(value, write) {
  if (Array.isArray(value)) return value.map((item) => write(item, 0));
  if (value === null || typeof value !== 'object') return null;
  return Object.entries(value).map(([key, item]) => `"${key}": ${write(item, key.length + 4)}`);
}

const around = (value, inner) => (Array.isArray(value) ? `[${inner}]` : `{${inner}}`);

function onOneLine(value) {
  const entries = entriesOf(value, onOneLine);
  return entries ? around(value, entries.join(', ')) : JSON.stringify(value);
}

function setOut(value, indent = '', before = 0) {
  const line = onOneLine(value);
  if (indent.length + before + line.length <= width) return line;
  const deeper = `${indent}  `;
  const entries = entriesOf(value, (item, used) => setOut(item, deeper, used));
  return entries ? around(value, `\n${deeper}${entries.join(`,\n${deeper}`)}\n${indent}`) : line;
}

process.stdout.write(`${setOut(JSON.parse(readFileSync(0, 'utf8')))}\n`);

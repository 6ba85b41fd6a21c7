// fits_openapi.mjs OPENAPI DIRECTORY: lints the description of the API, and compares answers that tests
// have had (DIRECTORY/*.jsonl, by Grantlink::Admin) with it. Prints one JSON object a line: {problem}, and
// at the end {answers, operations}.
import { createConfig, lint } from '@redocly/openapi-core';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFileSync, readdirSync } from 'node:fs';

const [file, directory] = process.argv.slice(2);
const say = (what) => console.log(JSON.stringify(what));

// An API on a Unix socket that tells users by their uid has no security schemes and no server for all.
const config = await createConfig({
  extends: ['recommended'],
  rules: { 'security-defined': 'off', 'no-server-example.com': 'off' },
});
for (const { message, location, ruleId } of await lint({ ref: file, config }))
  say({ problem: `${ruleId}: ${message} at ${location[0]?.pointer}` });

const { parseYaml } = await import('@redocly/openapi-core');
const api = parseYaml(readFileSync(file, 'utf8'));
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(api, 'api');

const escaped = (key) => key.replaceAll('~', '~0').replaceAll('/', '~1');
const paths = Object.keys(api.paths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`),
}));

// Where the schema of an answer stands: its operation's own, or the default, which is RFC 9457's.
const schemaOf = ({ method, path, status, type }) => {
  const known = paths.find(({ pattern }) => pattern.test(path.split('?')[0]));
  const verb = method.toLowerCase();
  const operation = known && api.paths[known.template][verb];
  if (!operation) return status >= 400 ? { pointer: '/components/responses/Problem' } : { missing: 'operation' };
  const code = operation.responses[status] ? String(status) : 'default';
  if (code === 'default' && status < 400) return { missing: `answer ${status}` };
  const response = operation.responses[code];
  const at = response.$ref ? response.$ref.slice(1) : `/paths/${escaped(known.template)}/${verb}/responses/${code}`;
  return { pointer: at, operation: operation.operationId, type };
};

const valueAt = (pointer) => pointer.split('/').slice(1)
  .reduce((value, key) => value[key.replaceAll('~1', '/').replaceAll('~0', '~')], api);

const seen = new Set();
let answers = 0;
const check = (answer) => {
  answers++;
  if (answer.method === 'HEAD' || answer.path.startsWith('/console/')) return; // files of the console
  const what = `${answer.test}: ${answer.method} ${answer.path.split('?')[0]} → ${answer.status}`;
  const { pointer, missing, operation } = schemaOf(answer);
  if (missing) return say({ problem: `${what}: the ${missing} is not documented` });
  if (operation) seen.add(operation);
  const type = answer.type.split(';')[0];
  const content = valueAt(pointer).content ?? {};
  if (!content[type] && !content[type.replace(/\/.*/, '/*')]) return say({ problem: `${what}: the type "${type}" is not documented` });
  if (!/[/+]json$/.test(type) || !content[type]?.schema) return;
  const valid = ajv.getSchema(`api#${encodeURI(`${pointer}/content/${escaped(type)}/schema`)}`);
  if (!valid(JSON.parse(answer.body)))
    say({ problem: `${what}: ${ajv.errorsText(valid.errors)}` });
};

for (const name of readdirSync(directory).filter((each) => each.endsWith('.jsonl')))
  for (const line of readFileSync(`${directory}/${name}`, 'utf8').split('\n').filter(Boolean)) check(JSON.parse(line));
say({ answers, operations: [...seen].sort() });

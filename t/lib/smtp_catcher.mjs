// A real mail server that keeps what it gets as files: for tests, and for trying grantlink out.
//
// Each mail becomes DIR/NNNN.eml, in order of arrival, numbered on from what is there. The file is
// written under another name and renamed before the server says 250, so a reader never sees half a
// mail and an acknowledged mail is always there. As a mail server does on final delivery, it puts
// the envelope in front: Return-Path and Delivered-To.

import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SMTPServer } from 'smtp-server';

const usage = `usage: node smtp_catcher.mjs --dir DIR [options]
  --dir DIR               where the mails go, as NNNN.eml
  --port PORT             port on 127.0.0.1; 0, the default, takes a free one
  --tls-key FILE          with --tls-cert: offer STARTTLS (PEM)
  --tls-cert FILE
  --auth USER:PASSWORD    require this login; with TLS files, only after STARTTLS
  --reject CODE           answer RCPT with this code, 450 or 550 for example
  --reject-times N        only the first N times; without it, always
  --slow MS               answer RCPT and the end of DATA so late
  --drop-times N          keep the first N mails, but close the connection instead of saying so
  --mute                  take connections, and never say a word

Prints "listening on 127.0.0.1:PORT" when ready. SIGTERM or SIGINT ends it cleanly.
`;

function readOptions() {
  const string = { type: 'string' };
  const { values } = parseArgs({
    options: {
      dir: string, port: { ...string, default: '0' }, 'tls-key': string, 'tls-cert': string,
      auth: string, reject: string, 'reject-times': { ...string, default: 'Infinity' },
      slow: { ...string, default: '0' }, 'drop-times': { ...string, default: '0' }, mute: { type: 'boolean', default: false },
    },
  });
  if (!values.dir) throw new Error('--dir is missing');
  if (!values['tls-key'] !== !values['tls-cert']) {
    throw new Error('--tls-key and --tls-cert belong together');
  }
  if (values.auth && !values.auth.includes(':')) throw new Error('--auth wants USER:PASSWORD');
  if (values.reject && !/^[45]\d\d$/.test(values.reject)) {
    throw new Error('--reject wants a code from 400 to 599');
  }
  return values;
}

function refusal(code, text) {
  return Object.assign(new Error(text), { responseCode: code });
}

// Mails in DIR, numbered from the last one there.
async function mailbox(dir) {
  await mkdir(dir, { recursive: true });
  const numbers = (await readdir(dir)).map((name) => Number(/^(\d+)\.eml$/.exec(name)?.[1] ?? 0));
  let last = Math.max(0, ...numbers);

  return {
    async keep(envelope, mail) {
      const name = String(++last).padStart(4, '0');
      const head = [`Return-Path: <${envelope.mailFrom ? envelope.mailFrom.address : ''}>`,
        ...envelope.rcptTo.map(({ address }) => `Delivered-To: ${address}`), ''].join('\r\n');
      await writeFile(join(dir, `${name}.tmp`), Buffer.concat([Buffer.from(head), mail]));
      await rename(join(dir, `${name}.tmp`), join(dir, `${name}.eml`));
      return `${name}.eml`;
    },
  };
}

function serverOptions(options, box) {
  const tls = options['tls-key'] !== undefined;
  let drops = Number(options['drop-times']);
  const late = (answer) => (...said) => setTimeout(() => answer(...said), Number(options.slow));
  let rejections = options.reject ? Number(options['reject-times']) : 0;
  return {
    ...(tls && { key: readFileSync(options['tls-key']), cert: readFileSync(options['tls-cert']) }),
    disabledCommands: [...(tls ? [] : ['STARTTLS']), ...(options.auth ? [] : ['AUTH'])],
    authOptional: !options.auth,
    allowInsecureAuth: !tls,
    disableReverseLookup: true,
    closeTimeout: 2000,

    onAuth({ username, password }, session, done) {
      if (`${username}:${password}` === options.auth) done(null, { user: username });
      else done(refusal(535, '5.7.8 wrong user name or password'));
    },

    onConnect(session, done) {
      if (!options.mute) done();
    },

    onRcptTo(address, session, answer) {
      const done = late(answer);
      if (rejections-- > 0) {
        const code = Number(options.reject);
        done(refusal(code, code < 500 ? '4.2.1 try again later' : '5.1.1 no such mailbox'));
      } else {
        done();
      }
    },

    onData(stream, session, answer) {
      const done = late(answer);
      const chunks = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('error', done);
      stream.on('end', () => {
        box.keep(session.envelope, Buffer.concat(chunks))
          .then((name) => {
            if (drops-- > 0) server.connections.forEach((connection) => connection._socket.destroy());
            else done(null, `kept as ${name}`);
          }, done);
      });
    },
  };
}

let options;
try {
  options = readOptions();
} catch (error) {
  process.stderr.write(`smtp_catcher: ${error.message}\n\n${usage}`);
  process.exit(2);
}

const server = new SMTPServer(serverOptions(options, await mailbox(options.dir)));
// A client that drops its connection is no reason to die, a port that is taken is one.
server.on('error', (error) => {
  process.stderr.write(`smtp_catcher: ${error.message}\n`);
  if (error.syscall === 'listen') process.exit(1);
});
server.listen(Number(options.port), '127.0.0.1', () => {
  process.stdout.write(`listening on 127.0.0.1:${server.server.address().port}\n`);
});
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => server.close(() => process.exit(0)));
}

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MailCatcher } from '../notify-process/mail-catcher.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { request } from '../support/request.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type StartedProgram, startProgram } from './start-program.ts';

const PASSWORD = 'pa55-of-the-database';
const KEY_LINES = ['MIIEvQIBADANBgkqhkiG9w0BAQEFAASC', 'BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKB'];
const SECRETS = {
  SHOP_API_KEY: 'key-of-the-api-0123456789',
  GITHUB_TOKEN: 'ghp_token0123456789abcdef',
  CLIENT_SECRET: 'a "quoted" secret/with+signs=',
  DB_PASSWORD: 'correct horse battery staple',
  PROXY_AUTHORIZATION: 'Basic c2hvcDpub2JvZHkta25vd3M=',
  SENTRY_DSN: 'https://0123456789abcdef0123@errors.example/42',
  DATABASE_URL: `postgres://shop:${PASSWORD}@db.example/shop`,
  SIGNING_KEY: ['-----BEGIN PRIVATE KEY-----', ...KEY_LINES, '-----END PRIVATE KEY-----'].join(
    '\n',
  ),
};
const ORDINARY = 'quite-an-ordinary-value';
const SMTP_PASSWORD = 'pa55-of-the-mail-server';

/** Whatever of them may stand nowhere, in no form they can be written in. */
const HIDDEN = Object.values(SECRETS)
  .concat(PASSWORD, SMTP_PASSWORD, '0123456789abcdef0123', ...KEY_LINES)
  .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);

let catcher: MailCatcher | null = null;

afterEach(closeCatcher);

async function closeCatcher(): Promise<void> {
  await catcher?.close();
  catcher = null;
}

async function die(program: StartedProgram, ending: string, generation: number): Promise<void> {
  await program.events.waitFor('worker.ready', (event) => event['generation'] === generation);
  const { port } = await program.events.waitFor(
    'worker.listening',
    (event) => event['generation'] === generation,
  );
  const path = `/${ending}/${encodeURIComponent(SECRETS.GITHUB_TOKEN)}?token=${SECRETS.SHOP_API_KEY}`;
  await request(`http://127.0.0.1:${String(port)}${path}`).catch(() => undefined);
  await program.events.waitFor('crash.reported', (event) => event['generation'] === generation);
}

/** Every file below a folder, with its text. */
function readAll(directory: string): [string, string][] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(directory, name)).isFile())
    .map((name) => [name, readFileSync(join(directory, name), 'utf8')]);
}

/** The words of a mail as its reader sees them. */
function decode(source: string): string {
  const unwrapped = source.replace(/=\r?\n/g, '');
  return unwrapped.replace(/(=[0-9A-F]{2})+/g, (bytes) =>
    decodeURIComponent(bytes.replaceAll('=', '%')),
  );
}

describe('a server that tells its secrets everywhere and dies in every way', () => {
  it('has none of them in any file of the session or in any mail', async () => {
    catcher = await MailCatcher.listen({
      allowInsecureAuth: true,
      onAuth: (_credentials, _session, accept) => accept(null, { user: 'vigil' }),
    });
    const { caught, transport } = catcher;
    const program = await startProgram('leaks.cjs', {
      nodeArgs: ['--max-old-space-size=40'],
      env: {
        ...SECRETS,
        SHOP_COLOR: ORDINARY,
        NAMES_OF_ALL: JSON.stringify(Object.keys(SECRETS)),
      },
      config: {
        heartbeat: { intervalSeconds: 0.2, silenceSeconds: 1 },
        restart: { backoff: { baseSeconds: 0.01, maxSeconds: 0.05 }, breaker: { failures: 1000 } },
        mail: {
          to: ['ops@example.org'],
          from: 'vigil@example.org',
          transport: transport.replace('smtp://', `smtp://vigil:${SMTP_PASSWORD}@`),
        },
      },
    });
    const endings = ['throw', 'reject', 'heap', 'hang'];
    for (const [index, ending] of endings.entries()) await die(program, ending, index + 1);
    const crashMails = (): string[] =>
      caught.map(({ source }) => decode(source)).filter((mail) => mail.includes('Evidence'));
    await waitUntil(
      () => (crashMails().length === endings.length ? true : undefined),
      () => `${String(crashMails().length)} crash mails`,
    );
    await program.stop();

    const files = readAll(join(program.directory, 'state'));
    const names = files.map(([name]) => name);
    expect(names).toContain('server.log');
    expect(names).toContainEqual(expect.stringMatching(/^crashes\/.*\/diagnostic-report\.json$/));
    expect(names).toContainEqual(expect.stringMatching(/^report\..*\.json$/));
    const mails = crashMails().map((text, index): [string, string] => [`mail ${index}`, text]);
    const told = [...files, ...mails].flatMap(([name, text]) =>
      HIDDEN.filter((secret) => text.includes(secret)).map((secret) => `${name}: ${secret}`),
    );
    expect(told).toEqual([]);
    // Of what is no secret only the name is told, unless the server prints it.
    expect(files.filter(([, text]) => text.includes(ORDINARY))).toEqual([]);
    expect(
      files.filter(([, text]) => text.includes('[GITHUB_TOKEN masked]')).length,
    ).toBeGreaterThan(4);
    await closeCatcher();
    await assertNoLeaks();
  });
});

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { VigilError } from '../errors.ts';
import { isLoopback } from '../http/loopback.ts';
import { writeFileWhole } from '../util/durable-file.ts';
import { createRandomKey } from '../util/random-key.ts';
import { EXIT } from './exit-codes.ts';
import { createInterruption } from './interruption.ts';
import { listSessions, SESSIONS_FOLDER } from './list-sessions.ts';
import type { Verb, VerbArguments, VerbCall } from './verb.ts';

const DEFAULT_PORT = 9700;
const DEFAULT_HOST = '127.0.0.1';
const KEY_FILE = 'dashboard.key';
const SHORTEST_KEY = 16;

/** `vigil dashboard`. @lazy */
export const dashboardVerb: Verb = {
  name: 'dashboard',
  describe: 'serves one page for all sessions of this folder',
  flags: [
    {
      name: 'port',
      alias: 'p',
      kind: 'number',
      describe: `where it listens (default ${String(DEFAULT_PORT)}; 0: any free one)`,
    },
    {
      name: 'host',
      kind: 'text',
      value: 'HOST',
      describe: `name or address to listen on (default ${DEFAULT_HOST})`,
    },
    {
      name: 'name',
      alias: 'n',
      kind: 'list',
      value: 'NAME',
      completes: 'sessions',
      describe: 'only this session of the folder',
    },
    {
      name: 'state-dir',
      kind: 'list',
      value: 'DIR',
      completes: 'directories',
      describe: 'also the session that keeps its files there',
    },
    {
      name: 'key-file',
      kind: 'text',
      value: 'FILE',
      completes: 'files',
      describe: 'holds the key to ask for (default: a new one)',
    },
    { name: 'read-only', kind: 'switch', describe: 'let everybody look who reaches the port' },
  ],
  examples: [
    'vigil dashboard',
    'vigil dashboard -n web -n api --state-dir /var/lib/shop/.vigil/shop',
  ],
  run: serve,
};

async function serve(call: VerbCall): Promise<number> {
  const { arguments: given, cwd, output, clock } = call;
  const { DashboardServer } =
    require('../dashboard/dashboard-server') as typeof import('../dashboard/dashboard-server.ts');
  const interruption = createInterruption();
  const key = readKey(call);
  const server = new DashboardServer({
    port: readPort(given.text('port')),
    host: given.text('host') ?? DEFAULT_HOST,
    isReadOnly: given.isOn('read-only'),
    key: key.text,
    find: () => findStateDirectories(given, cwd),
    clock,
    warn: (text) => {
      output.note(text);
    },
  });
  const address = await server.listen();
  try {
    await key.write();
    output.print(`dashboard: ${address.url}, key in ${key.path}`);
    if (!isLoopback(address.host)) output.note(WARNING);
    await waitForEnd(interruption);
  } finally {
    await server.close();
    key.remove();
  }
  return EXIT.ok;
}

const WARNING =
  "it listens without TLS: whoever sees the network's traffic sees the key; stay with 127.0.0.1 behind a proxy with TLS or an SSH tunnel";

function waitForEnd(interruption: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (interruption.aborted) resolve();
    interruption.addEventListener('abort', () => {
      resolve();
    });
  });
}

/** Those that were named are waited for; without names it is all that were ever run here. */
function findStateDirectories(given: VerbArguments, cwd: string): string[] {
  const others = given.list('state-dir').map((directory) => resolve(cwd, directory));
  const names = given.list('name');
  const own = names.length === 0 ? listSessions(cwd) : names;
  return [...own.map((name) => join(cwd, SESSIONS_FOLDER, name)), ...others];
}

function readPort(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new VigilError('ERR_USAGE', `--port is a number from 0 to 65535, not "${text}"`);
}

interface DashboardKey {
  readonly text: string;
  readonly path: string;
  write(): Promise<void>;
  remove(): void;
}

function readKey({ arguments: given, cwd }: VerbCall): DashboardKey {
  const file = given.text('key-file');
  if (file === undefined) return createKey(join(cwd, SESSIONS_FOLDER));
  const path = resolve(cwd, file);
  return {
    text: readKeyFile(path),
    path,
    write: () => Promise.resolve(),
    remove: () => undefined,
  };
}

function readKeyFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new VigilError('ERR_USAGE', `the key cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (text.length >= SHORTEST_KEY) return text;
  throw new VigilError('ERR_USAGE', `the key in ${path} has fewer than ${SHORTEST_KEY} characters`);
}

function createKey(folder: string): DashboardKey {
  const text = createRandomKey();
  const path = join(folder, KEY_FILE);
  return {
    text,
    path,
    write: async () => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      await writeFileWhole(path, `${text}\n`);
    },
    remove: () => {
      try {
        // Another dashboard may have put its own there.
        if (readFileSync(path, 'utf8') === `${text}\n`) rmSync(path, { force: true });
      } catch {
        // It is gone already.
      }
    },
  };
}

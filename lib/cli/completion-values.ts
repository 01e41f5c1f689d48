import type { LookedUp, LookUp, Proposal, ValueQuery } from './complete-words.ts';
import { listSessions } from './list-sessions.ts';
import type { SessionChoice } from './chosen-session.ts';
import type { VerbArguments } from './verb.ts';

/** Where a completion is asked for. */
type Place = Omit<SessionChoice, 'arguments'>;

/** Looks values up for a completion in the working directory; what cannot be found out is not proposed. */
export function createLookUp(call: Place): LookUp {
  const finders: Record<LookedUp, (query: ValueQuery) => Promise<readonly Proposal[]>> = {
    sessions: () =>
      Promise.resolve(listSessions(call.cwd).map((value) => ({ value, describe: '' }))),
    crashIds: ({ words }) => findCrashIds(words, call),
    configKeys: () => Promise.resolve(findKeys({ isLive: true })),
    configValues: ({ words }) => Promise.resolve(findValues(words.at(-1) ?? '')),
    settings: ({ typed }) => Promise.resolve(findSettings(typed)),
    simulation: ({ typed }) => Promise.resolve(findSimulation(typed)),
  };
  return async (what, query) => {
    try {
      return await finders[what](query);
    } catch {
      return [];
    }
  };
}

const SHOWN_CRASHES = 50;

async function findCrashIds(words: readonly string[], call: Place): Promise<Proposal[]> {
  if (!words.includes('show')) return [];
  const { chooseSession } = require('./chosen-session') as typeof import('./chosen-session.ts');
  const { CrashStore } =
    require('../report/crash-store') as typeof import('../report/crash-store.ts');
  const { options } = chooseSession({ ...call, arguments: readSessionFlags(words) });
  const { reports } = await new CrashStore(options.crashReports).list();
  return reports
    .slice(0, SHOWN_CRASHES)
    .map(({ id, cause, at }) => ({ value: id, describe: `${cause} at ${at}` }));
}

const SESSION_FLAG = /^(?:--(name|state-dir|config)|-([nc]))(?:=(.*))?$/s;
const LONG_NAMES: Readonly<Record<string, string>> = { n: 'name', c: 'config' };

/** The flags that say which session is meant, read from a line that is not finished. */
function readSessionFlags(words: readonly string[]): VerbArguments {
  const values = new Map<string, string>();
  for (const [index, word] of words.entries()) {
    const [, long, short, value = words[index + 1]] = SESSION_FLAG.exec(word) ?? [];
    const name = long ?? LONG_NAMES[short ?? ''];
    if (name !== undefined && value !== undefined) values.set(name, value);
  }
  return {
    rest: [],
    list: () => [],
    isOn: () => false,
    text: (name) => values.get(name),
  };
}

function findKeys(wanted: { readonly isLive: boolean }): Proposal[] {
  return listKeys()
    .filter((key) => key.isLive || !wanted.isLive)
    .map(({ path, describe }) => ({ value: path, describe }));
}

function findValues(path: string): Proposal[] {
  const values = listKeys().find((key) => key.path === path)?.values ?? [];
  return values.map((value) => ({ value, describe: '' }));
}

function findSettings(typed: string): Proposal[] {
  const at = typed.indexOf('=');
  if (at === -1)
    return findKeys({ isLive: false }).map((key) => ({
      ...key,
      value: `${key.value}=`,
      isOpen: true,
    }));
  const path = typed.slice(0, at);
  return findValues(path).map((one) => ({ ...one, value: `${path}=${one.value}` }));
}

function listKeys(): ReturnType<typeof import('../session/options/list-keys.ts').listConfigKeys> {
  const { listConfigKeys } =
    require('../session/options/list-keys') as typeof import('../session/options/list-keys.ts');
  return listConfigKeys();
}

const SIMULATED: readonly Proposal[] = [
  { value: 'crash', describe: 'an uncaught exception' },
  { value: 'hang', describe: 'its event loop stands still' },
  { value: 'health', describe: 'its health route fails' },
  { value: 'start-failed', describe: 'the next start dies' },
  { value: 'start-timeout', describe: 'the next start is never ready' },
  { value: 'exit:', describe: 'it ends itself with a code', isOpen: true },
  { value: 'ok:', describe: 'it runs well for some seconds', isOpen: true },
];

/** The word after the last comma of the script. */
function findSimulation(typed: string): Proposal[] {
  const done = typed.slice(0, typed.lastIndexOf(',') + 1);
  return SIMULATED.map((word) => ({ ...word, value: done + word.value }));
}

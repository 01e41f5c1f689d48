import { dirname, resolve } from 'node:path';
import { ClusterNumbers, expandEntry, type WrittenEntry } from '../plan/expand-entry.ts';
import { type ConfigPlace, readConfig } from './read-config.ts';
import type { ServerFacts } from './server-facts.ts';
import type { ProcessSurroundings } from './process-surroundings.ts';

const MASTER = 'master';

/** Where an application stands, and as what. */
export interface ApplicationFacts {
  readonly base: string;
  readonly main: string;
  readonly env: string;
  readonly serverType: string;
  readonly serverId: string;
  /** What `config/master.json` says, defaults included. */
  readonly master: ServerFacts;
  /** This process: a server as it was started, or the master. */
  readonly current: ServerFacts;
  /** The same without what is nobody else's business. */
  readonly shown: ServerFacts;
  /** Those that `config/servers.json` names. */
  readonly servers: readonly ServerFacts[];
  /** What a first process was asked to start; null: everything. */
  readonly wanted: { readonly type: string | null; readonly id: string | null };
}

/**
 * Finds out from its arguments and its configuration what a process of a fleet is.
 *
 * @throws ERR_CONFIG_READ when a file cannot be read
 */
export function readFacts(
  { words, hiddenWords, nodeEnv, main }: ProcessSurroundings,
  givenBase: string | undefined,
): ApplicationFacts {
  const base = resolve(givenBase ?? dirname(main));
  const env = textOf(words['env']) ?? nonEmpty(nodeEnv) ?? 'development';
  const place = { base, env };
  const serverType = textOf(words['serverType']) ?? MASTER;
  const isMaster = serverType === MASTER;
  // The master's side reads both files with care and tells of every mistake when it starts.
  const master = readMaster(
    isMaster ? orNothing(place, 'master') : readConfig(place, 'config/master.json'),
  );
  const serverId = (isMaster ? null : textOf(words['id'])) ?? master.id;
  const { env: _env, ...own } = words;
  return {
    base,
    main,
    env,
    serverType,
    serverId,
    master,
    current: isMaster ? master : { ...own, ...hiddenWords, id: serverId, serverType },
    shown: isMaster ? master : { ...own, id: serverId, serverType },
    servers: readServers(orNothing(place, 'servers')),
    wanted: { type: unlessAll(textOf(words['type'])), id: textOf(words['startId']) },
  };
}

function readMaster(value: unknown): ServerFacts {
  const entry = (isObject(value) ? value : {}) as Readonly<Record<string, unknown>>;
  return {
    ...entry,
    id: textOf(entry['id']) ?? 'master-server-1',
    host: textOf(entry['host']) ?? '127.0.0.1',
    port: Number(entry['port'] ?? 3005),
    serverType: MASTER,
  };
}

function readServers(value: unknown): ServerFacts[] {
  const numbers = new ClusterNumbers();
  return Object.entries(isObject(value) ? value : {}).flatMap(([serverType, entries]) =>
    Array.isArray(entries)
      ? entries
          .filter((entry) => isObject(entry))
          .flatMap((entry) => expandEntry({ ...(entry as WrittenEntry), serverType }, numbers))
      : [],
  );
}

function orNothing(place: ConfigPlace, name: string): unknown {
  try {
    return readConfig(place, `config/${name}.json`);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What came as a number is a name as well. */
function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? nonEmpty(value) : null;
}

function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function unlessAll(type: string | null): string | null {
  return type === 'all' ? null : type;
}

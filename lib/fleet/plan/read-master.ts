import { join, resolve } from 'node:path';
import type { ConfigProblem } from '../../config/config-problem.ts';
import { isPlainObject } from '../../config/plain-object.ts';
import { showValue } from '../../config/show-value.ts';
import { type EntryKey, HOST, integer, NAME, PORT, SECONDS, SSH_PARAMS } from './entry-keys.ts';
import { type FleetPart, type FleetPlace, readFleetFile } from './fleet-file.ts';
import { listWords } from './list-words.ts';
import type { EntryValue, MasterEntry } from './server-entry.ts';

const FILE: EntryKey = {
  expected: 'the path of a file',
  fits: (value) => typeof value === 'string' && value !== '' && !value.includes('\0'),
};

const KEYS: Readonly<Record<string, EntryKey>> = {
  id: NAME,
  host: HOST,
  port: PORT,
  adminHttpPort: integer('a port, 0 for any free one', 0, 65_535),
  ssh_config_params: SSH_PARAMS,
  sendEnvironment: {
    expected: 'a list of names of variables',
    fits: (value) =>
      Array.isArray(value) &&
      value.every((name) => typeof name === 'string' && /^[A-Za-z_]\w*$/.test(name)),
  },
  startDeadlineSeconds: SECONDS,
  stopDeadlineSeconds: SECONDS,
  silenceSeconds: SECONDS,
  mail: {
    expected: 'an object with "to", "transport" and what else "mail" of a session may have',
    fits: (value) => loadMail().isFleetMail(value),
  },
  tls: {
    expected: 'an object with the files "key" and "cert"',
    fits: (value) => isPlainObject(value) && FILE.fits(value['key']) && FILE.fits(value['cert']),
  },
};

const DEFAULTS: MasterEntry = {
  id: 'master-server-1',
  host: '127.0.0.1',
  port: 3005,
  adminHttpPort: null,
  mail: null,
  tls: null,
  sshParams: [],
  sendEnvironment: [],
  startDeadlineSeconds: 60,
  stopDeadlineSeconds: 60,
  silenceSeconds: 15,
};

type FleetMail = typeof import('./fleet-mail.ts');

/** Ports may be texts. */
type Written = Partial<Omit<MasterEntry, 'port' | 'adminHttpPort' | 'mail'>> & {
  readonly port?: number | string;
  readonly adminHttpPort?: number | string;
  readonly ssh_config_params?: EntryValue;
  readonly mail?: Parameters<FleetMail['resolveFleetMail']>[0];
};

type Tell = (problems: readonly ConfigProblem[]) => void;

/** What `config/master.json` says, with every default. */
export function readMaster(place: FleetPlace, tell: Tell): MasterEntry {
  const file = readFleetFile(place, 'master', isEntry);
  if (file === null) return DEFAULTS;
  tell(file.problems);
  if (file.part !== null) return readPart(file.part, place.base, tell);
  if (file.problems.length === 0) tell([file.absence]);
  return DEFAULTS;
}

function readPart({ value, problem }: FleetPart, base: string, tell: Tell): MasterEntry {
  if (!isPlainObject(value)) {
    tell([problem([], 'an object: the master', showValue(value))]);
    return DEFAULTS;
  }
  const wrong = Object.entries(KEYS).filter(
    ([key, { fits }]) => value[key] !== undefined && !fits(value[key]),
  );
  tell(wrong.map(([key, { expected }]) => problem([key], expected, show(key, value[key]))));
  if (wrong.length > 0) return DEFAULTS;
  const given = { ...DEFAULTS, ...(value as Written) };
  const { tls, adminHttpPort } = given;
  const { mail } = value as Written;
  return {
    id: given.id,
    host: given.host,
    port: Number(given.port),
    adminHttpPort: adminHttpPort === null ? null : Number(adminHttpPort),
    mail: mail === undefined ? null : loadMail().resolveFleetMail(mail),
    tls: tls === null ? null : { key: resolve(base, tls.key), cert: resolve(base, tls.cert) },
    sshParams: listWords(given.ssh_config_params),
    sendEnvironment: given.sendEnvironment,
    startDeadlineSeconds: given.startDeadlineSeconds,
    stopDeadlineSeconds: given.stopDeadlineSeconds,
    silenceSeconds: given.silenceSeconds,
  };
}

/** There may be a password in it. */
function show(key: string, value: unknown): string {
  return key === 'mail' ? 'something else' : showValue(value);
}

function loadMail(): FleetMail {
  return require('./fleet-mail') as FleetMail;
}

function isEntry(value: unknown): boolean {
  return (
    isPlainObject(value) &&
    ['id', 'host', 'port'].some((key) => typeof value[key] !== 'object' && value[key] !== undefined)
  );
}

/** Where a master keeps what the next one is to find. */
export function stateDirectoryOf({ base, env }: FleetPlace): string {
  return join(base, '.vigil', `fleet-${env}`);
}

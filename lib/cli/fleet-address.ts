import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { throwProblems } from '../config/combine-layers.ts';
import type { ConfigProblem } from '../config/config-problem.ts';
import { VigilError } from '../errors.ts';
import { readLocalAddress } from '../fleet/admin/local-address.ts';
import { LOCAL_USER, readLocalKey } from '../fleet/admin/local-key.ts';
import { readMaster, stateDirectoryOf } from '../fleet/plan/read-master.ts';
import { reachableHost } from '../http/listen-at.ts';
import { findFleetEnv } from './fleet-env.ts';
import type { VerbCall, VerbFlag } from './verb.ts';

/** Flags of all commands that ask a master. */
export const MASTER_FLAGS: readonly VerbFlag[] = [
  {
    name: 'username',
    alias: 'u',
    kind: 'text',
    value: 'NAME',
    describe: 'who asks (default: the operator of this machine, or admin)',
  },
  {
    name: 'password',
    alias: 'p',
    kind: 'text',
    value: 'TEXT',
    describe: 'seen by all in ps: better in VIGIL_FLEET_PASSWORD (default admin)',
  },
  {
    name: 'host',
    alias: 'h',
    kind: 'text',
    value: 'HOST',
    describe: 'of the master (default: as config/master.json says, 127.0.0.1)',
  },
  {
    name: 'port',
    alias: 'P',
    kind: 'number',
    describe: 'of the master (default: as config/master.json says, 3005)',
  },
  {
    name: 'directory',
    alias: 'd',
    kind: 'text',
    value: 'DIR',
    completes: 'directories',
    describe: 'of the application (default: this one)',
  },
  {
    name: 'env',
    alias: 'e',
    kind: 'text',
    value: 'ENV',
    describe: 'environment (default: the one that runs, or development)',
  },
  {
    name: 'cert',
    kind: 'text',
    value: 'FILE',
    completes: 'files',
    describe: 'the certificate that a master with TLS must show',
  },
  { name: 'json', kind: 'switch', describe: 'print JSON' },
];

/** Where a master is, and who asks it. */
export interface FleetAddress {
  readonly host: string;
  readonly port: number;
  /** Null: no TLS. */
  readonly certificate: Buffer | null;
  readonly username: string;
  readonly password: string;
  /** Where a master of this machine keeps its lock; null when it is not known to be one. */
  readonly stateDirectory: string | null;
}

interface Configured {
  /** Where the configuration has a master by now, when the one that runs listens elsewhere; else null. */
  readonly movedTo: string | null;
  readonly stateDirectory: string | null;
  readonly host: string;
  readonly port: number;
  readonly certificate: string | null;
  readonly localKey: string | null;
}

const UNCONFIGURED: Configured = {
  movedTo: null,
  host: '127.0.0.1',
  port: 3005,
  stateDirectory: null,
  certificate: null,
  localKey: null,
};
const HIGHEST_PORT = 65_535;

/**
 * What a command was told of the master, and what the configuration of the application says of the rest.
 *
 * @throws ERR_USAGE, ERR_CONFIG_INVALID
 */
export function readFleetAddress(call: VerbCall): FleetAddress {
  const given = call.arguments;
  const configured = readConfigured(call);
  const host = given.text('host') ?? configured.host;
  const port = readPort(given.text('port')) ?? configured.port;
  // The key of this machine is shown to its own master alone.
  const isOwn = host === configured.host && port === configured.port;
  if (isOwn) tellMove(configured, call);
  const certificate = given.text('cert') ?? (isOwn ? configured.certificate : null);
  return {
    host,
    port,
    certificate: certificate === null ? null : readCertificate(resolve(call.cwd, certificate)),
    stateDirectory: isOwn ? configured.stateDirectory : null,
    ...readUser(call, isOwn ? configured.localKey : null),
  };
}

function readConfigured(call: VerbCall): Configured {
  const directory = call.arguments.text('directory');
  const base = resolve(call.cwd, directory ?? '.');
  if (!existsSync(join(base, 'config'))) {
    if (directory === undefined) return UNCONFIGURED;
    throw new VigilError('ERR_USAGE', `there is no directory ${join(base, 'config')}`);
  }
  const place = { base: realpathSync(base), env: findFleetEnv(base, call.arguments.text('env')) };
  const problems: ConfigProblem[] = [];
  const master = readMaster(place, (found) => problems.push(...found));
  throwProblems(problems);
  const stateDirectory = stateDirectoryOf(place);
  const wanted = { host: reachableHost(master.host), port: master.port };
  // What servers and commands find is the master that runs, not the one that will.
  const { host, port } = readLocalAddress(stateDirectory) ?? wanted;
  const hasMoved = host !== wanted.host || port !== wanted.port;
  return {
    movedTo: hasMoved ? `${wanted.host}:${String(wanted.port)}` : null,
    host: host.replace(/^\[|\]$/g, ''),
    port,
    certificate: master.tls?.cert ?? null,
    stateDirectory,
    localKey: readLocalKey(stateDirectory),
  };
}

function tellMove({ host, port, movedTo }: Configured, { output }: VerbCall): void {
  if (movedTo === null) return;
  output.note(
    `the master runs at ${host}:${String(port)} as yet; config/master.json says ${movedTo}: start the fleet again for that`,
  );
}

function readUser(
  call: VerbCall,
  localKey: string | null,
): Pick<FleetAddress, 'username' | 'password'> {
  const username = call.arguments.text('username');
  const password = call.arguments.text('password') ?? process.env['VIGIL_FLEET_PASSWORD'];
  if (username === undefined && password === undefined && localKey !== null)
    return { username: LOCAL_USER, password: localKey };
  return { username: username ?? 'admin', password: password ?? 'admin' };
}

function readPort(text: string | undefined): number | null {
  if (text === undefined) return null;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port > 0 && port <= HIGHEST_PORT) return port;
  throw new VigilError('ERR_USAGE', `--port: expected a port, 1 to 65535, found "${text}"`);
}

function readCertificate(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const text = `the certificate ${file} cannot be read: ${(cause as Error).message}`;
    throw new VigilError('ERR_USAGE', text, { cause });
  }
}

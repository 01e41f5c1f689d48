import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeCertificate } from '../session-process/make-certificate.ts';
import { Session } from '../session-process/run-server.ts';
import { SpawnedVigil } from '../support/spawn-vigil.ts';
import { startChild } from '../support/start-child.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');
const SERVERS = join(__dirname, '../fixtures/held');

// Each death counts as the first one, so that each restart is immediate.
const SETTINGS = [
  'restart.breaker.halfLifeSeconds=0.05',
  'polling.intervalSeconds=0.2',
  'heartbeat.intervalSeconds=0.2',
];

export interface RunOnOptions {
  /** Flags of the monitor's own process. */
  readonly nodeArgs?: readonly string[];
  /** Flags of `vigil run`. */
  readonly flags?: readonly string[];
}

/** Starts `vigil run` with a certain node, on a program of fixtures/held that gets a folder with a certificate. */
export async function runOn(
  binary: string,
  file: string,
  { nodeArgs = [], flags = [] }: RunOnOptions = {},
): Promise<{ session: Session; folder: string }> {
  const folder = await makeCertificate();
  const stateDirectory = join(folder, 'state');
  await mkdir(stateDirectory, { mode: 0o700 });
  const options = { cwd: folder, env: { DOORS: folder } };
  const settings = [...SETTINGS].flatMap((setting) => ['--set', setting]);
  const words = ['--port', '0', '--no-repl', '--state-dir', stateDirectory, ...settings, ...flags];
  const child = startChild(
    binary,
    [...nodeArgs, CLI, 'run', join(SERVERS, file), ...words],
    options,
  );
  return { session: new Session(new SpawnedVigil(child, { stateDirectory, options })), folder };
}

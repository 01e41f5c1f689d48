import { resolve } from 'node:path';
import { request } from '../support/request.ts';
import { type SpawnedVigil, type VigilRun, runVigil, spawnVigil } from '../support/spawn-vigil.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

export const FIXTURES = resolve(__dirname, '../fixtures/cli');

/** A session of the fixture server, run by `vigil run` in a folder of its own. */
export interface RunningSession {
  readonly vigil: SpawnedVigil;
  /** Its working directory, in which the files lie that steer the server. */
  readonly folder: string;
  /** Runs a command in the folder, which says which session is meant. */
  run(...args: readonly string[]): Promise<VigilRun>;
  ask(path: string): Promise<string>;
}

export interface RunningOptions {
  readonly name?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where an earlier session was run; default a new one. */
  readonly folder?: string;
  /** Waits until the server is ready; default true. */
  readonly isReady?: boolean;
}

export async function startSession(options: RunningOptions = {}): Promise<RunningSession> {
  const { name = 'shop', files = {}, flags = [], env = {}, isReady = true } = options;
  const folder =
    options.folder ?? (await makeTempDirectory({ 'package.json': `{"name":"shop"}`, ...files }));
  const start = { cwd: folder, env };
  const vigil = await spawnVigil(
    [
      'run',
      resolve(FIXTURES, 'server.cjs'),
      '--state-dir',
      `.vigil/${name}`,
      `--name=${name}`,
      '--port=0',
      '--no-repl',
      ...flags,
    ],
    start,
  );
  const session: RunningSession = {
    vigil,
    folder,
    run: (...args) => runVigil(args, start),
    ask: async (path) => {
      const { worker } = await vigil.status<{ worker: { port: number } }>();
      return (await request(`http://127.0.0.1:${worker.port}${path}`)).body;
    },
  };
  if (isReady) await vigil.events().waitFor('worker.ready');
  return session;
}

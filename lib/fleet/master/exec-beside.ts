import { execFile } from 'node:child_process';
import { MARKER_NAME, markerOf } from '../plan/fleet-environment.ts';
import type { ServerEntry } from '../plan/server-entry.ts';

export interface ExecParts {
  readonly base: string;
  readonly env: string;
  readonly fleetId: string;
}

/** What a command has come to on behalf of one server. */
export interface ExecResult {
  readonly id: string;
  /** Null when it did not end by itself. */
  readonly code: number | null;
  /** What it wrote, errors included. */
  readonly output: string;
  /** Why it could not be run, or was ended. */
  readonly error: string | null;
}

const DEADLINE_MS = 60_000;
const MOST_OUTPUT = 64 * 1024;
const AT_ONCE = 8;

/**
 * Runs a program with its arguments, never by a shell, once for each server: in the directory of the application, with
 * `VIGIL_SERVER_ID` and `VIGIL_SERVER_TYPE` in its environment. One minute and 64 KB each. @lazy
 */
export async function execBeside(
  servers: readonly ServerEntry[],
  command: readonly string[],
  parts: ExecParts,
): Promise<readonly ExecResult[]> {
  const waiting = [...servers.entries()];
  const results: ExecResult[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      results[next[0]] = await execOne(next[1], command, parts);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

function execOne(
  { id, serverType }: ServerEntry,
  [program = '', ...args]: readonly string[],
  { base, env, fleetId }: ExecParts,
): Promise<ExecResult> {
  const environment = {
    ...process.env,
    NODE_ENV: env,
    VIGIL_SERVER_ID: id,
    VIGIL_SERVER_TYPE: serverType,
    [MARKER_NAME]: markerOf(fleetId, id, 'exec'),
  };
  const options = { cwd: base, env: environment, timeout: DEADLINE_MS, maxBuffer: MOST_OUTPUT };
  return new Promise((resolve) => {
    execFile(program, args, { ...options, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const output = stdout + stderr;
      if (error === null) resolve({ id, code: 0, output, error: null });
      else if (typeof error.code === 'number')
        resolve({ id, code: error.code, output, error: null });
      else resolve({ id, code: null, output, error: describe(error) });
    });
  });
}

function describe(error: {
  readonly code?: unknown;
  readonly killed?: boolean;
  readonly signal?: unknown;
  readonly message: string;
}): string {
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return `it wrote more than ${String(MOST_OUTPUT / 1024)} KB`;
  if (error.killed === true) return `it did not end within ${String(DEADLINE_MS / 1000)} s`;
  if (typeof error.signal === 'string') return `it was ended by ${error.signal}`;
  return error.message;
}

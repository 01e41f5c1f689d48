import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SpawnerOptions } from '../../lib/spawner/spawner-options.ts';
import { EventLog } from '../support/event-log.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { type HttpAnswer, request, type RequestOptions } from '../support/request.ts';
import { type StartedChild, startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');
const STAND_IN = resolve(__dirname, '../fixtures/spawner/stand-in.mjs');

export const COMMAND = [
  process.execPath,
  STAND_IN,
  ...['--id', '{id}', '--sc-port', '{port}', '--liveliness-endpoint', '{liveliness}'],
  ...['--behave={params.behave}', '--model-file', '{params.model}'],
];

export interface SpawnedInfo {
  readonly id: string;
  readonly endpoint: string;
  readonly rendererType: string;
}

export interface SpawnRow {
  readonly id: string;
  readonly state: string;
  readonly port: number;
  readonly pid: number;
  readonly spawnTime: string;
  readonly endedBecause: string | null;
  readonly adopted: boolean;
  readonly spare: boolean;
}

export interface SpawnerStatusAnswer {
  readonly usedSpawnPorts: number;
  readonly availableSpawnPorts: number;
  readonly states: Readonly<Record<string, number>>;
  readonly queue: { readonly waiting: readonly { readonly position: number }[] };
}

/** A running `vigil spawner`. */
export class RunningSpawner {
  readonly child: StartedChild;
  readonly url: string;
  readonly directory: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(child: StartedChild, place: { url: string; directory: string; token?: string }) {
    this.child = child;
    this.url = place.url;
    this.directory = place.directory;
    this.#headers = place.token === undefined ? {} : { authorization: `Bearer ${place.token}` };
  }

  ask(method: string, path: string, options: RequestOptions = {}): Promise<HttpAnswer> {
    const headers = { ...this.#headers, ...options.headers };
    return request(this.url + path, { timeoutMs: 30_000, ...options, headers, method });
  }

  async json<T>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: T }> {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await this.ask(method, path, text);
    return { status: answer.status, body: JSON.parse(answer.body) as T };
  }

  async spawn(params: Record<string, unknown> = {}): Promise<SpawnedInfo> {
    const { status, body } = await this.json<SpawnedInfo>('POST', '/spawn', { params });
    if (status !== 201) throw new Error(`status ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  async rows(): Promise<SpawnRow[]> {
    return (await this.json<{ spawns: SpawnRow[] }>('GET', '/api/spawns')).body.spawns;
  }

  async status(): Promise<SpawnerStatusAnswer> {
    return (await this.json<SpawnerStatusAnswer>('GET', '/api/status')).body;
  }

  /** Waits until a server has a state. */
  waitForState(id: string, state: string, timeoutMs?: number): Promise<SpawnRow> {
    let last: SpawnRow | undefined;
    return waitUntil(
      async () => {
        last = (await this.rows()).find((row) => row.id === id);
        return last?.state === state ? last : undefined;
      },
      () => `${id} is ${JSON.stringify(last)}, not ${state}`,
      timeoutMs,
    );
  }

  /** Waits until every port is back. */
  async waitUntilWhole(): Promise<SpawnerStatusAnswer> {
    return waitUntil(
      async () => {
        const status = await this.status();
        return status.usedSpawnPorts === 0 ? status : undefined;
      },
      () => 'ports are still used',
    );
  }

  events(): EventLog {
    return new EventLog(join(this.directory, 'state', 'events.jsonl'));
  }

  /** Ends it as a service manager would; the pool has to be whole by then. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return (await this.child.waitForExit(20_000)).code;
  }
}

/** What a server says about itself. */
export async function about(port: number): Promise<{ pid: number; argv: string[]; env?: string }> {
  const { body } = await request(`http://127.0.0.1:${port}/about`);
  return JSON.parse(body) as { pid: number; argv: string[]; env?: string };
}

export interface StartSpawnerOptions {
  /** Where an earlier one was. */
  readonly directory?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `vigil spawner` with a configuration. Its servers have ports that nobody holds, each spawner its own. */
export async function startSpawner(
  config: Partial<SpawnerOptions> = {},
  options: StartSpawnerOptions = {},
): Promise<RunningSpawner> {
  const directory = options.directory ?? (await makeTempDirectory());
  const max = config.ports?.max ?? 4;
  const begin = config.ports?.begin ?? (await findFreePorts(max));
  const whole = {
    port: 0,
    livelinessIntervalSeconds: 0.5,
    command: COMMAND,
    stateDirectory: 'state',
    ...config,
    ports: { begin, max },
  };
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'spawner.config.json');
  await writeFile(file, JSON.stringify(whole));
  const child = startNode([CLI, 'spawner', '-c', file, ...(options.args ?? [])], {
    cwd: directory,
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  const [, url = ''] = await child.waitForLine(/listens at (\S+)/);
  return new RunningSpawner(child, {
    url,
    directory,
    ...(typeof config.token === 'string' ? { token: config.token } : {}),
  });
}

import { resolve } from 'node:path';
import type { WorkerCrash } from '../../lib/jobs/pool/worker-crash.ts';
import type { WorkerEventBody } from '../../lib/jobs/pool/worker-event.ts';
import type { WorkerView } from '../../lib/jobs/pool/worker-pool.ts';
import { type StartedChild, startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

const PROGRAM = resolve(__dirname, '../fixtures/jobs/drive-pool.cjs');
export const HANDLERS = resolve(__dirname, '../fixtures/jobs/handlers.cjs');

export interface Said {
  readonly kind: string;
  readonly id?: string;
  readonly body?: unknown;
  readonly [key: string]: unknown;
}

export interface PoolSettings {
  readonly url?: string;
  readonly workers?: number;
  readonly concurrency?: number;
  readonly silenceMs?: number;
  readonly cancelGraceMs?: number;
  readonly handlersFile?: string;
}

/** A pool of workers in a process of its own, with the broker and a mailbox for what comes of jobs. */
export class DrivenPool {
  readonly child: StartedChild;
  readonly directory: string;

  constructor(child: StartedChild, directory: string) {
    this.child = child;
    this.directory = directory;
  }

  get said(): Said[] {
    return this.child.output.all
      .filter(({ stream, text }) => stream === 'stdout' && text.startsWith('{'))
      .map(({ text }) => JSON.parse(text) as Said);
  }

  send(command: { readonly do: string; readonly [key: string]: unknown }): void {
    this.child.write(JSON.stringify(command));
  }

  publish(id: string, name: string, more: Readonly<Record<string, unknown>> = {}): void {
    this.send({ do: 'publish', id, name, ...more });
  }

  /** Waits for what is said of a job. */
  async heard(kind: string, id: string, count = 1): Promise<Said> {
    return this.#find(`${kind} of ${id}`, () => {
      const found = this.said.filter((said) => said.kind === kind && said.id === id);
      return found[count - 1];
    });
  }

  /** Waits for what is said of the pool as a whole. */
  async says(kind: string): Promise<Said> {
    return this.#find(kind, () => this.said.find((said) => said.kind === kind));
  }

  /** Waits for an event that fits. */
  async event<Type extends WorkerEventBody['type']>(
    type: Type,
    fits: (event: Extract<WorkerEventBody, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<WorkerEventBody, { type: Type }>> {
    return this.#find(type, () =>
      this.said
        .filter((said) => said.kind === 'event')
        .map((said) => said as unknown as Extract<WorkerEventBody, { type: Type }>)
        .find((event) => event.type === type && fits(event)),
    );
  }

  async result(id: string): Promise<unknown> {
    return (await this.heard('result', id)).body;
  }

  async dead(): Promise<{ job: { id: string }; attempts: number; reason: DeadReason }[]> {
    const before = this.said.filter(({ kind }) => kind === 'dead').length;
    this.send({ do: 'dead' });
    const found = await this.#find(
      'dead',
      () => this.said.filter(({ kind }) => kind === 'dead')[before],
    );
    return found['letters'] as never;
  }

  async workers(): Promise<WorkerView[]> {
    const before = this.said.filter(({ kind }) => kind === 'list').length;
    this.send({ do: 'list' });
    const found = await this.#find(
      'list',
      () => this.said.filter(({ kind }) => kind === 'list')[before],
    );
    return found['workers'] as WorkerView[];
  }

  /** Ends it in order. */
  async stop(): Promise<Said> {
    this.send({ do: 'stop' });
    const { code } = await this.child.waitForExit(30_000);
    if (code !== 0) throw new Error(`exit ${code}:\n${this.child.output.text}`);
    return this.said.at(-1) as Said;
  }

  #find<T>(what: string, look: () => T | undefined): Promise<T> {
    return waitUntil(
      async () => look(),
      () => `no ${what} in\n${this.child.output.text}`,
      30_000,
    );
  }
}

export interface DeadReason {
  readonly code: string;
  readonly message: string;
  readonly detail: WorkerCrash;
}

export async function startPool(settings: PoolSettings = {}): Promise<DrivenPool> {
  const directory = await makeTempDirectory();
  const given = { handlersFile: HANDLERS, stateDirectory: directory, ...settings };
  const child = startNode([PROGRAM, JSON.stringify(given)], { cwd: directory });
  await child.waitForLine(/"kind":"ready"/, 30_000);
  return new DrivenPool(child, directory);
}

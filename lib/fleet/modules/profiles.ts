import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, waitFor } from '../../util/clock.ts';
import { writeFileWhole } from '../../util/durable-file.ts';
import type { ModuleApp } from './module-app.ts';

/** Where something was written that is too large for an answer. */
export interface TakenProfile {
  /** On the host of the server. */
  readonly file: string;
}

const DEFAULT_SECONDS = 5;
/** A server has to answer within 30 s. */
const MOST_SECONDS = 20;
const MOST_FILES = 20;
let isBusy = false;

/** Profiles of this process, in `logs/profiles/` of its host: off unless the application says otherwise. @lazy */
export class Profiles {
  readonly #app: ModuleApp;
  readonly #clock: Clock;

  constructor(app: ModuleApp, clock: Clock) {
    this.#app = app;
    this.#clock = clock;
  }

  /** What the processor does for some seconds, while the server goes on, a little slower. */
  takeCpu(seconds: unknown): Promise<TakenProfile> {
    const wished = Number(seconds);
    const forSeconds = wished > 0 ? Math.min(wished, MOST_SECONDS) : DEFAULT_SECONDS;
    return this.#alone('cpuprofile', async (file) => {
      const { Session } =
        require('node:inspector/promises') as typeof import('node:inspector/promises');
      const session = new Session();
      session.connect();
      try {
        await session.post('Profiler.enable');
        await session.post('Profiler.start');
        await waitFor(this.#clock, forSeconds * 1000);
        const { profile } = await session.post('Profiler.stop');
        await writeFileWhole(file, JSON.stringify(profile), 0o600);
      } finally {
        session.disconnect();
      }
    });
  }

  /** All that is in the heap; the server stands still meanwhile. */
  takeHeap(): Promise<TakenProfile> {
    return this.#alone('heapsnapshot', (file) => {
      const { writeHeapSnapshot } = require('node:v8') as typeof import('node:v8');
      writeHeapSnapshot(file);
      return Promise.resolve();
    });
  }

  async #alone(kind: string, take: (file: string) => Promise<void>): Promise<TakenProfile> {
    if (isBusy) throw new Error('another profile of this server is being taken');
    isBusy = true;
    try {
      const file = join(this.#makeFolder(), `${this.#nameOf()}.${kind}`);
      await take(file);
      return { file };
    } finally {
      isBusy = false;
    }
  }

  #nameOf(): string {
    return `${String(this.#app.get('serverId'))}-${String(this.#clock.wallTime())}`;
  }

  /** For its user alone: a heap holds whatever the server knows. */
  #makeFolder(): string {
    const folder = join(String(this.#app.get('base')), 'logs', 'profiles');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (readdirSync(folder).length >= MOST_FILES)
      throw new Error(`${String(MOST_FILES)} files are in ${folder}: take some away first`);
    return folder;
  }
}

import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RingContent } from '../../report/request-slots.ts';
import type { Clock } from '../../util/clock.ts';
import { createRandomKey } from '../../util/random-key.ts';
import { hashShortly } from '../../util/short-hash.ts';
import { ringDirectories } from '../server-boot.ts';

const NAME = /^vigil-([0-9a-f]{16})\.(\d+)\.\d+\.[0-9a-f-]{36}\.ring$/;
const LARGEST_BYTES = 1_000_000;

/** The name of the file in which a server process records its requests: nobody else can have made it before. */
export function nameRing(stateDirectory: string, monitorPid: number, generation: number): string {
  const parts = [hashShortly(stateDirectory), monitorPid, generation, createRandomKey()];
  return `vigil-${parts.join('.')}.ring`;
}

const NOTHING: RingContent = { requestsInFlight: [], moreRequests: 0 };

/** The requests that were in flight when a server process died. */
export class FlightRing {
  readonly #paths: readonly string[];
  readonly #clock: Clock;

  /** @param name - null when nothing is recorded */
  constructor(stateDirectory: string, name: string | null, clock: Clock) {
    const directories = name === null ? [] : ringDirectories(stateDirectory);
    this.#paths = directories.map((directory) => join(directory, name ?? ''));
    this.#clock = clock;
  }

  /** Of a file that is not there, or makes no sense, nothing. */
  read(): RingContent {
    for (const path of this.#paths) {
      try {
        // Whatever the server's own code has made of it, it is not to fill the memory of the monitor, nor to hold it up.
        const stats = statSync(path);
        if (stats.isFile() && stats.size <= LARGEST_BYTES)
          return parse(readFileSync(path), this.#clock.now());
      } catch {
        // It may be in the other directory.
      }
    }
    return NOTHING;
  }

  remove(): void {
    for (const path of this.#paths) rmSync(path, { force: true });
  }
}

function parse(ring: Buffer, now: number): RingContent {
  const { readRing } =
    require('../../report/request-slots') as typeof import('../../report/request-slots.ts');
  return readRing(ring, now);
}

/** Removes what servers of this session have left whose monitor was killed before it could. */
export function removeStaleRings(
  stateDirectory: string,
  isMonitor: (pid: number) => boolean,
): void {
  const own = hashShortly(stateDirectory);
  for (const directory of ringDirectories(stateDirectory)) {
    for (const name of list(directory)) {
      const [, session, pid] = NAME.exec(name) ?? [];
      if (session === own && !isMonitor(Number(pid)))
        rmSync(join(directory, name), { force: true });
    }
  }
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

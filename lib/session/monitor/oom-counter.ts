import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../util/clock.ts';

/** A kill that was counted longer ago was that of another process: this one has beaten since. */
const FRESH_MS = 5000;
/** What the kernel writes where there is no limit is larger than any memory. */
const NO_LIMIT = 2 ** 60;

const ROOT = '/sys/fs/cgroup';

/** The files of a memory group, in the words of the two versions of control groups. */
interface GroupFiles {
  readonly events: string;
  readonly limit: string;
}

interface Reading {
  readonly kills: number;
  readonly at: number;
}

/**
 * Watches how often the kernel has killed a process of the server's memory group for want of memory.
 *
 * The kernel tells nobody whom it kills; but it counts, in the group, and before it sends the signal.
 * Where there are no control groups, nothing is known.
 */
export class OomCounter {
  readonly #clock: Clock;
  readonly #files: GroupFiles | null;
  #former: Reading | null = null;
  #latest: Reading | null = null;

  /** @param root - where control groups are mounted; default /sys/fs/cgroup */
  constructor(clock: Clock, pid: number | null, root = ROOT) {
    this.#clock = clock;
    this.#files = pid === null ? null : findGroup(pid, root);
    this.sample();
  }

  /** Notes the count at a sign of life: what was counted well before it has killed another process. */
  sample(): void {
    const now = this.#clock.now();
    if (this.#latest !== null && now - this.#latest.at < FRESH_MS) return;
    const kills = this.#readKills();
    if (kills === null) return;
    this.#former = this.#latest;
    this.#latest = { kills, at: now };
  }

  /** Whether one has been counted that may have been this process. */
  isRaised(): boolean {
    const before = this.#former ?? this.#latest;
    const kills = this.#readKills();
    return before !== null && kills !== null && kills > before.kills;
  }

  /** What the group may hold; null when nothing limits it or there is none. */
  limitBytes(): number | null {
    const text = this.#files === null ? null : readText(this.#files.limit);
    const limit = Number(text?.trim() ?? NaN);
    return limit < NO_LIMIT ? limit : null;
  }

  #readKills(): number | null {
    const text = this.#files === null ? null : readText(this.#files.events);
    const kills = text === null ? null : /^oom_kill (\d+)$/m.exec(text);
    return kills === null ? null : Number(kills[1]);
  }
}

function findGroup(pid: number, root: string): GroupFiles | null {
  const lines = readText(`/proc/${String(pid)}/cgroup`)?.split('\n') ?? [];
  // The older version is asked first: where both are mounted, memory belongs to it.
  const older = pathOf(lines, /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/);
  if (older !== null)
    return findFiles(join(root, 'memory'), older, ['memory.oom_control', 'memory.limit_in_bytes']);
  const newer = pathOf(lines, /^0::(.*)$/);
  return newer === null ? null : findFiles(root, newer, ['memory.events', 'memory.max']);
}

function pathOf(lines: readonly string[], line: RegExp): string | null {
  for (const text of lines) {
    const path = line.exec(text)?.[1];
    if (path !== undefined) return path;
  }
  return null;
}

/** Inside a container the path may be the host's, while what is mounted is the container's own group. */
function findFiles(
  mount: string,
  path: string,
  [events, limit]: readonly [string, string],
): GroupFiles | null {
  for (const folder of [join(mount, path), mount]) {
    const files = { events: join(folder, events), limit: join(folder, limit) };
    if (readText(files.events) !== null) return files;
  }
  return null;
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Who may give orders for the servers of a fleet on this host. */
export interface Fence {
  /** Grows with each claim. */
  readonly epoch: number;
  /** Of this very claim: two with the same epoch are told apart by it. */
  readonly claim: string;
  readonly owner: string;
}

/** When the owner was last heard of, milliseconds since the epoch. */
export interface Sighting {
  readonly claim: string;
  readonly seenAt: number;
}

/** An agent that is about to start a server, or has just done so: in a file of its own, so that none takes that of another away. */
export interface Intent {
  readonly pid: number;
  readonly startTime: string | null;
  readonly boot: string | null;
}

/** That a process of a server runs here, or did. */
export interface Lease {
  /** Names the process among all of the server. */
  readonly run: string;
  readonly state: 'running' | 'ended';
  readonly epoch: number;
  readonly pid: number;
  readonly startTime: string;
  readonly boot: string | null;
  /** When it was started, milliseconds since the epoch. */
  readonly since: number;
  readonly code: number | null;
  readonly signal: string | null;
}

const FENCE_FILE = 'fence.json';
const SIGHTING_FILE = 'seen.json';
const OF_SERVER = /^([A-Za-z0-9_][A-Za-z0-9._-]{0,99})\.(?:lease|\d+\.intent)$/;

/** What a host knows of one fleet: who may give orders, and what runs. Each file is written whole. */
export class LeaseFolder {
  readonly #directory: string;

  /** @throws the error of the file system when it cannot be made */
  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  /** Null: nobody has claimed it yet, or what is there cannot be read. */
  fence(): Fence | null {
    return this.#read(FENCE_FILE, parseFence);
  }

  raiseFence(fence: Fence): void {
    this.#write(FENCE_FILE, fence);
  }

  lease(id: string): Lease | null {
    return this.#read(`${id}.lease`, parseLease);
  }

  grant(id: string, lease: Lease): void {
    this.#write(`${id}.lease`, lease);
  }

  remove(id: string): void {
    rmSync(join(this.#directory, `${id}.lease`), { force: true });
  }

  /** The servers that have a lease, or are about to have one. */
  list(): string[] {
    const names = readdirSync(this.#directory);
    return [...new Set(names.flatMap((name) => OF_SERVER.exec(name)?.[1] ?? []))];
  }

  sighting(): Sighting | null {
    return this.#read(SIGHTING_FILE, parseSighting);
  }

  noteSighting(sighting: Sighting): void {
    this.#write(SIGHTING_FILE, sighting);
  }

  /** Of all agents, by the pid of each. */
  intents(id: string): Intent[] {
    const ofServer = (name: string): boolean =>
      name.endsWith('.intent') && OF_SERVER.exec(name)?.[1] === id;
    return readdirSync(this.#directory)
      .filter(ofServer)
      .flatMap((name) => this.#read(name, parseIntent) ?? []);
  }

  intend(id: string, intent: Intent): void {
    this.#write(`${id}.${String(intent.pid)}.intent`, intent);
  }

  dropIntent(id: string, pid: number): void {
    rmSync(join(this.#directory, `${id}.${String(pid)}.intent`), { force: true });
  }

  #read<T>(name: string, parse: (value: unknown) => T | null): T | null {
    try {
      return parse(JSON.parse(readFileSync(join(this.#directory, name), 'utf8')));
    } catch {
      return null;
    }
  }

  #write(name: string, value: object): void {
    const path = join(this.#directory, name);
    const temporary = `${path}.${String(process.pid)}.tmp`;
    const file = openSync(temporary, 'w', 0o600);
    try {
      writeFileSync(file, JSON.stringify(value));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  }
}

function parseFence(value: unknown): Fence | null {
  const { epoch, claim, owner } = value as Record<keyof Fence, unknown>;
  if (!isWhole(epoch) || typeof claim !== 'string' || typeof owner !== 'string') return null;
  return { epoch, claim, owner };
}

function parseSighting(value: unknown): Sighting | null {
  const { claim, seenAt } = value as Record<keyof Sighting, unknown>;
  return typeof claim === 'string' && isWhole(seenAt) ? { claim, seenAt } : null;
}

function parseIntent(value: unknown): Intent | null {
  const { pid, startTime, boot } = value as Record<keyof Intent, unknown>;
  if (!isWhole(pid)) return null;
  return { pid, startTime: textOrNull(startTime), boot: textOrNull(boot) };
}

function parseLease(value: unknown): Lease | null {
  const found = value as Record<keyof Lease, unknown>;
  const { run, state, epoch, pid, startTime, boot, since, code, signal } = found;
  if (state !== 'running' && state !== 'ended') return null;
  if (!isWhole(epoch) || !isWhole(pid) || typeof startTime !== 'string') return null;
  return {
    run: textOrNull(run) ?? '',
    state,
    epoch,
    pid,
    startTime,
    boot: textOrNull(boot),
    since: isWhole(since) ? since : 0,
    code: isWhole(code) ? code : null,
    signal: textOrNull(signal),
  };
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

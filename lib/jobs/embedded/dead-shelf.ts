import type { DeadLetter, DeadLetters } from '../broker.ts';
import { del, type JobStore, put, type StoreChange } from './job-store.ts';
import type { KeptTally } from './kept-tally.ts';
import { encodeJob, type HeldJob, keyOf, parseJob } from './records.ts';

export interface DeadShelfPorts {
  readonly store: JobStore;
  readonly tally: KeptTally;
  readonly maxDead: number;
  /** Takes the job into its queue again, and makes these changes with it. */
  readonly revive: (
    letter: DeadLetter,
    changes: readonly StoreChange[],
    undo: () => readonly StoreChange[],
  ) => Promise<void>;
}

interface HeldDead {
  readonly seq: number;
  readonly size: number;
  /** Null: to be read from the store. */
  record: string | null;
}

/** The dead letters of an embedded broker, the newest of each job. */
export class DeadShelf implements DeadLetters {
  readonly #ports: DeadShelfPorts;
  readonly #byJob = new Map<string, HeldDead>();

  constructor(ports: DeadShelfPorts) {
    this.#ports = ports;
  }

  /** One that was there before this process; false when it makes no sense. */
  restore(seq: number, record: string): boolean {
    const letter = parseDead(record);
    if (letter === null) return false;
    this.#keep(seq, letter.job.id, record);
    return true;
  }

  /** Takes note of a death; returns what is to be written for it. */
  add(job: HeldJob, letter: DeadLetter): readonly StoreChange[] {
    const record = encodeDead(letter);
    const dropped = this.#makeRoom(letter.job.id);
    this.#keep(job.seq, letter.job.id, record);
    return [...dropped, put(keyOf.dead(job.seq), record)];
  }

  async list(options: { readonly limit?: number } = {}): Promise<readonly DeadLetter[]> {
    const held = [...this.#byJob.values()].slice(0, options.limit ?? DEFAULT_LIMIT);
    const letters = await Promise.all(held.map((dead) => this.#read(dead)));
    return letters.filter((letter) => letter !== undefined);
  }

  async find(jobId: string): Promise<DeadLetter | undefined> {
    const held = this.#byJob.get(jobId);
    return held && this.#read(held);
  }

  async replay(jobId: string): Promise<boolean> {
    const held = this.#byJob.get(jobId);
    const letter = held && (await this.#read(held));
    if (held === undefined || letter === undefined) return false;
    // Of two who ask at once, one replays it.
    if (!this.#byJob.delete(jobId)) return false;
    const key = keyOf.dead(held.seq);
    try {
      await this.#ports.revive(letter, [del(key)], () => [put(key, encodeDead(letter))]);
    } catch (error) {
      this.#byJob.set(jobId, held);
      throw error;
    }
    this.#ports.tally.remove(held.size, held.record !== null);
    return true;
  }

  async remove(jobId: string): Promise<boolean> {
    const change = this.#drop(jobId);
    if (change === undefined) return false;
    await this.#ports.store.settle([change]);
    return true;
  }

  #keep(seq: number, jobId: string, record: string): void {
    const { tally } = this.#ports;
    const fits = tally.hasRoomFor(record.length);
    tally.add(record.length, fits);
    this.#byJob.set(jobId, { seq, size: record.length, record: fits ? record : null });
  }

  #makeRoom(jobId: string): StoreChange[] {
    const [oldest] = this.#byJob.keys();
    const isFull = this.#byJob.size >= this.#ports.maxDead && !this.#byJob.has(jobId);
    const dropped = [this.#drop(jobId), isFull && oldest !== undefined && this.#drop(oldest)];
    return dropped.filter((change) => typeof change === 'object');
  }

  #drop(jobId: string): StoreChange | undefined {
    const held = this.#byJob.get(jobId);
    if (held === undefined) return undefined;
    this.#byJob.delete(jobId);
    this.#ports.tally.remove(held.size, held.record !== null);
    return del(keyOf.dead(held.seq));
  }

  async #read(held: HeldDead): Promise<DeadLetter | undefined> {
    const record = held.record ?? (await this.#ports.store.read(keyOf.dead(held.seq)));
    return (record === undefined ? null : parseDead(record)) ?? undefined;
  }
}

const DEFAULT_LIMIT = 1000;

function encodeDead({ job, ...rest }: DeadLetter): string {
  const { args, ...head } = job;
  return `${JSON.stringify(rest)}\n${encodeJob(head, args)}`;
}

function parseDead(record: string): DeadLetter | null {
  const end = record.indexOf('\n');
  const job = parseJob(record.slice(end + 1));
  if (job === null) return null;
  try {
    const rest = JSON.parse(record.slice(0, end)) as Omit<DeadLetter, 'job'>;
    return { ...rest, job: { ...job.head, args: job.args } };
  } catch {
    return null;
  }
}

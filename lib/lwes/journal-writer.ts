import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { VigilError } from '../errors.ts';
import { systemClock, type Clock, type Timer } from '../util/clock.ts';
import { JournalFile } from './journal-file.ts';
import { writeJournalRecord } from './journal-record.ts';
import type { LwesDatagram } from './lwes-listener.ts';

export interface LwesJournalWriterOptions {
  /** The file that is written; packed when it ends in `.gz`. Whatever is there already is put aside. */
  readonly path: string;
  /** A file that would grow beyond it is put aside, and a new one begun; default: never. */
  readonly maxFileBytes?: number;
  /** A file that is older is put aside; default: never. */
  readonly maxAgeSeconds?: number;
  /** A number of this place, 0 to 65535, written with every event; default 0. */
  readonly siteId?: number;
  /** How many bytes may wait for the disk; events beyond it are lost and counted. Default 16 MiB. */
  readonly maxQueuedBytes?: number;
}

export interface LwesJournalWriterSurroundings {
  readonly clock?: Clock;
  /** Told what keeps events from being written: once, and again after some could be written, at most every 10 seconds. */
  readonly onTrouble?: (error: VigilError) => void;
}

export interface LwesJournalStats {
  /** Events that are in the file. */
  readonly written: number;
  /** Events that could not be written, or found no room to wait. */
  readonly lost: number;
  /** Files put aside while it wrote. */
  readonly rotations: number;
}

interface Batch {
  readonly records: Buffer[];
  bytes: number;
  isLastOfFile: boolean;
}

const DEFAULT_QUEUED_BYTES = 16 * 1024 * 1024;
const BATCH_BYTES = 256 * 1024;
// What is packed at once is smaller the more it is.
const PACKING_DELAY_MS = 1000;
const ROTATE_GUARD_MS = 1000;
const TELL_AGAIN_MS = 10_000;
const ROTATE_MARK = Buffer.from('\x0fCommand::Rotate', 'latin1');
const pack = promisify(gzip);

/**
 * Keeps datagrams in a file, as they came, in the form of the C library. A disk that is full costs events, which are
 * counted and told; what is in the file stays whole. `Command::Rotate`, at most one a second, begins a new file.
 */
export class LwesJournalWriter {
  readonly #options: LwesJournalWriterOptions;
  readonly #clock: Clock;
  readonly #onTrouble: (error: VigilError) => void;
  readonly #isPacked: boolean;
  readonly #batchBytes: number;
  readonly #batches: Batch[] = [];
  readonly #counts = { written: 0, lost: 0, rotations: 0 };
  #queuedBytes = 0;
  #file: JournalFile | undefined;
  #work: Promise<void> | undefined;
  #delay: Timer | undefined;
  #age: Timer | undefined;
  #rotatedAt = -Infinity;
  #isTold = false;
  #toldAt = -Infinity;
  #isClosed = false;

  private constructor(
    options: LwesJournalWriterOptions,
    { clock = systemClock, onTrouble = () => undefined }: LwesJournalWriterSurroundings,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#onTrouble = onTrouble;
    this.#isPacked = options.path.endsWith('.gz');
    this.#batchBytes = Math.min(BATCH_BYTES, options.maxFileBytes ?? BATCH_BYTES);
  }

  /**
   * Begins a journal.
   *
   * @throws ERR_LWES_JOURNAL when the file cannot be made
   */
  static async open(
    options: LwesJournalWriterOptions,
    surroundings: LwesJournalWriterSurroundings = {},
  ): Promise<LwesJournalWriter> {
    const writer = new LwesJournalWriter(options, surroundings);
    try {
      await writer.#begin();
    } catch (cause) {
      throw writer.#createError(cause as Error);
    }
    return writer;
  }

  get stats(): LwesJournalStats {
    return { ...this.#counts };
  }

  /** Keeps a datagram. @returns false when it is lost, as too much waits for the disk or the journal is closed */
  write(datagram: LwesDatagram): boolean {
    const record = writeJournalRecord({ ...datagram, siteId: this.#options.siteId ?? 0 });
    const { maxQueuedBytes = DEFAULT_QUEUED_BYTES } = this.#options;
    if (this.#isClosed || this.#queuedBytes + record.length > maxQueuedBytes) {
      this.#counts.lost += 1;
      if (!this.#isClosed) this.#tell(new Error('events come faster than they can be written'));
      return false;
    }
    const batch = this.#openBatch(record.length);
    batch.records.push(record);
    batch.bytes += record.length;
    this.#queuedBytes += record.length;
    if (isRotate(datagram.bytes)) this.#obeyRotate();
    this.#wake();
    return true;
  }

  /** Begins a new file after what was given so far. */
  rotate(): void {
    const last = this.#batches.at(-1);
    if (last?.isLastOfFile !== true) this.#openBatch(0).isLastOfFile = true;
    void this.#start();
  }

  /** Resolves when all that was given so far is in the file, or lost. */
  async flush(): Promise<void> {
    while (this.#batches.length > 0 || this.#work !== undefined) await this.#start();
  }

  /** Writes what waits, and closes the file. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#age?.cancel();
    await this.flush();
    this.#delay?.cancel();
    await this.#file?.close();
    this.#file = undefined;
  }

  /** The last batch, or a new one where a record of that many bytes does not go into it. */
  #openBatch(bytes: number): Batch {
    const last = this.#batches.at(-1);
    if (last?.isLastOfFile === false && last.bytes + bytes <= this.#batchBytes) return last;
    const batch: Batch = { records: [], bytes: 0, isLastOfFile: false };
    this.#batches.push(batch);
    return batch;
  }

  #obeyRotate(): void {
    const now = this.#clock.now();
    if (now - this.#rotatedAt < ROTATE_GUARD_MS) return;
    this.#rotatedAt = now;
    const last = this.#batches.at(-1);
    if (last !== undefined) last.isLastOfFile = true;
  }

  #wake(): void {
    if (this.#work !== undefined) return;
    const isToWait = this.#isPacked && this.#queuedBytes < this.#batchBytes;
    if (!isToWait) void this.#start();
    else
      this.#delay ??= this.#clock.setTimer(PACKING_DELAY_MS, () => {
        void this.#start();
      });
  }

  #start(): Promise<void> {
    this.#delay?.cancel();
    this.#delay = undefined;
    this.#work ??= this.#writeAll().finally(() => {
      this.#work = undefined;
    });
    return this.#work;
  }

  async #writeAll(): Promise<void> {
    // Whatever else is given in this moment goes along.
    await Promise.resolve();
    for (let batch = this.#batches.shift(); batch !== undefined; batch = this.#batches.shift()) {
      this.#queuedBytes -= batch.bytes;
      try {
        await this.#append(batch);
        this.#counts.written += batch.records.length;
        if (batch.records.length > 0) this.#isTold = false;
      } catch (error) {
        this.#counts.lost += batch.records.length;
        this.#tell(error as Error);
      }
      if (batch.isLastOfFile) await this.#putAside();
    }
  }

  async #append({ records }: Batch): Promise<void> {
    const plain = Buffer.concat(records);
    const bytes = this.#isPacked && plain.length > 0 ? await pack(plain) : plain;
    const { maxFileBytes = Infinity } = this.#options;
    const size = this.#file?.size ?? 0;
    if (size > 0 && size + bytes.length > maxFileBytes) await this.#putAside();
    if (this.#file === undefined) await this.#begin();
    await this.#file?.append(bytes);
  }

  /** The file that is put aside keeps its content; the next one is begun when there is something to write. */
  async #putAside(): Promise<void> {
    if (this.#file === undefined) return;
    if (this.#file.size === 0) {
      this.#armAge();
      return;
    }
    await this.#file.close();
    this.#file = undefined;
    this.#counts.rotations += 1;
    try {
      await this.#begin();
    } catch (error) {
      this.#tell(error as Error);
    }
  }

  async #begin(): Promise<void> {
    this.#file = await JournalFile.begin(this.#options.path, new Date(this.#clock.wallTime()));
    this.#armAge();
  }

  #armAge(): void {
    const { maxAgeSeconds } = this.#options;
    this.#age?.cancel();
    if (maxAgeSeconds === undefined || this.#isClosed) return;
    this.#age = this.#clock.setTimer(maxAgeSeconds * 1000, () => {
      this.rotate();
    });
    this.#age.unref();
  }

  #tell(cause: Error): void {
    const now = this.#clock.now();
    if (this.#isTold || now - this.#toldAt < TELL_AGAIN_MS) return;
    this.#isTold = true;
    this.#toldAt = now;
    try {
      this.#onTrouble(this.#createError(cause));
    } catch {
      // Who listens badly harms nobody.
    }
  }

  #createError(cause: Error): VigilError {
    const text = `cannot write the journal ${this.#options.path}: ${cause.message}`;
    return new VigilError('ERR_LWES_JOURNAL', text, { cause });
  }
}

function isRotate(bytes: Buffer): boolean {
  return bytes.subarray(0, ROTATE_MARK.length).equals(ROTATE_MARK);
}

import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { VigilError } from '../errors.ts';
import { isTemporaryFile, writeFileWhole } from '../util/durable-file.ts';
import { listCrashFolders } from './crash-folder.ts';
import type { CrashReport } from './crash-report.ts';
import { parseCrashReport } from './parse-crash-report.ts';

export interface CrashStoreOptions {
  /** Made when it is not there, 0700. */
  readonly directory: string;
  /** How many reports are kept, the newest; default 50. */
  readonly keep?: number;
}

/** A report in a list. */
export type CrashSummary = Pick<CrashReport, 'id' | 'at' | 'cause' | 'fingerprint' | 'occurrences'>;

export interface CrashList {
  /** Newest first. */
  readonly reports: readonly CrashSummary[];
  readonly skipped: readonly SkippedFile[];
}

/** A file in the store that is no report. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

export interface AddedReport {
  /** With its true number of occurrences. */
  readonly report: CrashReport;
  /** Set when the report could not be written; it still counts, and can still be mailed. */
  readonly error: VigilError | null;
}

/** The crash reports of a session on disk, one file each. Any number of processes may read it; the monitor alone adds. */
export class CrashStore {
  readonly #directory: string;
  readonly #keep: number;
  /** Occurrences by fingerprint; read from the files at the first report. */
  #counts: Map<string, number> | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: CrashStoreOptions) {
    this.#directory = options.directory;
    this.#keep = Math.max(1, options.keep ?? DEFAULT_KEEP);
  }

  /** Counts and writes a report, and removes the oldest beyond `keep`. Never rejects. */
  add(report: CrashReport): Promise<AddedReport> {
    const added = this.#last.then(() => this.#add(report));
    this.#last = added;
    return added;
  }

  /** @throws ERR_REPORT_STORE when the directory is there but cannot be read */
  async list(): Promise<CrashList> {
    const reports: CrashSummary[] = [];
    const skipped: SkippedFile[] = [];
    for (const id of (await this.#ids()).reverse()) {
      const report = await this.#read(id);
      if (typeof report === 'string') skipped.push({ file: `${id}${EXTENSION}`, reason: report });
      else reports.push(summarize(report));
    }
    return { reports, skipped };
  }

  /**
   * @param idOrPrefix - an id, or the beginning of one that no other report shares
   * @throws ERR_REPORT_NOT_FOUND when no report, or more than one, is meant
   * @throws ERR_REPORT_STORE when the report cannot be read
   */
  async show(idOrPrefix: string): Promise<CrashReport> {
    const ids = await this.#ids();
    const [id, ...others] = ids.includes(idOrPrefix)
      ? [idOrPrefix]
      : ids.filter((known) => known.startsWith(idOrPrefix));
    if (id === undefined)
      throw new VigilError('ERR_REPORT_NOT_FOUND', `no crash report begins with "${idOrPrefix}"`);
    if (others.length > 0) {
      const some = [id, ...others].slice(0, 5).join(', ');
      throw new VigilError(
        'ERR_REPORT_NOT_FOUND',
        `"${idOrPrefix}" is not enough to tell crash reports apart: ${some}`,
      );
    }
    const report = await this.#read(id);
    if (typeof report === 'string')
      throw new VigilError('ERR_REPORT_STORE', `crash report ${id} ${report}`);
    return report;
  }

  /**
   * Removes every report and forgets the counts.
   *
   * @returns how many reports there were
   * @throws ERR_REPORT_STORE when a file cannot be removed
   */
  async clear(): Promise<number> {
    await this.#last;
    const ids = await this.#ids();
    await attempt('crash reports cannot be removed', () =>
      Promise.all(ids.map((id) => rm(this.#path(id), { force: true }))),
    );
    await attempt('what was kept beside the crash reports cannot be removed', () =>
      this.#removeFolders([]),
    );
    await rm(join(this.#directory, COUNTS), { force: true }).catch(() => undefined);
    this.#counts = null;
    return ids.length;
  }

  async #add(report: CrashReport): Promise<AddedReport> {
    const counts = await this.#countsSoFar();
    const occurrences = (counts.get(report.fingerprint) ?? 0) + 1;
    // Set anew, so that the order is that of the last time.
    counts.delete(report.fingerprint);
    counts.set(report.fingerprint, occurrences);
    const counted = { ...report, occurrences };
    try {
      await attempt(`crash report ${report.id} cannot be written`, () => this.#write(counted));
      await this.#writeCounts(counts);
      return { report: counted, error: null };
    } catch (error) {
      return { report: counted, error: error as VigilError };
    }
  }

  async #write(report: CrashReport): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    // The oldest go first: on a full disk they make the room.
    const ids = await this.#ids();
    const excess = ids.slice(0, Math.max(0, ids.length + 1 - this.#keep));
    await Promise.all(excess.map((id) => rm(this.#path(id), { force: true })));
    await this.#removeFolders([...ids.slice(excess.length), report.id]);
    await writeFileWhole(this.#path(report.id), `${JSON.stringify(report, null, 1)}\n`);
  }

  /** What was kept beside a report goes with it. */
  async #removeFolders(keptIds: readonly string[]): Promise<void> {
    const folders = await listCrashFolders(this.#directory);
    for (const id of folders.filter((name) => !keptIds.includes(name)))
      await rm(join(this.#directory, id), { recursive: true, force: true });
  }

  async #countsSoFar(): Promise<Map<string, number>> {
    if (this.#counts !== null && this.#counts.size <= MAX_COUNTED) return this.#counts;
    const { reports } = await this.list().catch(() => ({ reports: [] }));
    const counts = await this.#readCounts();
    for (const { fingerprint, occurrences } of reports) {
      counts.set(fingerprint, Math.max(occurrences, counts.get(fingerprint) ?? 0));
    }
    this.#counts = counts;
    return counts;
  }

  /** How often what was kept once has been seen, of the defects seen last; counted on when their reports are gone. */
  async #writeCounts(counts: ReadonlyMap<string, number>): Promise<void> {
    const newest = [...counts].slice(-MAX_COUNTS_KEPT);
    await writeFileWhole(join(this.#directory, COUNTS), `${JSON.stringify(newest)}\n`).catch(
      // Without it the reports that are kept still tell most of it.
      () => undefined,
    );
  }

  async #readCounts(): Promise<Map<string, number>> {
    const text = await readFile(join(this.#directory, COUNTS), 'utf8').catch(() => '[]');
    return new Map(parseCounts(text));
  }

  /** Oldest first. */
  async #ids(): Promise<string[]> {
    const names = await attempt(`the crash reports in ${this.#directory} cannot be read`, () =>
      readdir(this.#directory).catch(emptyWhenMissing),
    );
    return names
      .filter((name) => name.endsWith(EXTENSION) && !isTemporaryFile(name))
      .map((name) => name.slice(0, -EXTENSION.length))
      .sort();
  }

  async #read(id: string): Promise<CrashReport | string> {
    try {
      const path = this.#path(id);
      // Asked first: to open a named pipe would wait for its writer.
      const stats = await stat(path);
      if (!stats.isFile()) return 'is no file';
      if (stats.size > MAX_REPORT_BYTES) return 'is too large';
      return parseCrashReport(await readFile(path, 'utf8'));
    } catch (error) {
      return `cannot be read: ${(error as Error).message}`;
    }
  }

  #path(id: string): string {
    return join(this.#directory, `${id}${EXTENSION}`);
  }
}

const EXTENSION = '.json';
const DEFAULT_KEEP = 50;
const MAX_REPORT_BYTES = 8_000_000;
const MAX_COUNTED = 10_000;
/** Not `.json`: it is no report. */
const COUNTS = 'occurrences';
const MAX_COUNTS_KEPT = 1000;

function summarize({ id, at, cause, fingerprint, occurrences }: CrashReport): CrashSummary {
  return { id, at, cause, fingerprint, occurrences };
}

function parseCounts(text: string): [string, number][] {
  try {
    const value: unknown = JSON.parse(text);
    const entries: unknown[] = Array.isArray(value) ? value : [];
    return entries.filter(
      (entry): entry is [string, number] =>
        Array.isArray(entry) && typeof entry[0] === 'string' && Number.isSafeInteger(entry[1]),
    );
  } catch {
    return [];
  }
}

async function attempt<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new VigilError('ERR_REPORT_STORE', `${what}: ${(cause as Error).message}`, { cause });
  }
}

function emptyWhenMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

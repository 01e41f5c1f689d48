import { relative } from 'node:path';
import type { MemorySample, MemoryTally } from '../../supervision/memory-limit.ts';
import type { Clock } from '../../util/clock.ts';
import type { FileWatch } from './file-watch.ts';
import type { MemoryWatch } from './memory-watch.ts';
import type { LiveOptions } from './monitor-context.ts';
import type { ReloadOnChange } from './reload-on-change.ts';
import type { SessionJournal } from './session-journal.ts';
import type { SessionSupervisor } from './session-supervisor.ts';

export interface TriggeredSession {
  readonly live: LiveOptions;
  readonly supervisor: SessionSupervisor;
  readonly journal: SessionJournal;
  log(level: 'info' | 'warn', text: string): void;
}

/** A branch that was switched changes hundreds. */
const MOST_TOLD = 5;
const BYTES_PER_MB = 1024 * 1024;

/** What has the server replaced without anybody's order. */
export class ReloadTriggers {
  readonly #session: TriggeredSession;
  readonly #clock: Clock;
  #memory: MemoryWatch | null = null;
  #files: FileWatch | null = null;
  #onChange: ReloadOnChange | null = null;

  constructor(session: TriggeredSession, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  get memoryTally(): MemoryTally | null {
    return this.#memory?.tally ?? null;
  }

  get isReloadWaiting(): boolean {
    return this.#onChange?.isWaiting ?? false;
  }

  open(): void {
    this.#watchMemory();
    this.#watchFiles();
    this.#session.journal.stream.subscribe((event) => {
      if (event.type !== 'config.changed') return;
      this.#watchMemory();
      if (event.path === 'watch') this.#watchFiles();
    });
  }

  close(): void {
    this.#memory?.stop();
    this.#files?.close();
  }

  #watchFiles(): void {
    this.#files?.close();
    const { live, supervisor, journal } = this.#session;
    const { watch: paths, stateDirectory } = live.current;
    if (paths.length === 0) return;
    const { FileWatch } = require('./file-watch') as typeof import('./file-watch.ts');
    const { ReloadOnChange } =
      require('./reload-on-change') as typeof import('./reload-on-change.ts');
    this.#onChange ??= new ReloadOnChange(supervisor.slot, journal);
    this.#files = new FileWatch({
      clock: this.#clock,
      paths,
      ignored: [stateDirectory],
      onChange: (changed) => {
        this.#tellChanged(changed);
        this.#onChange?.changed();
      },
      onWatching: (count) => {
        this.#session.log('info', `watching ${String(count)} files for changes`);
      },
      warn: (text) => {
        this.#session.log('warn', text);
      },
    });
    void this.#files.open();
  }

  #tellChanged(changed: readonly string[]): void {
    const { supervisor, journal, live } = this.#session;
    const paths = changed
      .slice(0, MOST_TOLD)
      .map((path) => relative(live.current.baseDirectory, path));
    journal.tell(
      { type: 'files.changed', count: changed.length, paths },
      { generation: supervisor.slot.generation, pid: supervisor.slot.current?.pid ?? null },
    );
  }

  #watchMemory(): void {
    const { live } = this.#session;
    if (this.#memory !== null || live.current.memory.limitMb === null) return;
    const { MemoryWatch } = require('./memory-watch') as typeof import('./memory-watch.ts');
    this.#memory = new MemoryWatch({
      clock: this.#clock,
      limitBytes: () => {
        const { limitMb } = live.current.memory;
        return limitMb === null ? null : limitMb * BYTES_PER_MB;
      },
      sample: () => this.#sampleMemory(),
      onExceeded: (sample, limitBytes) => void this.#replaceLarge(sample, limitBytes),
    });
    this.#memory.start();
  }

  #sampleMemory(): MemorySample | null {
    const { slot, server } = this.#session.supervisor;
    const { current } = slot;
    if (current === null || current.readyAt === null || current.pid === null) return null;
    const { readResidentBytes } =
      require('../../process/resident-memory') as typeof import('../../process/resident-memory.ts');
    const rssBytes = readResidentBytes(current.pid) ?? server?.link.heartbeat?.rssBytes ?? null;
    return rssBytes === null ? null : { generation: current.generation, rssBytes };
  }

  /** What comes of the reload is told by its events. */
  async #replaceLarge({ rssBytes }: MemorySample, limitBytes: number): Promise<void> {
    const { supervisor, journal } = this.#session;
    const { slot } = supervisor;
    const source = { generation: slot.generation, pid: slot.current?.pid ?? null };
    journal.tell({ type: 'memory.limitExceeded', rssBytes, limitBytes }, source);
    const verdict = await slot.reload('memory-limit');
    if (verdict.outcome !== 'succeeded') {
      this.#session.log(
        'warn',
        'the server was not replaced: three more samples above memory.limitMb try again',
      );
    }
  }
}

import { readResidentBytes } from '../../process/resident-memory.ts';
import type { MemorySample } from '../../supervision/memory-limit.ts';
import type { Clock } from '../../util/clock.ts';
import { MemoryWatch } from './memory-watch.ts';
import type { LiveOptions } from './monitor-context.ts';
import type { SessionJournal } from './session-journal.ts';
import type { SessionSupervisor } from './session-supervisor.ts';

export interface TriggeredSession {
  readonly live: LiveOptions;
  readonly supervisor: SessionSupervisor;
  readonly journal: SessionJournal;
  log(level: 'warn', text: string): void;
}

const BYTES_PER_MB = 1024 * 1024;

/** What has the server replaced without anybody's order. */
export class ReloadTriggers {
  readonly #session: TriggeredSession;
  readonly #clock: Clock;
  #memory: MemoryWatch | null = null;

  constructor(session: TriggeredSession, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  open(): void {
    this.#watchMemory();
    this.#session.journal.stream.subscribe((event) => {
      if (event.type === 'config.changed') this.#watchMemory();
    });
  }

  close(): void {
    this.#memory?.stop();
  }

  #watchMemory(): void {
    const { live } = this.#session;
    if (this.#memory !== null || live.current.memory.limitMb === null) return;
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

import type { ExitFact } from '../../process/child-handle.ts';
import type { Circumstances } from '../../supervision/death-evidence.ts';
import { endsByFault } from '../../supervision/exit-meaning.ts';
import type { Clock } from '../../util/clock.ts';
import type { Heartbeat } from '../contract.ts';
import { isFatal, listDiagnosticFiles, readReportHead } from './diagnostic-files.ts';
import { DumpWatch } from './dump-watch.ts';
import { OomCounter } from './oom-counter.ts';

export interface ServerCircumstancesOptions {
  readonly clock: Clock;
  readonly pid: number | null;
  /** Where Node writes what it has to say of a fatal error. */
  readonly directory: string;
}

/** What is seen of one server process from outside. */
export class ServerCircumstances {
  readonly #options: ServerCircumstancesOptions;
  readonly #oom: OomCounter;
  readonly #dumps: DumpWatch;

  constructor(options: ServerCircumstancesOptions) {
    this.#options = options;
    this.#oom = new OomCounter(options.clock, options.pid);
    this.#dumps = new DumpWatch(options.clock, options.directory);
  }

  /** The process has given a sign of life. */
  noteBeat(): void {
    this.#oom.sample();
  }

  isWritingDump(): boolean {
    return this.#dumps.isWriting(this.#options.pid);
  }

  atEnd(fact: ExitFact, heartbeat: Heartbeat | null): Circumstances {
    return {
      oomKillCounted: this.#oom.isRaised(),
      memoryGroupLimitBytes: this.#oom.limitBytes(),
      memory: heartbeat,
      fatalReport: endsByFault(fact) ? this.#findFatalReport() : null,
    };
  }

  #findFatalReport(): Circumstances['fatalReport'] {
    const { pid, directory } = this.#options;
    if (pid === null) return null;
    for (const { kind, path } of listDiagnosticFiles(directory, pid)) {
      const head = kind === 'report' ? readReportHead(path) : null;
      if (head !== null && isFatal(head)) return head;
    }
    return null;
  }
}

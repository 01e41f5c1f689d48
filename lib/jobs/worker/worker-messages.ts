import { defineNotice } from '../../ipc/descriptor.ts';
import type { CrashDetected, Heartbeat } from '../../session/contract.ts';

/** What a process of workers and its supervisor say to one another beside what the broker does. */

export interface CrashOfWorker {
  readonly crash: CrashDetected;
  /** In whose code the error was thrown; null when that cannot be told. */
  readonly jobId: string | null;
}

export interface EndOrder {
  /** Finish what was begun; else SIGTERM follows, and is to be obeyed. */
  readonly drain: boolean;
}

export const CONSUMES = defineNotice<{ readonly names: readonly string[] }>('jobs:consumes');
export const BEAT = defineNotice<Heartbeat>('jobs:beat');
export const CRASHED = defineNotice<CrashOfWorker>('jobs:crashed');
/** `process.exit` was called; by the code of that job, if it is known. */
export const EXITS = defineNotice<{ readonly jobId: string | null }>('jobs:exits');
/** The handlers cannot be loaded. */
export const UNLOADABLE = defineNotice<{ readonly message: string }>('jobs:unloadable');
export const TROUBLE = defineNotice<{ readonly text: string }>('jobs:trouble');
export const END = defineNotice<EndOrder>('jobs:end');

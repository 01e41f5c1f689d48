import type { Clock } from '../../util/clock.ts';
import type { Broker } from '../broker.ts';
import type { WorkerEventBody } from './worker-event.ts';

/** What processes of workers are run with. */
export interface WorkerPoolOptions {
  readonly broker: Broker;
  /** Absolute path. */
  readonly handlersFile: string;
  /** How many processes. */
  readonly workers: number;
  /** How many jobs each of them runs at once. */
  readonly concurrency: number;
  /** So often a job may end its process before it is quarantined; the broker is to be opened with the same. */
  readonly maxAttempts: number;
  /** Between telling a handler to end and ending its process, and from SIGTERM to SIGKILL. */
  readonly cancelGraceMs: number;
  /** How long a process remembers replies for jobs that come again. */
  readonly replyTtlMs: number;
  /** An event loop that has not turned for so long is hung, and its process is killed. */
  readonly silenceMs: number;
  /** What jobs may take to end when the workers are to. */
  readonly drainMs: number;
  /** Where processes leave notes of their ends. */
  readonly stateDirectory: string;
  readonly clock: Clock;
  /** Takes secrets out of what is kept of a crash. */
  readonly mask: (text: string) => string;
  readonly tell: (event: WorkerEventBody) => void;
  /** Takes what handlers write, line by line. */
  readonly onLine: (worker: string, line: string) => void;
  readonly warn: (text: string) => void;
}

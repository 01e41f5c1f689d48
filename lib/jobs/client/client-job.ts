import { JobError } from './job-error.ts';

export interface SubmitOptions {
  /** Unique among this client's jobs that have not ended; default: one is made. */
  readonly id?: string;
  /** 1 to 10, higher first; default 5. */
  readonly priority?: number;
  /** From now, milliseconds; default: for ever. */
  readonly timeoutMs?: number;
  /** Hears what the handler tells of its progress; of a slow connection's only the newest. */
  readonly onProgress?: (value: unknown) => void;
  /** Hears that a worker has begun, once more for each worker that was lost. */
  readonly onStarted?: (about: { readonly worker: unknown; readonly attempt: number }) => void;
  /** Cancels the job when it fires. */
  readonly signal?: AbortSignal;
}

/** The value of a job to come; it rejects with a `JobError`. */
export interface SubmittedJob<T> extends Promise<T> {
  readonly id: string;
  /** The job is not wanted any more: the promise rejects with the code `cancelled`, unless it ends otherwise before. */
  cancel(): void;
}

/** `waiting`: not sent on this connection · `sent` · `accepted` by a broker. */
export type ClientJobState = 'waiting' | 'sent' | 'accepted';

/** A job that has not ended, on the side of its client. */
export class ClientJob {
  readonly id: string;
  readonly message: object;
  readonly options: SubmitOptions;
  readonly promise: Promise<unknown>;
  state: ClientJobState = 'waiting';
  isCancelled = false;
  #resolve: (value: unknown) => void = () => undefined;
  #reject: (error: JobError) => void = () => undefined;
  #stopListening: () => void = () => undefined;

  constructor(id: string, message: object, options: SubmitOptions) {
    this.id = id;
    this.message = message;
    this.options = options;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  listen(cancel: () => void): void {
    const { signal } = this.options;
    if (signal === undefined) return;
    signal.addEventListener('abort', cancel, { once: true });
    this.#stopListening = () => {
      signal.removeEventListener('abort', cancel);
    };
  }

  succeed(value: unknown): void {
    this.#stopListening();
    this.#resolve(value);
  }

  fail(code: string, message: string): void {
    this.#stopListening();
    this.#reject(new JobError(code, message));
  }
}

/** What a handler knows of the job it runs. */
export interface JobContext {
  /**
   * Fires when the job is not wanted any more: it was cancelled, its deadline has passed, or the broker has given it
   * to another worker. Who has not ended `cancelGraceSeconds` later is ended with its process.
   */
  readonly signal: AbortSignal;
  /** Tells the client how far the job is. At most 20 a second are sent, the latest of them always. */
  readonly progress: (value: unknown) => void;
  /** Writes a line that names the job, formatted like that of `console.log`. */
  readonly log: (...values: unknown[]) => void;
  /** `clientId/id`: the same, however often the job is run. */
  readonly jobId: string;
  /** 1 at first; one more for each worker that was lost while it had the job. */
  readonly attempt: number;
  /** Milliseconds since the epoch; null: none. */
  readonly deadline: number | null;
}

/**
 * Handlers by the name of the jobs they do. What one returns is sent to the client as JSON; an error it throws fails
 * the job with the error's own `code`, else `handler_failed`.
 */
export type JobHandlers = ReadonlyMap<string, (args: unknown, context: JobContext) => unknown>;

/**
 * What gateways and workers of jobs can be told: the shape of `jobs.config.json`. Durations are seconds, fractions
 * allowed. Relative paths are relative to the config file, else to the working directory.
 *
 * @see docs/reference/jobs.md - every key with its default
 */
export interface JobsOptions {
  /** Where editors find the schema; Vigil itself ignores it. */
  readonly $schema?: string;
  /** Part of file names; default `jobs`. */
  readonly name?: string;
  /** The module with the handlers, for `serve` and `worker`. */
  readonly handlers?: string | null;
  /** Where clients connect; 0 for any free port; default 8900. */
  readonly port?: number;
  /** The name or address to listen on; default `127.0.0.1`. */
  readonly host?: string;
  /** `memory:`, `file:DIR` or `amqp://…`; default for `serve`: a directory in the state directory. */
  readonly broker?: string | null;
  /** Worker processes; default 1. */
  readonly workers?: number;
  /** Jobs that one worker process runs at a time; default 4. */
  readonly concurrency?: number;
  /** Workers that one job may kill before it is put aside; default 3. */
  readonly maxAttempts?: number;
  /** From the `signal` of a handler to SIGTERM, and from there to SIGKILL, seconds; default 5. */
  readonly cancelGraceSeconds?: number;
  /** A worker whose event loop has not turned for so long is hung, and killed, seconds; default 60. */
  readonly silenceSeconds?: number;
  /**
   * The `consumer_timeout` of RabbitMQ, seconds: a job that takes a third of it is kept by a lease from then on. `false`
   * where the server lets jobs take as long as they do; default 1800, that of RabbitMQ itself.
   */
  readonly consumerTimeoutSeconds?: number | false;
  /** Jobs that one client may have open; default 1000. */
  readonly maxJobsPerClient?: number;
  /** Clients at a time; default 10000. */
  readonly maxClients?: number;
  /** The longest message of a client, in bytes; default 1 MiB. */
  readonly maxFrameBytes?: number;
  /** How long a result that nobody has acknowledged is kept, seconds; default 3600. */
  readonly resultTtlSeconds?: number;
  /** A job that has waited so long without a worker of its name fails, seconds; default never. */
  readonly noWorkersSeconds?: number | null;
  /** How long an ending gateway waits for the jobs that are open, seconds; default 10. */
  readonly drainSeconds?: number;
  /** The key that clients need; default none. */
  readonly token?: string | null;
  /** Pages of other sites that may connect, such as `https://app.example`; default none. */
  readonly allowedOrigins?: readonly string[];
  /** State, log, the embedded broker; default `.vigil/<name>`. */
  readonly stateDirectory?: string;
}

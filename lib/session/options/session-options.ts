/**
 * What a session can be told: the shape of `session.config.json`, and of `config` given to `launch`.
 *
 * Everything is optional; durations are seconds, fractions allowed. Relative paths are relative to the
 * config file, else to the working directory.
 *
 * @see docs/reference/configuration.md - every key with its default
 */
export interface SessionOptions {
  /** Where editors find the schema; Vigil itself ignores it. */
  readonly $schema?: string;
  /** Name of the session, part of file names; default: the package's name, else the folder's. */
  readonly name?: string;
  /** Passes the server's stdout and stderr through; default true. */
  readonly showServerOutput?: boolean;
  /** TCP ports by name, 0 for any free one; default `{server: 3000}`. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly identifiers?: {
    readonly master?: IdentifierOptions;
    readonly worker?: IdentifierOptions;
    readonly exec?: IdentifierOptions;
  };
  /** How the health route is polled; `false` for servers that speak no HTTP. */
  readonly polling?: false | PollingOptions;
  readonly startup?: {
    /** From the start of the process to its first success, seconds; default 60. */
    readonly deadlineSeconds?: number;
  };
  readonly heartbeat?: {
    /** Time between two beats, seconds; default 1. */
    readonly intervalSeconds?: number;
    /** A ready server silent that long is hung, seconds; default 10. */
    readonly silenceSeconds?: number;
  };
  readonly restart?: RestartOptions;
  readonly shutdown?: {
    /** Time for requests in flight to end, seconds; default 30. */
    readonly drainSeconds?: number;
    /** Time for each exit handler, seconds; default 10. */
    readonly exitHandlerSeconds?: number;
  };
  readonly memory?: {
    /** Resident memory, MB, above which the server is replaced; default: no limit. */
    readonly limitMb?: number | false | null;
  };
  readonly socket?: {
    /** The monitor keeps the listening socket; default true. */
    readonly hold?: boolean;
  };
  /** Keeps one pre-loaded spare server process; default false. */
  readonly standby?: boolean;
  /** `child` for servers that use node:cluster themselves; default `cluster`. */
  readonly serverProcess?: 'cluster' | 'child';
  /** Paths whose change triggers a verified reload; default none. */
  readonly watch?: string | readonly string[];
  /** The thread that takes the stack of a stuck loop and prevents orphans; default true. */
  readonly watchdog?: boolean;
  readonly crashReports?: {
    /** Default `<stateDirectory>/crashes`. */
    readonly directory?: string;
    /** Number of reports kept; default 50. */
    readonly keep?: number;
    /** Records the requests in flight; default true. */
    readonly flightRecorder?: boolean;
    /** Writes a heap snapshot when memory runs out; default false. */
    readonly heapSnapshot?: boolean;
  };
  /** Answers 503 for a suspect route for a while instead of dying of it; default false. */
  readonly quarantine?: boolean;
  readonly telemetry?:
    { /** `host:port` of the LWES receiver. */ readonly lwes?: string } | false | null;
  readonly console?: {
    /** Lets the console evaluate JavaScript in the monitor; default false. */ readonly eval?: boolean;
  };
  readonly logs?: {
    /** Default `<stateDirectory>/server.log`. */
    readonly file?: string;
    /** Size at which a file is rotated; default 10,000,000. */
    readonly maxBytes?: number;
    /** Number of rotated files kept; default 5. */
    readonly keep?: number;
    /** Shows the server's output line by line, with time and `identifiers.worker` before each line; default false: as it is. */
    readonly prefix?: boolean;
  };
  readonly mail?: MailOptions | false | null;
  readonly webhook?: WebhookOptions | false | null;
  readonly control?: {
    readonly http?:
      | {
          readonly port?: number;
          /** Default `127.0.0.1`. */
          readonly host?: string;
          /** Opens what only reads without the session key; default false. */
          readonly readOnly?: boolean;
        }
      | false
      | null;
  };
  /** Where the session keeps its files; default `.vigil/<name>`. */
  readonly stateDirectory?: string;
}

/** A getter that replaces the built-in poll: resolves for a good answer, rejects for a bad one. */
export type PollingGet = (url: string) => PromiseLike<unknown>;

interface IdentifierOptions {
  readonly text?: string;
  readonly color?: string;
}

interface PollingOptions {
  /** Health route; when not set, any complete answer below 500 on `/` is good. */
  readonly route?: string;
  /** From the end of a poll to the next one, seconds; default 10. */
  readonly intervalSeconds?: number;
  /** A poll without an answer by then is a failure, seconds; default 2. */
  readonly timeoutSeconds?: number;
  /** Failures in a row that are tolerated; default 2. */
  readonly failureTolerance?: number;
  /** Counts failures among the last polls instead of failures in a row; default none. */
  readonly window?: { readonly failures?: number; readonly of?: number } | false | null;
  /** Lowest and highest good status code when `route` is set; default `[200, 299]`. */
  readonly expectStatus?: readonly [number, number];
  /** Replaces the built-in poll; only in code. */
  readonly get?: PollingGet;
}

interface RestartOptions {
  /** Default `permanent`. */
  readonly policy?: 'permanent' | 'transient' | 'temporary';
  /** Exit codes that mean "do not restart me"; default `[125]`. */
  readonly stopOn?: readonly number[];
  readonly backoff?: {
    readonly baseSeconds?: number;
    readonly factor?: number;
    readonly maxSeconds?: number;
    /** Share of the delay it may deviate by, 0 to 1; default 0.2. */
    readonly jitter?: number;
  };
  readonly breaker?: {
    /** Failure score above which the breaker opens; default 5. */
    readonly failures?: number;
    /** Time in which the score halves, seconds; default 60. */
    readonly halfLifeSeconds?: number;
    /** One trial start per that time while open, seconds; default 300. */
    readonly cooldownSeconds?: number;
    /** Default `retry`. */
    readonly onOpen?: 'retry' | 'exit';
  };
}

interface WebhookOptions {
  readonly url?: string;
  /** `whsec_` and base64, or any other text. */
  readonly secret?: string;
  /** Default 600. */
  readonly digestSeconds?: number;
  /** Default 6. */
  readonly perHour?: number;
}

interface MailOptions {
  /** Addresses; needed. */
  readonly to?: string | readonly string[];
  readonly from?: string;
  /** `smtp://…`, `smtps://…` or the options object of nodemailer; needed. */
  readonly transport?: string | Readonly<Record<string, unknown>>;
  /** Time over which alike crashes are gathered into one mail, seconds; default 600. */
  readonly digestSeconds?: number;
  /** Most mails an hour; default 6. */
  readonly perHour?: number;
  /** Sends the session key in a mail of its own; default true. */
  readonly sendSessionKey?: boolean;
}

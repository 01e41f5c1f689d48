import type { PollingGet } from './session-options.ts';

/** The options of a session with nothing left open: milliseconds, absolute paths, deeply frozen. */
export interface ResolvedSessionOptions {
  readonly name: string;
  /** Absolute, or null when there is none. */
  readonly configFile: string | null;
  /** Folder of the config file, else the working directory. */
  readonly baseDirectory: string;
  readonly showServerOutput: boolean;
  readonly ports: Readonly<Record<string, number>> & { readonly server: number };
  readonly identifiers: {
    readonly master: Identifier;
    readonly worker: Identifier;
    readonly exec: Identifier;
  };
  readonly polling: false | ResolvedPolling;
  readonly startup: { readonly deadlineMs: number };
  readonly heartbeat: { readonly intervalMs: number; readonly silenceMs: number };
  readonly restart: {
    readonly policy: RestartPolicyName;
    readonly stopOn: readonly number[];
    readonly backoff: {
      readonly baseMs: number;
      readonly factor: number;
      readonly maxMs: number;
      readonly jitter: number;
    };
    readonly breaker: {
      readonly failures: number;
      readonly halfLifeMs: number;
      readonly cooldownMs: number;
      readonly onOpen: 'retry' | 'exit';
    };
  };
  readonly shutdown: { readonly drainMs: number; readonly exitHandlerMs: number };
  readonly memory: { readonly limitMb: number | null };
  readonly socket: { readonly hold: boolean };
  readonly standby: boolean;
  readonly serverProcess: 'cluster' | 'child';
  /** Absolute paths. */
  readonly watch: readonly string[];
  readonly watchdog: boolean;
  readonly crashReports: {
    readonly directory: string;
    readonly keep: number;
    readonly flightRecorder: boolean;
    readonly heapSnapshot: boolean;
  };
  readonly quarantine: boolean;
  readonly telemetry: { readonly lwes: string } | null;
  readonly console: { readonly eval: boolean };
  readonly logs: {
    readonly file: string;
    readonly maxBytes: number;
    readonly keep: number;
    readonly prefix: boolean;
  };
  readonly mail: ResolvedMail | null;
  readonly webhook: ResolvedWebhook | null;
  readonly control: {
    readonly http: {
      readonly port: number;
      readonly host: string;
      readonly readOnly: boolean;
    } | null;
  };
  /** Absolute. */
  readonly stateDirectory: string;
}

export interface Identifier {
  readonly text: string;
  readonly color: string;
}

export type RestartPolicyName = 'permanent' | 'transient' | 'temporary';

export interface ResolvedPolling {
  readonly route: string;
  /** False: any complete answer below 500 is good. True: `expectStatus` decides. */
  readonly routeIsSet: boolean;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly failureTolerance: number;
  readonly window: { readonly failures: number; readonly of: number } | null;
  /** Lowest and highest good status code. */
  readonly expectStatus: readonly [number, number];
  /** Given in code only; takes the place of the built-in poll. */
  readonly get?: PollingGet;
}

export interface ResolvedMail {
  readonly to: readonly string[];
  readonly from: string;
  readonly transport: string | Readonly<Record<string, unknown>>;
  readonly digestMs: number;
  readonly perHour: number;
  readonly sendSessionKey: boolean;
}

/** Times in milliseconds. */
export interface ResolvedWebhook {
  readonly url: string;
  readonly secret: string;
  readonly digestMs: number;
  readonly perHour: number;
}

/** Changes when a master and an agent of different versions would not understand one another. */
export const AGENT_PROTOCOL = 1;

/** Before the lines that come from us until the agent runs: the shell of a host may write what it likes before. */
export const BANNER = 'VIGIL-AGENT ';

/** A process of a server as a host knows it. */
export interface HeldServer {
  readonly id: string;
  readonly pid: number;
  readonly startTime: string;
  /** Milliseconds since the epoch, by the clock of the host. */
  readonly since: number;
  /** Null: it runs. */
  readonly end: ProcessEnd | null;
}

/** How a process ended; neither code nor signal is known of one whose parent was not there any more. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly lastWords: readonly string[];
}

/** What an agent says first. */
export interface AgentHello {
  readonly protocol: number;
  readonly node: string;
  readonly platform: string;
  /** Names this run of the machine; null where that cannot be told. */
  readonly boot: string | null;
}

export interface ClaimOrder {
  readonly fleet: string;
  /** As the master calls the host. */
  readonly host: string;
  /** Directory of the application. */
  readonly base: string;
  /** Names the master among those of other machines. */
  readonly owner: string;
  /** A file of the master, and what it holds: a host that finds it there shares its directory with the master. */
  readonly here: { readonly path: string; readonly key: string };
  /** The servers end when their master has ended. */
  readonly isTied: boolean;
  /** A master that is silent for so long is not there any more. */
  readonly silenceMs: number;
}

/** What a host has to have for one server, or for all of them. */
export interface PreflightOrder {
  /** Directory of the application, and the file its servers run. */
  readonly base: string;
  readonly main: string;
  readonly ports: readonly number[];
}

export interface PreflightFacts {
  readonly node: string;
  readonly platform: string;
  readonly hasBase: boolean;
  readonly hasMain: boolean;
  /** Where the servers write; null where it cannot be told. */
  readonly freeBytes: number | null;
  readonly takenPorts: readonly TakenPort[];
}

export interface TakenPort {
  readonly port: number;
  /** Who listens on it, as far as that can be seen. */
  readonly owner: string | null;
}

export interface StartOrder extends PreflightOrder {
  readonly server: string;
  /** Names this process among all of the server. */
  readonly run: string;
  /** After the program, which is the node that the agent runs on. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Processors to run on, as taskset reads them; null: all. */
  readonly cpus: string | null;
}

export interface StartedServer {
  readonly pid: number;
  readonly startTime: string;
  readonly since: number;
  /** It ran already. */
  readonly wasFound: boolean;
}

/** Each order with what it takes and what it gives. */
export interface AgentOrders {
  claim: {
    readonly order: ClaimOrder;
    readonly answer: { readonly servers: readonly HeldServer[]; readonly isShared: boolean };
  };
  beat: { readonly order: object; readonly answer: { readonly wallTime: number } };
  preflight: { readonly order: PreflightOrder; readonly answer: PreflightFacts };
  start: { readonly order: StartOrder; readonly answer: StartedServer };
  signal: {
    /** The process is named as well: by the time the order is read, another one may be that server. */
    readonly order: {
      readonly server: string;
      readonly pid: number;
      readonly startTime: string;
      readonly signal: NodeJS.Signals;
    };
    readonly answer: { readonly reached: number };
  };
  pin: {
    readonly order: { readonly server: string; readonly cpus: string };
    readonly answer: object;
  };
  tail: {
    readonly order: { readonly server: string; readonly count: number };
    readonly answer: { readonly lines: readonly string[] };
  };
  follow: {
    readonly order: {
      readonly server: string;
      readonly isWanted: boolean;
      /** Where to go on, in bytes; null: with what is written next. */
      readonly from: number | null;
    };
    readonly answer: object;
  };
  /** The master goes and needs the agent no more; what has ended is forgotten. */
  bye: { readonly order: object; readonly answer: object };
}

export type AgentVerb = keyof AgentOrders;

/** What an agent says unasked. */
export type AgentNews =
  | {
      readonly news: 'ended';
      readonly server: string;
      readonly pid: number;
      readonly startTime: string;
      readonly end: ProcessEnd;
    }
  | {
      readonly news: 'output';
      readonly server: string;
      readonly text: string;
      /** Bytes that were left out before it. */
      readonly dropped: number;
      /** Where it ends in the file, in bytes. */
      readonly offset: number;
    };

/** Why an agent does not do what it is told. */
export type RefusalKind = 'fenced' | 'held' | 'unfit' | 'malformed' | 'unknown' | 'failed';

/**
 * What a spawner can be told: the shape of `spawner.config.json`. Durations are seconds, fractions allowed. Relative
 * paths are relative to the config file, else to the working directory.
 *
 * @see docs/reference/spawner.md - every key with its default
 */
export interface SpawnerOptions {
  /** Where editors find the schema; Vigil itself ignores it. */
  readonly $schema?: string;
  /** Part of file names; default `spawner`. */
  readonly name?: string;
  /** Where it listens; 0 for any free port; default 55555. */
  readonly port?: number;
  /** The name or address to listen on; default `127.0.0.1`. */
  readonly host?: string;
  /** The name under which clients reach the servers; default none: `localhost`. */
  readonly publicHostname?: string | null;
  /** Where the servers report to, such as `https://spawner.example:55555`; default the spawner's own address. */
  readonly livelinessUrl?: string | null;
  /** The ports of the servers; default 55000 to 55031. */
  readonly ports?: { readonly begin?: number; readonly max?: number };
  /** The program and its arguments, with placeholders. */
  readonly command: readonly string[];
  /** Working directory of the servers; default that of the config file. */
  readonly directory?: string;
  /** Added to the environment of the servers: secrets do not belong into a command line. */
  readonly env?: Readonly<Record<string, string>>;
  /** The kinds of server that may be asked for, `csr` by default; false switches one off. */
  readonly rendererTypes?: Readonly<Record<string, RendererTypeOptions | false>>;
  /** How often a server says that it lives, seconds; default 5. */
  readonly livelinessIntervalSeconds?: number;
  /** Whether only who was told a server's own address can report for it; default true. */
  readonly livelinessSecret?: boolean;
  /** From the start of a server to its first `ready`, seconds; default 60. */
  readonly startDeadlineSeconds?: number;
  /** A server nobody has used so long after it was asked for ends, seconds; default none. */
  readonly initialUseSeconds?: number | null;
  /** A server nobody has used for so long ends, seconds; default none. */
  readonly idleSeconds?: number | null;
  /** A server ends so long after it was asked for, seconds; default none. */
  readonly maxLifetimeSeconds?: number | null;
  /** How many servers are started beforehand; default 0. */
  readonly warm?: number;
  readonly queue?: { readonly max?: number; readonly waitSeconds?: number };
  /** Equal requests that are made while the first of them waits get one server together; default false. */
  readonly singleFlight?: boolean;
  /** The key that everything but liveliness and `/healthz` asks for; default none. */
  readonly token?: string | null;
  /** Pages of other sites that may ask, such as `https://app.example`; default none. */
  readonly allowedOrigins?: readonly string[];
  /** Whether WebSockets are passed on to the servers; default true. */
  readonly proxy?: boolean;
  /** Certificate and key, in PEM files: the spawner speaks HTTPS; default none. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | null;
  /** What exit codes of the program mean; default those of a stream cache server. */
  readonly exitCodes?: Readonly<Record<string, string>>;
  readonly logs?: SpawnLogOptions;
  /** Where the state of the servers and the event log are kept; default `.vigil/<name>`. */
  readonly stateDirectory?: string;
}

export interface RendererTypeOptions {
  /** Added to the command; placeholders are filled in here too. */
  readonly args?: readonly string[];
}

export interface SpawnLogOptions {
  /** Where what the servers write is kept; default `<stateDirectory>/logs`. */
  readonly directory?: string;
  /** Size at which a file is begun anew, its former part kept once; default 10,000,000. */
  readonly maxBytes?: number;
  /** How many ended servers' files are kept; default 100. */
  readonly keep?: number;
}

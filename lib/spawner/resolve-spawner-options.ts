import { join, resolve } from 'node:path';
import { deepFreeze } from '../config/deep-freeze.ts';
import { SPAWNER_DEFAULTS as D } from './spawner-defaults.ts';
import type { SpawnerOptions } from './spawner-options.ts';

/** The options of a spawner with every default, absolute paths, and durations in milliseconds. */
export interface ResolvedSpawnerOptions {
  readonly name: string;
  readonly port: number;
  readonly host: string;
  readonly publicHostname: string | null;
  readonly livelinessUrl: string | null;
  readonly ports: readonly number[];
  readonly command: readonly string[];
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Null: switched off. */
  readonly rendererTypes: Readonly<Record<string, { readonly args: readonly string[] } | null>>;
  readonly defaultType: string;
  readonly livelinessSecret: boolean;
  readonly suspectMs: number;
  readonly silenceMs: number;
  readonly startDeadlineMs: number;
  readonly initialUseMs: number | null;
  readonly idleMs: number | null;
  readonly maxLifetimeMs: number | null;
  readonly warm: number;
  readonly queue: { readonly max: number; readonly waitMs: number };
  readonly singleFlight: boolean;
  readonly token: string | null;
  readonly allowedOrigins: readonly string[];
  readonly proxy: boolean;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly exitCodes: Readonly<Record<string, string>>;
  readonly logs: { readonly directory: string; readonly maxBytes: number; readonly keep: number };
  readonly stateDirectory: string;
}

export interface SpawnerPlace {
  /** Absolute. */
  readonly workingDirectory: string;
  /** Relative paths are relative to it. Absolute. */
  readonly baseDirectory: string;
}

const LEEWAY_MS = 2000;

/** Fills in every default. It trusts its input: what comes from outside goes through `loadSpawnerOptions`. */
export function resolveSpawnerOptions(
  options: SpawnerOptions,
  { workingDirectory, baseDirectory }: SpawnerPlace,
): ResolvedSpawnerOptions {
  const name = options.name ?? D.name;
  const stateDirectory =
    options.stateDirectory === undefined
      ? join(workingDirectory, '.vigil', name)
      : resolve(baseDirectory, options.stateDirectory);
  return deepFreeze({
    name,
    stateDirectory,
    ...resolveAddress(options),
    ...resolveProgram(options, baseDirectory),
    ...resolveLife(options),
    ...resolveAccess(options, baseDirectory),
    ...resolveService(options),
    exitCodes: { ...D.exitCodes, ...options.exitCodes },
    logs: resolveLogs(options, { stateDirectory, baseDirectory }),
  });
}

function resolveService(
  given: SpawnerOptions,
): Pick<ResolvedSpawnerOptions, 'warm' | 'queue' | 'singleFlight' | 'proxy'> {
  const { warm, singleFlight, proxy, queue } = { ...D, ...given };
  const { max, waitSeconds } = { ...D.queue, ...queue };
  return { warm, singleFlight, proxy, queue: { max, waitMs: toMs(waitSeconds) } };
}

function resolveLogs(
  { logs }: SpawnerOptions,
  { stateDirectory, baseDirectory }: { stateDirectory: string; baseDirectory: string },
): ResolvedSpawnerOptions['logs'] {
  const { directory, maxBytes, keep } = { ...D.logs, directory: undefined, ...logs };
  return {
    directory: resolve(baseDirectory, directory ?? join(stateDirectory, 'logs')),
    maxBytes,
    keep,
  };
}

function resolveAddress(
  given: SpawnerOptions,
): Pick<ResolvedSpawnerOptions, 'port' | 'host' | 'publicHostname' | 'livelinessUrl' | 'ports'> {
  const { begin, max } = { ...D.ports, ...given.ports };
  return {
    port: given.port ?? D.port,
    host: given.host ?? D.host,
    publicHostname: orNull(given.publicHostname),
    livelinessUrl: orNull(given.livelinessUrl),
    ports: Array.from({ length: max }, (_, at) => begin + at),
  };
}

function resolveProgram(
  given: SpawnerOptions,
  baseDirectory: string,
): Pick<ResolvedSpawnerOptions, 'command' | 'directory' | 'env' | 'rendererTypes' | 'defaultType'> {
  const all: NonNullable<SpawnerOptions['rendererTypes']> = {
    ...D.rendererTypes,
    ...given.rendererTypes,
  };
  const types = Object.entries(all).map(
    ([name, type]) => [name, type === false ? null : { args: [...(type.args ?? [])] }] as const,
  );
  const rendererTypes = Object.fromEntries(types);
  const isOn = (name: string): boolean => (rendererTypes[name] ?? null) !== null;
  return {
    command: [...given.command],
    directory: resolve(baseDirectory, given.directory ?? '.'),
    env: { ...given.env },
    rendererTypes,
    defaultType: ['csr', ...types.map(([name]) => name)].find(isOn) ?? 'csr',
  };
}

function resolveLife(
  given: SpawnerOptions,
): Pick<
  ResolvedSpawnerOptions,
  | 'livelinessSecret'
  | 'suspectMs'
  | 'silenceMs'
  | 'startDeadlineMs'
  | 'initialUseMs'
  | 'idleMs'
  | 'maxLifetimeMs'
> {
  const intervalMs = toMs(given.livelinessIntervalSeconds ?? D.livelinessIntervalSeconds);
  return {
    livelinessSecret: given.livelinessSecret ?? D.livelinessSecret,
    suspectMs: 2 * intervalMs + LEEWAY_MS,
    silenceMs: 3 * intervalMs + LEEWAY_MS,
    startDeadlineMs: toMs(given.startDeadlineSeconds ?? D.startDeadlineSeconds),
    initialUseMs: toMsOrNull(given.initialUseSeconds),
    idleMs: toMsOrNull(given.idleSeconds),
    maxLifetimeMs: toMsOrNull(given.maxLifetimeSeconds),
  };
}

function resolveAccess(
  given: SpawnerOptions,
  baseDirectory: string,
): Pick<ResolvedSpawnerOptions, 'token' | 'allowedOrigins' | 'tls'> {
  const origins: unknown = given.allowedOrigins ?? D.allowedOrigins;
  const tls = orNull(given.tls);
  return {
    token: orNull(given.token),
    allowedOrigins: (Array.isArray(origins) ? origins : [origins]).map((origin) =>
      String(origin).toLowerCase(),
    ),
    tls:
      tls === null
        ? null
        : {
            certFile: resolve(baseDirectory, tls.certFile),
            keyFile: resolve(baseDirectory, tls.keyFile),
          },
  };
}

/** `false` switches off as well. */
function orNull<T>(value: T | null | undefined): T | null {
  return value === undefined || (value as unknown) === false ? null : value;
}

function toMs(durationSeconds: number): number {
  return durationSeconds * 1000;
}

function toMsOrNull(value: number | null | undefined): number | null {
  const given = orNull(value);
  return given === null ? null : toMs(given);
}

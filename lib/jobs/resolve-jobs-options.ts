import { join, resolve } from 'node:path';
import { deepFreeze } from '../config/deep-freeze.ts';
import { JOBS_DEFAULTS } from './jobs-defaults.ts';
import type { JobsOptions } from './jobs-options.ts';

/** The options of jobs with every default, absolute paths, and durations in milliseconds. */
export interface ResolvedJobsOptions {
  readonly name: string;
  /** Absolute. */
  readonly handlers: string | null;
  readonly port: number;
  readonly host: string;
  /** Null: that of `serve`, in the state directory. The directory of `file:` is absolute. */
  readonly broker: string | null;
  readonly workers: number;
  readonly concurrency: number;
  readonly maxAttempts: number;
  readonly cancelGraceMs: number;
  readonly silenceMs: number;
  readonly consumerTimeoutMs: number | null;
  readonly maxJobsPerClient: number;
  readonly maxClients: number;
  readonly maxFrameBytes: number;
  readonly resultTtlMs: number;
  readonly noWorkersMs: number | null;
  readonly drainMs: number;
  readonly token: string | null;
  readonly allowedOrigins: readonly string[];
  readonly stateDirectory: string;
}

export interface JobsPlace {
  /** Absolute. */
  readonly workingDirectory: string;
  /** Relative paths are relative to it. Absolute. */
  readonly baseDirectory: string;
}

/** Fills in every default. It trusts its input: what comes from outside goes through `loadJobsOptions`. */
export function resolveJobsOptions(
  options: JobsOptions,
  { workingDirectory, baseDirectory }: JobsPlace,
): ResolvedJobsOptions {
  const given = { ...JOBS_DEFAULTS, ...options };
  const { name, port, host, workers, concurrency, maxAttempts } = given;
  const { maxJobsPerClient, maxClients, maxFrameBytes } = given;
  const origins: unknown = given.allowedOrigins;
  const handlers = orNull(given.handlers);
  return deepFreeze({
    ...{ name, port, host, workers, concurrency, maxAttempts },
    ...{ maxJobsPerClient, maxClients, maxFrameBytes },
    handlers: handlers === null ? null : resolve(baseDirectory, handlers),
    broker: resolveBroker(orNull(given.broker), baseDirectory),
    cancelGraceMs: toMs(given.cancelGraceSeconds),
    silenceMs: toMs(given.silenceSeconds),
    consumerTimeoutMs: toMsOrNull(orNull<number>(given.consumerTimeoutSeconds)),
    resultTtlMs: toMs(given.resultTtlSeconds),
    noWorkersMs: toMsOrNull(orNull(given.noWorkersSeconds)),
    drainMs: toMs(given.drainSeconds),
    token: orNull(given.token),
    allowedOrigins: (Array.isArray(origins) ? origins : [origins]).map((origin) =>
      String(origin).toLowerCase(),
    ),
    stateDirectory:
      options.stateDirectory === undefined
        ? join(workingDirectory, '.vigil', name)
        : resolve(baseDirectory, options.stateDirectory),
  });
}

function resolveBroker(url: string | null, baseDirectory: string): string | null {
  const [, directory] = /^file:(?:\/\/(?=\/))?(.+)$/.exec(url ?? '') ?? [];
  return directory === undefined ? url : `file:${resolve(baseDirectory, directory)}`;
}

/** `false` switches off as well. */
function orNull<T>(value: T | false | null | undefined): T | null {
  return value === undefined || value === false ? null : value;
}

function toMsOrNull(durationSeconds: number | null): number | null {
  return durationSeconds === null ? null : toMs(durationSeconds);
}

function toMs(durationSeconds: number): number {
  return durationSeconds * 1000;
}

import type { ResolvedSessionOptions } from '../session/options.ts';
import type { Finding } from './finding.ts';
import type { LoggedEvent } from './past-events.ts';
import type { RouteAnswer } from './route-answers.ts';
import { suggestConfig } from './suggest-config.ts';
import type { TrialRun } from './trial-run.ts';

/** What `vigil doctor ENTRY` found out; printed as it is with --json. */
export interface TrialVerdict {
  /** Whether it became ready, answered and ended in order. */
  readonly ok: boolean;
  readonly port: number | null;
  readonly route: RouteAnswer | null;
  /** From the start of the process to ready, milliseconds; null when it never was. */
  readonly bootMs: number | null;
  readonly drain: TrialDrain | null;
  /** How it died when it was not asked to. */
  readonly death: TrialDeath | null;
  readonly outputTail: readonly string[];
  /** What a configuration would have to say beyond the present one; empty when it fits. */
  readonly config: Readonly<Record<string, unknown>>;
}

export interface TrialDrain {
  /** Whether it ended by itself, and was not killed. */
  readonly ok: boolean;
  readonly durationMs: number;
  /** Connections that were still open. */
  readonly open: number;
}

export interface TrialDeath {
  readonly cause: string;
  readonly code: number | null;
  readonly signal: string | null;
  readonly evidence: readonly string[];
}

export function judgeTrial(trial: TrialRun, options: ResolvedSessionOptions): TrialVerdict {
  const { events, status, routes } = trial;
  const bootMs = readBootMs(events);
  const port = status?.worker?.port ?? null;
  const drain = readDrain(trial);
  const death = readDeath(events);
  const isOrderly = death === null && drain?.ok === true;
  const ok = bootMs !== null && isOrderly && isAnswered(trial, options);
  return {
    ok,
    port,
    route: firstOf(routes),
    bootMs,
    drain,
    death,
    outputTail: ok ? [] : trial.outputTail,
    config: bootMs === null ? {} : suggestConfig({ port, bootMs, routes }, options),
  };
}

function firstOf<T>(values: readonly T[]): T | null {
  return values[0] ?? null;
}

function readBootMs(events: readonly LoggedEvent[]): number | null {
  const startMs = events.find(({ type }) => type === 'worker.ready')?.['startMs'];
  return typeof startMs === 'number' ? Math.round(startMs) : null;
}

function isAnswered({ status }: TrialRun, { polling }: ResolvedSessionOptions): boolean {
  return polling === false || status?.worker?.lastPoll?.ok === true;
}

function readDrain({ events, stopMs }: TrialRun): TrialDrain | null {
  if (stopMs === null) return null;
  const exited = events.findLast(({ type }) => type === 'worker.exited');
  const finished = events.findLast(({ type }) => type === 'drain.finished');
  const open = typeof finished?.['open'] === 'number' ? finished['open'] : 0;
  return { ok: exited?.['signal'] !== 'SIGKILL' && open === 0, durationMs: stopMs, open };
}

function readDeath(events: readonly LoggedEvent[]): TrialDeath | null {
  const exited = events.find(
    ({ type, ['expected']: expected }) => type === 'worker.exited' && expected === false,
  );
  if (exited === undefined) return null;
  const { cause, code, signal, evidence } = exited as unknown as TrialDeath;
  return { cause, code, signal, evidence };
}

/** The verdict for a person. */
export function describeTrial(verdict: TrialVerdict): {
  readonly findings: readonly Finding[];
  readonly outputTail: readonly string[];
} {
  const findings = [
    describeStart(verdict),
    ...(verdict.bootMs === null ? [] : [describePort(verdict), describeRoute(verdict)]),
    ...(verdict.death === null ? [] : [describeDeath(verdict.death)]),
    ...(verdict.drain === null ? [] : [describeDrain(verdict.drain)]),
  ];
  return { findings, outputTail: verdict.outputTail };
}

function describeStart({ bootMs }: TrialVerdict): Finding {
  return bootMs === null
    ? { level: 'fail', what: 'start', text: 'it was never ready' }
    : { level: 'ok', what: 'start', text: `ready after ${seconds(bootMs)}` };
}

function describePort({ port }: TrialVerdict): Finding {
  return port === null
    ? { level: 'warn', what: 'port', text: 'it listens on no TCP port' }
    : { level: 'ok', what: 'port', text: `listens on ${port}` };
}

function describeRoute({ route }: TrialVerdict): Finding {
  if (route === null) return { level: 'warn', what: 'health route', text: 'no route was asked' };
  const { path, status, latencyMs, error } = route;
  if (status === null) {
    return {
      level: 'warn',
      what: 'health route',
      text: `${path}: no answer in HTTP (${error ?? 'unknown'})`,
    };
  }
  const level = status < 500 ? 'ok' : 'fail';
  return { level, what: 'health route', text: `${path} answers ${status} in ${latencyMs} ms` };
}

function describeDeath({ cause, code, signal, evidence }: TrialDeath): Finding {
  const how = signal ?? `code ${String(code)}`;
  const because = evidence[0] === undefined ? '' : `: ${evidence[0]}`;
  return { level: 'fail', what: 'death', text: `${cause} (${how})${because}` };
}

function describeDrain({ ok, durationMs, open }: TrialDrain): Finding {
  if (ok) return { level: 'ok', what: 'end', text: `drained and ended in ${seconds(durationMs)}` };
  const left = open === 0 ? 'it had to be killed' : `${open} connections were still open`;
  return { level: 'fail', what: 'end', text: `${left}, after ${seconds(durationMs)}` };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

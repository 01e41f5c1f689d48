import type { ResolvedSessionOptions } from '../session/options.ts';
import type { RouteAnswer } from './route-answers.ts';

/** What a trial has measured. */
export interface TrialMeasures {
  readonly port: number | null;
  readonly bootMs: number | null;
  /** The health route first, then others that were asked. */
  readonly routes: readonly RouteAnswer[];
}

/** The keys of a configuration that would fit better than the present ones; empty when they fit. */
export function suggestConfig(
  { port, bootMs, routes }: TrialMeasures,
  options: ResolvedSessionOptions,
): Readonly<Record<string, unknown>> {
  const polling = suggestPolling(routes, options);
  const deadlineSeconds = suggestDeadline(bootMs, options);
  return {
    ...(port === null || port === options.ports.server || options.ports.server === 0
      ? {}
      : { ports: { server: port } }),
    ...(polling === null ? {} : { polling }),
    ...(deadlineSeconds === null ? {} : { startup: { deadlineSeconds } }),
  };
}

// A busy day is slower than a trial on an idle machine.
const HEADROOM = 4;

function suggestPolling(
  routes: readonly RouteAnswer[],
  { polling }: ResolvedSessionOptions,
): Readonly<Record<string, unknown>> | null {
  const [current, ...others] = routes;
  if (polling === false || current?.status === undefined || current.status === null) return null;
  const better = polling.routeIsSet ? undefined : others.find(({ status }) => isGood(status));
  const { latencyMs } = better ?? current;
  const suggestion = {
    ...(better === undefined ? {} : { route: better.path }),
    ...(latencyMs * HEADROOM <= polling.timeoutMs ? {} : { timeoutSeconds: toSeconds(latencyMs) }),
  };
  return Object.keys(suggestion).length === 0 ? null : suggestion;
}

function suggestDeadline(
  bootMs: number | null,
  { startup }: ResolvedSessionOptions,
): number | null {
  return bootMs === null || bootMs * HEADROOM <= startup.deadlineMs ? null : toSeconds(bootMs);
}

function isGood(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}

function toSeconds(measuredMs: number): number {
  return Math.ceil((measuredMs * HEADROOM) / 1000);
}

import type { ResolvedSessionOptions } from './resolved-session-options.ts';

/** Two keys that do not go together; either of them may be the one to change. */
export interface BrokenRule {
  readonly sides: readonly [RuleSide, RuleSide];
}

export interface RuleSide {
  readonly path: readonly string[];
  readonly expected: string;
  readonly found: unknown;
}

/** Checks what no key can be blamed for alone. */
export function findBrokenRules(options: ResolvedSessionOptions): BrokenRule[] {
  return [
    ...heartbeatRule(options.heartbeat),
    ...backoffRule(options.restart.backoff),
    ...pollingRules(options.polling),
    ...portRule(options),
  ];
}

function heartbeatRule({
  intervalMs,
  silenceMs,
}: ResolvedSessionOptions['heartbeat']): BrokenRule[] {
  const interval = intervalMs / 1000;
  const silence = silenceMs / 1000;
  return brokenIf(
    silence <= interval,
    side('heartbeat.silenceSeconds', `more than heartbeat.intervalSeconds (${interval})`, silence),
    side('heartbeat.intervalSeconds', `less than heartbeat.silenceSeconds (${silence})`, interval),
  );
}

function backoffRule({
  baseMs,
  maxMs,
}: ResolvedSessionOptions['restart']['backoff']): BrokenRule[] {
  const base = baseMs / 1000;
  const max = maxMs / 1000;
  return brokenIf(
    max < base,
    side('restart.backoff.maxSeconds', `at least restart.backoff.baseSeconds (${base})`, max),
    side('restart.backoff.baseSeconds', `at most restart.backoff.maxSeconds (${max})`, base),
  );
}

function pollingRules(polling: ResolvedSessionOptions['polling']): BrokenRule[] {
  if (polling === false) return [];
  const [lowest, highest] = polling.expectStatus;
  const status = side(
    'polling.expectStatus',
    'the lower status code first',
    `${lowest}, ${highest}`,
  );
  const { failures, of } = polling.window ?? { failures: 0, of: 0 };
  return [
    ...brokenIf(lowest > highest, status, status),
    ...brokenIf(
      failures > of,
      side('polling.window.failures', `at most polling.window.of (${of})`, failures),
      side('polling.window.of', `at least polling.window.failures (${failures})`, of),
    ),
  ];
}

function portRule({ control, ports }: ResolvedSessionOptions): BrokenRule[] {
  const port = control.http?.port ?? 0;
  return brokenIf(
    port !== 0 && port === ports.server,
    side('control.http.port', 'another port than ports.server', port),
    side('ports.server', 'another port than control.http.port', port),
  );
}

function brokenIf(isBroken: boolean, ...sides: readonly [RuleSide, RuleSide]): BrokenRule[] {
  return isBroken ? [{ sides }] : [];
}

function side(path: string, expected: string, found: unknown): RuleSide {
  return { path: path.split('.'), expected, found };
}

import type { ResolvedPolling, ResolvedSessionOptions } from './resolved-session-options.ts';
import type { SessionOptions } from './session-options.ts';

/** Resolved options in the shape and the units of the config file; resolving them again gives the same. */
export function toConfigShape(options: ResolvedSessionOptions): SessionOptions {
  const { breaker, backoff, policy, stopOn } = options.restart;
  return {
    name: options.name,
    showServerOutput: options.showServerOutput,
    ports: options.ports,
    identifiers: options.identifiers,
    polling: options.polling === false ? false : pollingShape(options.polling),
    startup: { deadlineSeconds: toSeconds(options.startup.deadlineMs) },
    heartbeat: {
      intervalSeconds: toSeconds(options.heartbeat.intervalMs),
      silenceSeconds: toSeconds(options.heartbeat.silenceMs),
    },
    restart: {
      policy,
      stopOn,
      backoff: {
        baseSeconds: toSeconds(backoff.baseMs),
        factor: backoff.factor,
        maxSeconds: toSeconds(backoff.maxMs),
        jitter: backoff.jitter,
      },
      breaker: {
        failures: breaker.failures,
        halfLifeSeconds: toSeconds(breaker.halfLifeMs),
        cooldownSeconds: toSeconds(breaker.cooldownMs),
        onOpen: breaker.onOpen,
      },
    },
    shutdown: {
      drainSeconds: toSeconds(options.shutdown.drainMs),
      exitHandlerSeconds: toSeconds(options.shutdown.exitHandlerMs),
    },
    memory: options.memory,
    socket: options.socket,
    standby: options.standby,
    serverProcess: options.serverProcess,
    watch: options.watch,
    watchdog: options.watchdog,
    crashReports: options.crashReports,
    quarantine: options.quarantine,
    telemetry: options.telemetry,
    console: options.console,
    logs: options.logs,
    mail: mailShape(options.mail),
    webhook: webhookShape(options.webhook),
    control: options.control,
    stateDirectory: options.stateDirectory,
  };
}

function pollingShape(polling: ResolvedPolling): Exclude<SessionOptions['polling'], undefined> {
  return {
    ...(polling.routeIsSet ? { route: polling.route } : {}),
    intervalSeconds: toSeconds(polling.intervalMs),
    timeoutSeconds: toSeconds(polling.timeoutMs),
    failureTolerance: polling.failureTolerance,
    window: polling.window,
    expectStatus: polling.expectStatus,
    ...(polling.get === undefined ? {} : { get: polling.get }),
  };
}

function mailShape(
  mail: ResolvedSessionOptions['mail'],
): NonNullable<SessionOptions['mail']> | null {
  if (mail === null) return null;
  const { to, from, transport, digestMs, perHour, sendSessionKey } = mail;
  return { to, from, transport, digestSeconds: toSeconds(digestMs), perHour, sendSessionKey };
}

function webhookShape(
  webhook: ResolvedSessionOptions['webhook'],
): NonNullable<SessionOptions['webhook']> | null {
  if (webhook === null) return null;
  const { digestMs, ...rest } = webhook;
  return { ...rest, digestSeconds: toSeconds(digestMs) };
}

function toSeconds(durationMs: number): number {
  return durationMs / 1000;
}

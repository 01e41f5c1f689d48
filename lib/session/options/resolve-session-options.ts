import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { deepFreeze } from '../../config/deep-freeze.ts';
import {
  CONTROL_HTTP_DEFAULTS,
  MAIL_DEFAULTS,
  SESSION_DEFAULTS as D,
  WEBHOOK_DEFAULTS,
} from './defaults.ts';
import { defaultSessionName } from './default-name.ts';
import type {
  ResolvedMail,
  ResolvedWebhook,
  ResolvedPolling,
  ResolvedSessionOptions,
} from './resolved-session-options.ts';
import type { SessionOptions } from './session-options.ts';

/** Where a session is at home. */
export interface SessionPlace {
  /** Absolute; default: that of the process. */
  readonly workingDirectory?: string;
  /** Absolute; default null. */
  readonly configFile?: string | null;
}

/**
 * Fills in every default and turns seconds into milliseconds and paths into absolute ones.
 *
 * It trusts its input: whatever comes from outside goes through `loadSessionOptions`, which checks it first.
 * The name and the state directory, when not given, come from the working directory, so that the verbs of the
 * command line find the session from there.
 *
 * @returns deeply frozen
 */
export function resolveSessionOptions(
  options: SessionOptions = {},
  place: SessionPlace = {},
): ResolvedSessionOptions {
  const home = resolveHome(options, place);
  const { baseDirectory } = home;
  return deepFreeze({
    ...home,
    ports: { ...D.ports, ...options.ports },
    identifiers: resolveIdentifiers(options.identifiers),
    polling: resolvePolling(options.polling),
    startup: { deadlineMs: toMs(options.startup?.deadlineSeconds ?? D.startup.deadlineSeconds) },
    heartbeat: resolveHeartbeat(options.heartbeat),
    restart: resolveRestart(options.restart),
    shutdown: resolveShutdown(options.shutdown),
    memory: { limitMb: orNull(options.memory?.limitMb) },
    ...resolveSwitches(options),
    watch: asList(options.watch ?? D.watch).map((path) => resolve(baseDirectory, path)),
    ...resolveFiles(options, home),
    ...resolveReporting(options),
  });
}

type Home = Pick<
  ResolvedSessionOptions,
  'name' | 'configFile' | 'baseDirectory' | 'stateDirectory'
>;

function resolveHome(options: SessionOptions, place: SessionPlace): Home {
  const workingDirectory = resolve(place.workingDirectory ?? process.cwd());
  const configFile = place.configFile ?? null;
  const baseDirectory = configFile === null ? workingDirectory : dirname(configFile);
  const name = options.name ?? defaultSessionName(workingDirectory);
  const stateDirectory =
    options.stateDirectory === undefined
      ? join(workingDirectory, '.vigil', name)
      : resolve(baseDirectory, options.stateDirectory);
  return { name, configFile, baseDirectory, stateDirectory };
}

function resolveIdentifiers(
  given: SessionOptions['identifiers'],
): ResolvedSessionOptions['identifiers'] {
  return {
    master: { ...D.identifiers.master, ...given?.master },
    worker: { ...D.identifiers.worker, ...given?.worker },
    exec: { ...D.identifiers.exec, ...given?.exec },
  };
}

function resolvePolling(given: SessionOptions['polling']): false | ResolvedPolling {
  if (given === false) return false;
  const { intervalSeconds, timeoutSeconds, window, ...rest } = { ...D.polling, ...given };
  const counted = orNull(window);
  return {
    ...rest,
    routeIsSet: given?.route !== undefined,
    intervalMs: toMs(intervalSeconds),
    timeoutMs: toMs(timeoutSeconds),
    window: counted === null ? null : { failures: counted.failures ?? 0, of: counted.of ?? 0 },
  };
}

function resolveHeartbeat(given: SessionOptions['heartbeat']): ResolvedSessionOptions['heartbeat'] {
  const { intervalSeconds, silenceSeconds } = { ...D.heartbeat, ...given };
  return { intervalMs: toMs(intervalSeconds), silenceMs: toMs(silenceSeconds) };
}

function resolveRestart(given: SessionOptions['restart']): ResolvedSessionOptions['restart'] {
  const { baseSeconds, maxSeconds, ...backoff } = { ...D.restart.backoff, ...given?.backoff };
  const { halfLifeSeconds, cooldownSeconds, ...breaker } = {
    ...D.restart.breaker,
    ...given?.breaker,
  };
  return {
    policy: given?.policy ?? D.restart.policy,
    stopOn: [...(given?.stopOn ?? D.restart.stopOn)],
    backoff: { ...backoff, baseMs: toMs(baseSeconds), maxMs: toMs(maxSeconds) },
    breaker: { ...breaker, halfLifeMs: toMs(halfLifeSeconds), cooldownMs: toMs(cooldownSeconds) },
  };
}

function resolveShutdown(given: SessionOptions['shutdown']): ResolvedSessionOptions['shutdown'] {
  const { drainSeconds, exitHandlerSeconds } = { ...D.shutdown, ...given };
  return { drainMs: toMs(drainSeconds), exitHandlerMs: toMs(exitHandlerSeconds) };
}

type Switches = Pick<
  ResolvedSessionOptions,
  | 'showServerOutput'
  | 'socket'
  | 'standby'
  | 'serverProcess'
  | 'watchdog'
  | 'quarantine'
  | 'console'
>;

function resolveSwitches(given: SessionOptions): Switches {
  return {
    showServerOutput: given.showServerOutput ?? D.showServerOutput,
    socket: { ...D.socket, ...given.socket },
    standby: given.standby ?? D.standby,
    serverProcess: given.serverProcess ?? D.serverProcess,
    watchdog: given.watchdog ?? D.watchdog,
    quarantine: given.quarantine ?? D.quarantine,
    console: { ...D.console, ...given.console },
  };
}

function resolveFiles(
  given: SessionOptions,
  place: Home,
): Pick<ResolvedSessionOptions, 'crashReports' | 'logs'> {
  const { directory = join(place.stateDirectory, 'crashes'), ...crashReports } =
    given.crashReports ?? {};
  const { file = join(place.stateDirectory, 'server.log'), ...logs } = given.logs ?? {};
  return {
    crashReports: {
      ...D.crashReports,
      ...crashReports,
      directory: resolve(place.baseDirectory, directory),
    },
    logs: { ...D.logs, ...logs, file: resolve(place.baseDirectory, file) },
  };
}

function resolveReporting(
  given: SessionOptions,
): Pick<ResolvedSessionOptions, 'telemetry' | 'mail' | 'webhook' | 'control'> {
  const telemetry = orNull(given.telemetry);
  const http = orNull(given.control?.http);
  return {
    telemetry: telemetry?.lwes === undefined ? null : { lwes: telemetry.lwes },
    mail: resolveMail(given.mail),
    webhook: resolveWebhook(given.webhook),
    control: {
      http: http === null ? null : { ...CONTROL_HTTP_DEFAULTS, ...http, port: http.port ?? 0 },
    },
  };
}

function resolveMail(given: SessionOptions['mail']): ResolvedMail | null {
  const mail = orNull(given);
  if (mail === null) return null;
  const { digestSeconds, ...rest } = { ...MAIL_DEFAULTS, ...mail };
  return {
    ...rest,
    to: asList(mail.to ?? []),
    from:
      mail.from ?? `"Vigil" <vigil@${hostname().replace(/[^A-Za-z0-9.-]/g, '-') || 'localhost'}>`,
    transport: mail.transport ?? '',
    digestMs: toMs(digestSeconds),
  };
}

function resolveWebhook(given: SessionOptions['webhook']): ResolvedWebhook | null {
  const webhook = orNull(given);
  if (webhook === null) return null;
  const { url = '', secret = '', digestSeconds, perHour } = { ...WEBHOOK_DEFAULTS, ...webhook };
  return { url, secret, digestMs: toMs(digestSeconds), perHour };
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}

function orNull<T>(value: T | false | null | undefined): T | null {
  return value === undefined || value === false ? null : value;
}

function asList(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : [...value];
}

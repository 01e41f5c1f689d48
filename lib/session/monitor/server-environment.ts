import { resolveExpectStatus } from '../expect-status.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import {
  BOOT_VARIABLE,
  type FoundPackage,
  MARKER_VARIABLE,
  type PollingSettings,
  type ServerBoot,
  type SocketMode,
} from '../server-boot.ts';

export interface ServerIdentity {
  readonly generation: number;
  readonly sessionKey: string;
  readonly noteFile: string;
  readonly hangNoteFile: string;
  readonly ringName: string | null;
  /** Value of the marker variable. */
  readonly marker: string;
  readonly socket: SocketMode;
  readonly isSpare: boolean;
  readonly foundPackage: FoundPackage | null;
}

/** The variables a server process gets beside the supervisor's own environment, computed afresh at each start. */
export function createServerEnvironment(
  options: ResolvedSessionOptions,
  identity: ServerIdentity,
): Record<string, string> {
  const { polling, ports } = options;
  const environment: Record<string, string> = {
    session_key: identity.sessionKey,
    [MARKER_VARIABLE]: identity.marker,
    [BOOT_VARIABLE]: JSON.stringify(createBoot(options, identity)),
  };
  for (const [name, port] of Object.entries(ports)) environment[`${name}Port`] = String(port);
  if (process.env['PORT'] === undefined) environment['PORT'] = String(ports.server);
  if (polling !== false) {
    environment['pollingRoute'] = polling.route;
    environment['pollingIntervalSeconds'] = String(polling.intervalMs / 1000);
    environment['pollingFailureTolerance'] = String(polling.failureTolerance);
  }
  return environment;
}

/** The polling options as the server's process uses them; false when it is not polled. */
export function resolvePollingSettings(options: ResolvedSessionOptions): PollingSettings | false {
  if (options.polling === false) return false;
  const { route, intervalMs, timeoutMs } = options.polling;
  return { route, intervalMs, timeoutMs, expectStatus: resolveExpectStatus(options.polling) };
}

function createBoot(options: ResolvedSessionOptions, identity: ServerIdentity): ServerBoot {
  return {
    monitorPid: process.pid,
    generation: identity.generation,
    ports: options.ports,
    polling: resolvePollingSettings(options),
    heartbeatMs: options.heartbeat.intervalMs,
    silenceMs: options.heartbeat.silenceMs,
    drainMs: options.shutdown.drainMs,
    exitHandlerMs: options.shutdown.exitHandlerMs,
    isSpare: identity.isSpare,
    noteFile: identity.noteFile,
    hangNoteFile: identity.hangNoteFile,
    ringName: identity.ringName,
    socket: identity.socket,
    watchdog: options.watchdog,
    foundPackage: identity.foundPackage,
  };
}

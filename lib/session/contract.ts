import { defineNotice, defineRequest } from '../ipc/descriptor.ts';
import type { ErrorLike } from '../ipc/error-like.ts';
import type { LoadedSecret } from '../report/mask-secrets.ts';
import type { HangFinding } from './hang-note.ts';
import type { PollingSettings } from './server-boot.ts';

/**
 * Every message that the monitor and the server process exchange. Names that users see are fixed;
 * those with the prefix `vigil:` are Vigil's own.
 */

export interface KillRequest {
  readonly reason: string;
  readonly graceful: boolean;
  readonly errorCode: number;
}

export interface ManualExitRequest {
  /** True: the session ends. False: this process is being replaced. */
  readonly isSessionEnd: boolean;
  /** Set when the process failed: its exit handlers get this error, and nothing is drained. */
  readonly error: ErrorLike | null;
  /** The signal that the server's own handlers are given at the end. */
  readonly signal: 'SIGTERM' | 'SIGINT';
  readonly drainMs: number;
  readonly exitHandlerMs: number;
}

export interface CrashDetected {
  readonly error: ErrorLike;
  readonly origin: 'uncaughtException' | 'unhandledRejection';
  /** The server has its own handler for such errors and lives on if that wants to. */
  readonly handled: boolean;
  readonly atTopLevel: boolean;
}

export interface ListenerInfo {
  readonly port: number | null;
  readonly path: string | null;
  readonly protocol: 'http' | 'https' | 'other';
}

export interface PollResult {
  readonly ok: boolean;
  readonly latencyMs: number;
  readonly reason: string;
}

export interface Heartbeat {
  readonly loopLagMs: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly heapLimitBytes: number;
}

/** The event loop was stuck, and turns again. */
export interface LoopStalled {
  readonly durationMs: number;
  readonly finding: HangFinding;
  readonly stack: string | null;
}

export interface EndingPhase {
  readonly phase: 'draining' | 'exitHandlers' | 'ownHandlers';
  /** How long this part may take. */
  readonly budgetMs: number;
}

/** Something that a drain still waited for when it gave up. */
export interface OpenRequest {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly ageMs: number;
  /** It began before the drain, and the age is counted from there. */
  readonly atLeast?: true;
  /** A WebSocket, or another connection that no longer speaks HTTP. */
  readonly upgraded?: true;
}

export interface DrainFinished {
  /** Connections. */
  readonly open: number;
  readonly durationMs: number;
  /** The oldest first, not more than 20; empty when none was open, or none is known by name. */
  readonly requests: readonly OpenRequest[];
  /** How many there were beside those. */
  readonly moreRequests: number;
}

export interface ExitHandlerTrouble {
  readonly kind: 'failed' | 'timedOut';
  readonly name: string;
  readonly error: ErrorLike | null;
}

/** A route whose requests are answered 503. */
export interface QuarantinedRoute {
  /** Method and path, with `:id` in place of ids. */
  readonly route: string;
  /** By the machine's monotonic clock, milliseconds. */
  readonly until: number;
}

// From the server process to the monitor.
export const killMessage = defineRequest<KillRequest, boolean>('kill');
export const lifecycleMessage = defineNotice<{ readonly event: string }>('lifecycle');
export const crashDetectedMessage = defineNotice<CrashDetected>('crash_detected');
export const serverRunningMessage = defineNotice<{ readonly announced: boolean }>('server_running');
/** A spare process has done all it does before its work. */
export const standingByMessage = defineNotice<null>('vigil:standingBy');
export const heartbeatMessage = defineNotice<Heartbeat>('heartbeat');
export const loopStalledMessage = defineNotice<LoopStalled>('vigil:loopStalled');
export const listeningMessage = defineNotice<ListenerInfo>('vigil:listening');
export const polledListenerMessage = defineNotice<{
  readonly port: number | null;
  readonly expected: boolean;
}>('vigil:polledListener');
export const pollMessage = defineNotice<PollResult>('vigil:poll');
export const endingPhaseMessage = defineNotice<EndingPhase>('vigil:endingPhase');
export const drainFinishedMessage = defineNotice<DrainFinished>('vigil:drainFinished');
export const exitHandlerMessage = defineNotice<ExitHandlerTrouble>('vigil:exitHandler');
export const extendDeadlineMessage = defineNotice<{ readonly ms: number }>('vigil:extendDeadline');
export const secretsMessage = defineNotice<{ readonly secrets: readonly LoadedSecret[] }>(
  'vigil:secrets',
);
/** What `vigil status --json` prints. */
export const statusMessage = defineRequest<null, unknown>('vigil:status');
/** Replace this process: it drains, and a new one is started. */
export const restartMessage = defineRequest<null, boolean>('vigil:restart');
export const hintMessage = defineNotice<{ readonly text: string }>('vigil:hint');

// From the monitor to the server process.
export const manualExitMessage = defineNotice<ManualExitRequest>('manualExit');
export const promoteMessage = defineNotice<null>('vigil:promote');
export const keyGeneratedMessage = defineNotice<{ readonly key: string }>('key_generated');
export const updatePollingIntervalMessage = defineNotice<{
  readonly newPollingIntervalSeconds: number;
}>('updatePollingInterval');
export const quarantineMessage = defineNotice<{ readonly routes: readonly QuarantinedRoute[] }>(
  'vigil:quarantine',
);
export const pollingSettingsMessage = defineNotice<PollingSettings>('vigil:pollingSettings');

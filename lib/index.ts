export { AppliedSessionAgent, launch } from './session/session-agent.ts';
export type { LaunchOptions } from './session/session-agent.ts';
export { ServerWorker } from './session/worker/server-worker.ts';
export type { Work } from './session/worker/server-worker.ts';
export type { DrainInfo, DrainListener } from './session/worker/drain-listeners.ts';
export { sessionRoutes } from './session/worker/session-routes.ts';
export type { SessionRouteHandler } from './session/worker/session-routes.ts';
export { manage, PromisifiedIPCManager } from './ipc/promisified-ipc-manager.ts';
export type {
  EmitOptions,
  ManageOptions,
  MessageHandlers,
  NotifyOptions,
} from './ipc/promisified-ipc-manager.ts';
export type { Response } from './ipc/pending-requests.ts';
export type { ErrorLike } from './ipc/error-like.ts';
export { ERROR_CODES, VigilError } from './errors.ts';
export type { VigilErrorCode } from './errors.ts';
export type { CoreHooks, Monitor } from './session/monitor/monitor.ts';
export type {
  SessionStatus,
  StandbyStatus,
  WorkerStatus,
  SessionState,
} from './session/monitor/session-status.ts';
export type { FrontAddress } from './http/front-server.ts';
export type { SessionEvent } from './session/session-event.ts';
export type { OpenRequest } from './session/contract.ts';
export type { ResolvedSessionOptions, SessionOptions } from './session/options.ts';
export type { CrashReport } from './report/crash-report.ts';
export type { ExitHandler } from './util/exit-handlers.ts';
export type { ReloadVerdict } from './process/slot-settings.ts';
export type { Death } from './process/child-events.ts';
export type { Cause, Phase } from './supervision/cause.ts';

export type { PollingGet, SessionOptions } from './options/session-options.ts';
export type {
  Identifier,
  ResolvedMail,
  ResolvedPolling,
  ResolvedSessionOptions,
  RestartPolicyName,
} from './options/resolved-session-options.ts';
export { resolveSessionOptions } from './options/resolve-session-options.ts';

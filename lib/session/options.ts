export type { PollingGet, SessionOptions } from './options/session-options.ts';
export type {
  Identifier,
  ResolvedMail,
  ResolvedPolling,
  ResolvedSessionOptions,
  RestartPolicyName,
} from './options/resolved-session-options.ts';
export { resolveSessionOptions } from './options/resolve-session-options.ts';
export { loadSessionOptions } from './options/load-session-options.ts';
export type { SessionOptionsInput } from './options/resolve-input.ts';

/**
 * Why a process died: the one closed list used in logs, events, reports, mails and metrics labels,
 * in the order in which the first that fits is taken.
 */
export const CAUSES = [
  'session-end',
  'manual',
  'reload',
  'memory-limit',
  'hang',
  'health',
  'start-timeout',
  'oom-heap',
  'oom-killer',
  'crash',
  'rejection',
  'exit',
  'clean-exit',
  'signal',
  'start-failed',
] as const;

export type Cause = (typeof CAUSES)[number];

/** The part of its life a process was in when something happened to it. */
export type Phase = 'starting' | 'running' | 'draining';

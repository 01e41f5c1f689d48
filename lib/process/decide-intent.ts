import type { StopIntent } from './child-ports.ts';

/** The first reason to end a process counts; but one that was to be replaced is not, once the session ends. */
export function decideIntent(asked: StopIntent | null, intent: StopIntent): StopIntent {
  return asked === null || intent === 'session-end' ? intent : asked;
}

/** Refused for now, and sent again. */
const PASSING: ReadonlySet<string> = new Set(['broker_unavailable', 'too_many_jobs']);

/** Whether a job that is refused with this code is sent again by its client. */
export function isPassing(code: string): boolean {
  return PASSING.has(code);
}

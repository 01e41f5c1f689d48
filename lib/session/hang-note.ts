/** What the watchdog thread writes down of a stuck event loop; the monitor reads it when there is no heartbeat. */
export interface HangNote {
  readonly pid: number;
  /** Monotonic, of the machine; so old is what the note says. */
  readonly at: number;
  /** How long the loop was stuck then. */
  readonly stuckMs: number;
  readonly finding: HangFinding;
  /** Lines like those of an Error's stack, innermost first; null when there is none. */
  readonly stack: string | null;
  /** Why the stack cannot be had; empty unless the finding is `unavailable`. */
  readonly why: string;
}

/**
 * `stack`: it was taken · `native`: the loop runs no JavaScript, so there is nothing to take ·
 * `debugger`: a person has paused it · `unavailable`: this Node does not give it.
 */
export type HangFinding = 'stack' | 'native' | 'debugger' | 'unavailable';

export const HANG_FINDINGS: readonly HangFinding[] = ['stack', 'native', 'debugger', 'unavailable'];

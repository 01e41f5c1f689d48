import type { Cause } from './cause.ts';

/**
 * When an ended server is started again.
 *
 * @see the restart types of Erlang/OTP's supervisor, whose names these are
 */
export type RestartPolicy = 'permanent' | 'transient' | 'temporary';

/** How a process ended, as far as the policy looks at it. */
export type Ending = 'clean' | 'failed' | 'asksNotToBeRestarted';

export type RestartChoice = 'restart' | 'end';

const CHOICES = {
  permanent: { clean: 'restart', failed: 'restart', asksNotToBeRestarted: 'end' },
  transient: { clean: 'end', failed: 'restart', asksNotToBeRestarted: 'end' },
  temporary: { clean: 'end', failed: 'end', asksNotToBeRestarted: 'end' },
} satisfies Record<RestartPolicy, Record<Ending, RestartChoice>>;

export function decideRestart(policy: RestartPolicy, ending: Ending): RestartChoice {
  return CHOICES[policy][ending];
}

const OWN_KILLS: readonly Cause[] = ['hang', 'health', 'start-timeout'];

/**
 * Sorts a death for the policy; `stopOn` lists the exit codes that mean "do not restart me".
 *
 * A process that the monitor ended because it failed has failed, whatever code its own handlers gave it.
 */
export function resolveEnding(
  { code, cause }: { readonly code: number | null; readonly cause: Cause },
  stopOn: readonly number[],
): Ending {
  if (code !== null && stopOn.includes(code)) return 'asksNotToBeRestarted';
  return code === 0 && !OWN_KILLS.includes(cause) ? 'clean' : 'failed';
}

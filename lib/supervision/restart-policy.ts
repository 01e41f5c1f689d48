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

/** Sorts an exit for the policy; `stopOn` lists the exit codes that mean "do not restart me". */
export function resolveEnding(code: number | null, stopOn: readonly number[]): Ending {
  if (code !== null && stopOn.includes(code)) return 'asksNotToBeRestarted';
  return code === 0 ? 'clean' : 'failed';
}

import { readPlan, type ToldPlan } from '../fleet/client/read-changes.ts';
import { EXIT } from './exit-codes.ts';
import { MASTER_FLAGS } from './fleet-address.ts';
import { showChanges } from './fleet-changes.ts';
import { withFleetConsole } from './fleet-console.ts';
import { type Output, toPrintable } from './output.ts';
import type { Verb } from './verb.ts';

const PLAN_MS = 30_000;

/** `vigil fleet plan`. @lazy */
export const fleetPlanVerb: Verb = {
  name: 'fleet plan',
  describe: 'shows what has to change so that the fleet is as its configuration says',
  flags: [
    {
      name: 'detailed-exitcode',
      kind: 'switch',
      describe: 'end with 2 when there is something to do',
    },
    ...MASTER_FLAGS,
  ],
  examples: ['vigil fleet plan', 'vigil fleet plan --detailed-exitcode --json'],
  async run(call) {
    const { output, arguments: given } = call;
    const reply = await withFleetConsole(call, 'plan', ({ order }) => order('plan', {}, PLAN_MS));
    const plan = readPlan(reply);
    if (given.isOn('json')) output.printJson(plan);
    else if (plan.problems.length === 0) showChanges(plan, output);
    tellRest(plan, output);
    if (plan.problems.length > 0) return EXIT.invalidConfig;
    return plan.changes.length > 0 && given.isOn('detailed-exitcode') ? EXIT.changes : EXIT.ok;
  },
};

/** What is wrong in the configuration, and what of it a master does not do. */
export function tellRest(
  { problems, notes, obstacles }: Pick<ToldPlan, 'problems' | 'notes' | 'obstacles'>,
  output: Output,
): void {
  for (const text of problems) output.note(toPrintable(text));
  for (const text of notes) output.note(toPrintable(text));
  for (const text of obstacles) output.note(toPrintable(text));
  if (obstacles.length > 0)
    output.note(
      'nothing is applied before the master was started again: vigil fleet stop, then start',
    );
}

import { readOutcome, type ToldOutcome } from '../fleet/client/read-changes.ts';
import { EXIT } from './exit-codes.ts';
import { MASTER_FLAGS } from './fleet-address.ts';
import { describeNothing, showDone } from './fleet-changes.ts';
import { withFleetConsole } from './fleet-console.ts';
import { tellRest } from './fleet-plan.ts';
import { type Output, toPrintable } from './output.ts';
import type { Verb } from './verb.ts';

/** Each server has its own time to stop and to become ready, one after the other. */
const APPLY_MS = 24 * 60 * 60_000;

/** `vigil fleet apply`. @lazy */
export const fleetApplyVerb: Verb = {
  name: 'fleet apply',
  describe: 'stops, replaces and starts servers until the fleet is as its configuration says',
  flags: MASTER_FLAGS,
  examples: ['vigil fleet plan', 'vigil fleet apply'],
  async run(call) {
    const { output } = call;
    const reply = await withFleetConsole(call, 'apply', ({ order }) =>
      order('apply', {}, APPLY_MS),
    );
    const outcome = readOutcome(reply);
    if (call.arguments.isOn('json')) output.printJson(outcome);
    else showOutcome(outcome, output);
    tellRest(outcome, output);
    if (outcome.problems.length > 0) return EXIT.invalidConfig;
    return outcome.failed === null && outcome.left.length === 0 ? EXIT.ok : EXIT.failed;
  },
};

function showOutcome(
  { problems, done, failed, left, unchanged }: ToldOutcome,
  output: Output,
): void {
  if (problems.length > 0) return;
  if (done.length + left.length === 0 && failed === null) output.print(describeNothing(unchanged));
  showDone(done, output);
  if (failed !== null)
    output.note(toPrintable(`${failed.id}: ${failed.kind} failed: ${failed.reason}`));
  if (left.length > 0)
    output.note(toPrintable(`not touched: ${left.map(({ id }) => id).join(', ')}`));
  if (failed !== null) output.note('once it is mended, go on with: vigil fleet apply');
}

import { readRestart, type RestartOutcome } from '../fleet/client/read-replies.ts';
import { VigilError } from '../errors.ts';
import { EXIT } from './exit-codes.ts';
import { MASTER_FLAGS } from './fleet-address.ts';
import { withFleetConsole } from './fleet-console.ts';
import { type Output, toPrintable } from './output.ts';
import type { Verb, VerbArguments } from './verb.ts';

/** Each server has its own time to stop and to become ready, one after the other. */
const RESTART_MS = 24 * 60 * 60_000;

/** `vigil fleet restart`. @lazy */
export const fleetRestartVerb: Verb = {
  name: 'fleet restart',
  describe: 'restarts servers one after the other, each once the one before is ready',
  flags: [
    { name: 'type', alias: 't', kind: 'text', value: 'TYPE', describe: 'all servers of a type' },
    { name: 'id', alias: 'i', kind: 'list', value: 'ID', describe: 'this server; may be repeated' },
    {
      name: 'resume',
      kind: 'switch',
      describe: 'go on with the restart that stopped at a server that failed',
    },
    ...MASTER_FLAGS,
  ],
  examples: ['vigil fleet restart -t chat', 'vigil fleet restart --resume'],
  async run(call) {
    const { output } = call;
    const order = readOrder(call.arguments);
    const reply = await withFleetConsole(call, 'restart', (console) =>
      console.order('restart', { ...order, detail: true }, RESTART_MS),
    );
    const outcome = readRestart(reply);
    if (call.arguments.isOn('json')) output.printJson(outcome);
    else describe(outcome, output);
    return outcome.failed.length === 0 ? EXIT.ok : EXIT.failed;
  },
};

/** @throws ERR_USAGE */
function readOrder(given: VerbArguments): object {
  const ids = given.list('id');
  const type = given.text('type') ?? null;
  if (!given.isOn('resume')) return { ids, type };
  if (ids.length === 0 && type === null) return { resume: true };
  throw new VigilError(
    'ERR_USAGE',
    '--resume goes on with the same servers, without --id or --type',
  );
}

function describe({ restarted, failed, left }: RestartOutcome, output: Output): void {
  if (restarted.length > 0) output.print(`restarted ${restarted.join(', ')}`);
  else if (failed.length === 0) output.print('restarted');
  for (const { id, reason } of failed)
    output.note(toPrintable(`${id} did not come back${reason === null ? '' : `: ${reason}`}`));
  if (left.length > 0)
    output.note(`not touched: ${left.join(', ')}; go on with: vigil fleet restart --resume`);
}

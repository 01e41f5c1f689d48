import { readRemained } from '../fleet/client/read-replies.ts';
import { EXIT } from './exit-codes.ts';
import { MASTER_FLAGS } from './fleet-address.ts';
import { withFleetConsole } from './fleet-console.ts';
import { nameServers, waitForMaster } from './fleet-stop.ts';
import type { Verb } from './verb.ts';

const KILL_MS = 120_000;

/** `vigil fleet kill`. @lazy */
export const fleetKillVerb: Verb = {
  name: 'fleet kill',
  describe: 'ends servers at once; without ids all of them, and the master',
  words: [{ name: 'ids', describe: 'of servers', isOptional: true, isRepeated: true }],
  flags: [
    { name: 'force', alias: 'f', kind: 'switch', describe: 'by signal, without asking them first' },
    ...MASTER_FLAGS,
  ],
  examples: ['vigil fleet kill chat-server-1', 'vigil fleet kill --force'],
  async run(call) {
    const { output } = call;
    const ids = call.arguments.list('ids');
    const remained = await withFleetConsole(call, 'kill', async (console) => {
      const order = { ids, force: call.arguments.isOn('force') };
      const reply = await console.order('kill', order, KILL_MS);
      const left = readRemained(reply);
      if (ids.length === 0 && left.length === 0) await waitForMaster(call, console);
      return left;
    });
    if (call.arguments.isOn('json')) output.printJson({ ids, remained });
    else if (remained.length > 0) output.note(`there may be some left: ${remained.join(', ')}`);
    else output.print(`killed ${nameServers(ids)}`);
    return remained.length === 0 ? EXIT.ok : EXIT.failed;
  },
};

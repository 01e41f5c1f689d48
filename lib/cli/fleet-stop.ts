import { isPlainRecord } from '../fleet/protocol/plain-record.ts';
import { waitFor } from '../util/clock.ts';
import { VigilError } from '../errors.ts';
import { EXIT } from './exit-codes.ts';
import { MASTER_FLAGS } from './fleet-address.ts';
import { type FleetConsole, withFleetConsole } from './fleet-console.ts';
import { toPrintable } from './output.ts';
import type { Verb, VerbCall } from './verb.ts';

/** Each type has its own time to stop, one after the other. */
const STOP_MS = 15 * 60_000;
/** How long a master may take to end after its last server. */
const LEAVE_MS = 120_000;

/** `vigil fleet stop`. @lazy */
export const fleetStopVerb: Verb = {
  name: 'fleet stop',
  describe: 'stops servers in good order; without ids all of them, and the master',
  words: [{ name: 'ids', describe: 'of servers', isOptional: true, isRepeated: true }],
  flags: MASTER_FLAGS,
  examples: ['vigil fleet stop', 'vigil fleet stop chat-server-1 chat-server-2'],
  async run(call) {
    const { output } = call;
    const ids = call.arguments.list('ids');
    const isJson = call.arguments.isOn('json');
    if (!isJson) output.note(`stopping ${nameServers(ids)} …`);
    const status = await withFleetConsole(call, 'stop', async (console) => {
      const reply = await console.order('stop', { ids }, STOP_MS);
      const answered = isPlainRecord(reply) ? reply['status'] : null;
      if (ids.length === 0) await waitForMaster(call, console);
      return answered === 'all' ? 'all' : 'part';
    });
    if (isJson) output.printJson({ status, ids });
    else output.print(ids.length === 0 ? 'stopped the fleet' : `stopped ${nameServers(ids)}`);
    return EXIT.ok;
  },
};

/** What servers an order is about, in words. */
export function nameServers(ids: readonly string[]): string {
  return ids.length === 0 ? 'all servers' : toPrintable(ids.join(', '));
}

/** The master ends last. @throws ERR_FLEET_TIMEOUT */
export async function waitForMaster(
  { clock }: VerbCall,
  { closed }: Pick<FleetConsole, 'closed'>,
): Promise<void> {
  const patience = new AbortController();
  const isGone = await Promise.race([
    closed.then(() => true),
    waitFor(clock, LEAVE_MS, patience.signal).then(() => false),
  ]);
  patience.abort();
  if (isGone) return;
  const text = `the servers are stopped, but the master runs on after ${String(LEAVE_MS / 1000)} s`;
  throw new VigilError('ERR_FLEET_TIMEOUT', text);
}

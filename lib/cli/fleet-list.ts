import { VigilError } from '../errors.ts';
import {
  type ListedRow,
  type ListedServer,
  readListedServers,
} from '../fleet/client/listed-server.ts';
import { EXIT } from './exit-codes.ts';
import { MASTER_FLAGS } from './fleet-address.ts';
import { withFleetConsole } from './fleet-console.ts';
import { describeServers } from './fleet-table.ts';
import type { Verb } from './verb.ts';

// The master itself waits two seconds for servers that do not answer.
const PATIENCE_MS = 10_000;

/** `vigil fleet list`. @lazy */
export const fleetListVerb: Verb = {
  name: 'fleet list',
  describe: 'shows the servers of a fleet, by type and id',
  flags: MASTER_FLAGS,
  examples: ['vigil fleet list', 'vigil fleet list -h 10.0.0.5 -P 3005 -u admin --json'],
  async run(call) {
    const { output } = call;
    const answer = await withFleetConsole(call, 'list', ({ order }) =>
      order('list', {}, PATIENCE_MS),
    );
    const servers = readListedServers(answer);
    if (servers === null)
      throw new VigilError('ERR_FLEET_COMMAND', 'the master has answered something else to list');
    if (call.arguments.isOn('json')) output.printJson(servers.map(toListed));
    else for (const line of describeServers(servers, output)) output.print(line);
    return EXIT.ok;
  },
};

function toListed({ id, type, pid, state, rssBytes, uptimeMs, host }: ListedRow): ListedServer {
  return { id, type, pid, state, rssBytes, uptimeMs, host };
}

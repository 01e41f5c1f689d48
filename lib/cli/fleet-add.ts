import { VigilError } from '../errors.ts';
import { textsOf } from '../fleet/client/read-replies.ts';
import { isPlainRecord } from '../fleet/protocol/plain-record.ts';
import { EXIT } from './exit-codes.ts';
import { MASTER_FLAGS } from './fleet-address.ts';
import { withFleetConsole } from './fleet-console.ts';
import type { Verb } from './verb.ts';

const ADD_MS = 30_000;

/** `vigil fleet add`. @lazy */
export const fleetAddVerb: Verb = {
  name: 'fleet add',
  describe: 'adds servers to a fleet that runs, until its master ends',
  words: [
    {
      name: 'key=value',
      describe: 'id=, serverType=, host=, port=, or clusterCount= with serverType=, host=, port=',
      isRepeated: true,
    },
  ],
  flags: MASTER_FLAGS,
  examples: [
    'vigil fleet add id=chat-server-3 serverType=chat host=127.0.0.1 port=6052',
    'vigil fleet add clusterCount=2 serverType=chat host=127.0.0.1 port=6060++',
  ],
  async run(call) {
    const { output } = call;
    const args = call.arguments.list('key=value').map(checkPair);
    const reply = await withFleetConsole(call, 'add', ({ order }) =>
      order('add', { args }, ADD_MS),
    );
    const ids = isPlainRecord(reply) ? textsOf(reply['ids']) : [];
    if (call.arguments.isOn('json')) output.printJson({ status: 'ok', ids });
    else output.print(ids.length === 0 ? 'added' : `added ${ids.join(', ')}`);
    return EXIT.ok;
  },
};

/** @throws ERR_USAGE */
function checkPair(text: string): string {
  if (/^[A-Za-z_][\w.-]*=/.test(text)) return text;
  throw new VigilError('ERR_USAGE', `"${text}" is no key=value such as serverType=chat`);
}

import { readFileSync } from 'node:fs';
import { VigilError } from '../errors.ts';
import { readLocalAddress } from '../fleet/admin/local-address.ts';
import { LOCAL_USER, readLocalKey } from '../fleet/admin/local-key.ts';
import { AdminClient } from '../fleet/client/admin-client.ts';
import { readReply, textsOf } from '../fleet/client/read-replies.ts';
import { stateDirectoryOf } from '../fleet/plan/read-master.ts';
import type { FleetPlan } from '../fleet/plan/server-entry.ts';
import { isPlainRecord } from '../fleet/protocol/plain-record.ts';
import { reachableHost } from '../http/listen-at.ts';
import { EXIT } from './exit-codes.ts';
import { toPrintable } from './output.ts';
import type { VerbCall } from './verb.ts';

const ORDER_MS = 60_000;

/** Servers are kept by the master: it is asked to start them. @throws ERR_FLEET_NO_MASTER when none runs @lazy */
export async function orderStart(
  { clock, output }: VerbCall,
  plan: FleetPlan,
  { type, id }: { readonly type: string; readonly id: string | null },
): Promise<number> {
  const { tls } = plan.master;
  const stateDirectory = stateDirectoryOf(plan);
  const key = readLocalKey(stateDirectory);
  const { host, port } = readLocalAddress(stateDirectory) ?? plan.master;
  if (key === null)
    throw new VigilError('ERR_FLEET_NO_MASTER', `no master of the fleet "${plan.env}" runs here`);
  const client = await AdminClient.connect({
    host: reachableHost(host).replace(/^\[|\]$/g, ''),
    port,
    certificate: tls === null ? null : readFileSync(tls.cert),
    clock,
    id: `vigil_start_${String(clock.wallTime())}_${String(process.pid)}`,
    username: LOCAL_USER,
    password: key,
    onNotice: () => undefined,
  });
  try {
    const order = {
      signal: 'start',
      ids: id === null ? [] : [id],
      type: id === null ? type : null,
    };
    const reply = readReply(await client.request('__console__', order, ORDER_MS));
    const ids = isPlainRecord(reply) ? textsOf(reply['ids']) : [];
    const names = ids.map(toPrintable).join(', ');
    output.print(names === '' ? 'nothing to start: what was asked for runs' : `started ${names}`);
    return EXIT.ok;
  } finally {
    await client.close();
  }
}

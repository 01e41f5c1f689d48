import { measureKeptRate, measureNewRate } from '../../load/request-rate.mjs';

const CONNECTIONS = 20;

/** Answers a second on kept connections, and with a connection for each request. */
export async function measureRates({ port }, { keptMs, newMs }) {
  const kept = await measureKeptRate(port, { connections: CONNECTIONS, forMs: keptMs });
  const fresh = await measureNewRate(port, { connections: CONNECTIONS, forMs: newMs });
  return { kept, fresh };
}

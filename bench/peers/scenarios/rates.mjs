import { measureKeptRate, measureNewRate } from '../../load/request-rate.mjs';
import { readProcessorMs } from '../../support/process-facts.mjs';

const CONNECTIONS = 20;

/** Answers a second on kept connections, what they cost, and answers a second with a connection for each request. */
export async function measureRates(running, { warmMs, keptMs, newMs }) {
  const { port } = running;
  // A server runs for days: what its code costs before it is compiled is no part of its rate.
  await measureKeptRate(port, { connections: CONNECTIONS, forMs: warmMs });
  const pids = running.findProcesses();
  const before = readProcessorMs(pids);
  const startedAt = performance.now();
  const kept = await measureKeptRate(port, { connections: CONNECTIONS, forMs: keptMs });
  const answers = (kept * (performance.now() - startedAt)) / 1000;
  const cost = ((readProcessorMs(pids) - before) / answers) * 1000;
  const fresh = await measureNewRate(port, { connections: CONNECTIONS, forMs: newMs });
  return { kept, cost, fresh };
}

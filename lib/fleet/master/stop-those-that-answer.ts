import { type Clock, waitFor } from '../../util/clock.ts';
import type { FleetServer } from './fleet-server.ts';

const LOOK_EVERY_MS = 500;

/**
 * Ends servers, and waits for each until it has ended or its host turns out not to answer. Such a one is ended as soon
 * as its host is back.
 *
 * @returns those that were not waited for
 */
export async function stopThoseThatAnswer(
  servers: readonly FleetServer[],
  { force, clock }: { readonly force: boolean; readonly clock: Clock },
): Promise<FleetServer[]> {
  const areAway = await Promise.all(
    servers.map(async (server) => {
      const ended = new AbortController();
      const stopping = server.stop(force).then(() => {
        ended.abort();
      });
      while (!ended.signal.aborted && !server.isUnknown)
        await Promise.race([stopping, waitFor(clock, LOOK_EVERY_MS, ended.signal)]);
      return !ended.signal.aborted;
    }),
  );
  return servers.filter((_, at) => areAway[at]);
}

export function describeAway(servers: readonly FleetServer[]): string {
  const names = servers.map(({ entry: { id, host } }) => `${id} on ${host}`).join(', ');
  return `${names}: the host does not answer, and the server may run on; it is ended when the host is back`;
}

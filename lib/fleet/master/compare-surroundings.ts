import { isDeepStrictEqual } from 'node:util';
import type { FleetPlan } from '../plan/server-entry.ts';

/** What has changed of the configuration beside its servers. A master reads that once. */
export function compareSurroundings(
  before: FleetPlan,
  after: FleetPlan,
): { readonly notes: readonly string[]; readonly obstacles: readonly string[] } {
  const { id, host, port, tls } = before.master;
  const place = { id, host, port, tls };
  const isElsewhere = Object.entries(place).some(
    ([key, value]) => !isDeepStrictEqual(value, after.master[key as keyof typeof place]),
  );
  const obstacles = [
    ...(isElsewhere
      ? ['config/master.json: servers would look for another master than the one that runs']
      : []),
    ...(isDeepStrictEqual(before.tokens, after.tokens)
      ? []
      : ['config/adminServer.json: servers would show tokens that the master does not know']),
  ];
  const isOtherMaster = !isElsewhere && !isDeepStrictEqual(before.master, after.master);
  const notes = [
    ...(isOtherMaster ? ['config/master.json'] : []),
    ...(isDeepStrictEqual(before.users, after.users) ? [] : ['config/adminUser.json']),
  ].map((file) => `${file} has changed: it is read when the master is started again`);
  return { notes, obstacles };
}

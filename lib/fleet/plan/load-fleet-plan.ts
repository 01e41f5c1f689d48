import { throwProblems } from '../../config/combine-layers.ts';
import type { ConfigPath, ConfigProblem } from '../../config/config-problem.ts';
import { isPlainObject } from '../../config/plain-object.ts';
import { showValue } from '../../config/show-value.ts';
import { checkEntry, type ProblemAt } from './check-entry.ts';
import { NAME } from './entry-keys.ts';
import { ClusterNumbers, expandEntry } from './expand-entry.ts';
import { findTwins } from './find-twins.ts';
import { type FleetPart, type FleetPlace, readFleetFile } from './fleet-file.ts';
import { readMaster } from './read-master.ts';
import { readTokens, readUsers } from './read-people.ts';
import type { FleetPlan, ServerEntry } from './server-entry.ts';

/**
 * Reads and checks `config/{master,servers,adminServer,adminUser}.json` for one environment.
 *
 * @param place.base - directory of the application, absolute
 * @throws ERR_CONFIG_INVALID a `ConfigError` with every problem, each with file, line and column
 */
export function loadFleetPlan(place: FleetPlace): FleetPlan {
  const problems: ConfigProblem[] = [];
  const tell = (found: readonly ConfigProblem[]): void => {
    problems.push(...found);
  };
  const master = readMaster(place, tell);
  const servers = readServers(place, tell, master);
  const tokens = readTokens(place, tell);
  const users = readUsers(place, tell);
  throwProblems(problems);
  return { ...place, master, servers, tokens, users };
}

type Tell = (problems: readonly ConfigProblem[]) => void;

interface Placed {
  readonly entry: ServerEntry;
  readonly path: ConfigPath;
}

function readServers(
  place: FleetPlace,
  tell: Tell,
  master: { readonly id: string; readonly host: string; readonly port: number },
): ServerEntry[] {
  const file = readFleetFile(place, 'servers', isLists);
  if (file === null) return [];
  tell(file.problems);
  if (file.part === null) {
    if (file.problems.length === 0) tell([file.absence]);
    return [];
  }
  const { problem } = file.part;
  const placed = readTypes(file.part, tell);
  const entries = placed.map(({ entry }) => entry);
  const { id, host, port } = master;
  for (const { at, key, found } of findTwins(entries, { id, serverType: 'master', host, port }))
    tell([
      problem(
        [...(placed[at]?.path ?? []), key],
        `${key === 'id' ? 'an' : 'a'} ${key} of its own`,
        found,
      ),
    ]);
  return entries;
}

function readTypes({ value, problem }: FleetPart, tell: Tell): Placed[] {
  if (!isPlainObject(value)) {
    tell([problem([], 'an object: lists of servers by type', showValue(value))]);
    return [];
  }
  const numbers = new ClusterNumbers();
  return Object.entries(value).flatMap(([type, list]) => {
    if (NAME.fits(type) && type !== 'master' && Array.isArray(list))
      return readList(list, { type, problem, tell, numbers });
    const expected = Array.isArray(list) ? `a type that is ${NAME.expected}` : 'a list of servers';
    tell([problem([type], expected, Array.isArray(list) ? `"${type}"` : showValue(list))]);
    return [];
  });
}

function readList(
  list: readonly unknown[],
  parts: {
    readonly type: string;
    readonly problem: ProblemAt;
    readonly tell: Tell;
    readonly numbers: ClusterNumbers;
  },
): Placed[] {
  return list.flatMap((value, index) => {
    const path = [parts.type, index];
    const { entry, problems } = checkEntry(value, path, parts);
    parts.tell(problems);
    if (entry === null) return [];
    return expandEntry(entry, parts.numbers).map((server) => ({ entry: server, path }));
  });
}

function isLists(value: unknown): boolean {
  return isPlainObject(value) && Object.values(value).every((list) => Array.isArray(list));
}

import { isPlainObject } from '../../config/plain-object.ts';
import { readResidentBytes } from '../../process/resident-memory.ts';
import type { FleetServer } from './fleet-server.ts';
import { type ConnectedMonitor, CONSOLE, type FleetWire } from './fleet-wire.ts';
import type { ServerState } from './server-machine.ts';
import { chooseEvidence } from './choose-evidence.ts';

/** One server, as `list` shows it. The first seven are what other clients of this protocol know. */
export interface ListedServer {
  readonly serverId: string;
  readonly serverType: string;
  readonly pid: number | null;
  /** In MB with two decimals, as the two below. */
  readonly rss: string;
  readonly heapTotal: string;
  readonly heapUsed: string;
  /** Minutes with two decimals. */
  readonly uptime: string;
  /** `unknown`: it is connected, and did not answer in time; or its host does not answer. */
  readonly state: 'up' | 'down' | 'unknown';
  /** Where it is in its life; null for one that another has started. */
  readonly phase: ServerState | null;
  readonly host: string;
  readonly rssBytes: number | null;
  readonly uptimeMs: number | null;
  /** How late its event loop was at its worst within the last seconds; null where it has not said so. */
  readonly loopLagMs: number | null;
  /** That are open to it; null where it has not said so. */
  readonly connections: number | null;
  /** Its process runs, and its monitor has not answered, or is not connected. */
  readonly isSilent: boolean;
  /** Its machine does not answer. */
  readonly isHostAway: boolean;
  readonly restarts: number;
  /** How it ended last, unless that was wanted. */
  readonly cause: string | null;
  readonly evidence: string | null;
  readonly lastWords: readonly string[];
  /** Until it is started again. */
  readonly restartInMs: number | null;
}

/** How long a server may take to answer. */
const ANSWER_MS = 1500;

/** Asks every server how it is; one that does not answer is shown by what is known of it. */
export async function listFleet(
  servers: readonly FleetServer[],
  wire: FleetWire,
  now: number,
): Promise<Readonly<Record<string, ListedServer>>> {
  const { monitors } = wire;
  const own = new Set(servers.map(({ entry }) => entry.id));
  const guests = [...monitors.values()].filter(({ id }) => !own.has(id));
  const rows = await Promise.all([
    ...servers.map(async (server) =>
      describe(server, { said: await ask(server.entry.id, wire), now }),
    ),
    ...guests.map(async (guest) => describeGuest(guest, await ask(guest.id, wire))),
  ]);
  return Object.fromEntries(rows.map((row) => [row.serverId, row]));
}

type Said = Readonly<Record<string, unknown>> | null;

async function ask(serverId: string, wire: FleetWire): Promise<Said> {
  if (!wire.monitors.has(serverId)) return null;
  const question = { serverId, moduleId: CONSOLE, body: { signal: 'list' }, deadlineMs: ANSWER_MS };
  try {
    const { error, body } = await wire.ask(question);
    return readAnswer(body) ?? readAnswer(error);
  } catch {
    return null;
  }
}

/** It may stand in `error`, and one level deeper. */
function readAnswer(value: unknown): Said {
  if (!isPlainObject(value)) return null;
  return isPlainObject(value['body']) ? value['body'] : value;
}

function describe(
  server: FleetServer,
  { said, now }: { readonly said: Said; readonly now: number },
): ListedServer {
  const { entry, pid, since, lastEnd, state } = server;
  const uptimeMs = since === null ? null : Math.max(0, now - since);
  const isDead = lastEnd !== null && !lastEnd.expected;
  return {
    serverId: entry.id,
    serverType: entry.serverType,
    pid,
    ...memoryOf(said, server.isRemote ? null : pid),
    uptime: ((uptimeMs ?? 0) / 60_000).toFixed(2),
    state: stateOf(server, said),
    phase: state,
    host: entry.host,
    uptimeMs,
    ...loadOf(said),
    isSilent: pid !== null && said === null,
    isHostAway: server.isUnknown,
    restarts: server.restarts,
    cause: isDead ? lastEnd.cause : null,
    evidence: isDead ? chooseEvidence(lastEnd.evidence) : null,
    lastWords: isDead ? lastEnd.lastWords : [],
    restartInMs: server.restartInMs,
  };
}

function stateOf({ pid, isConnected, isUnknown }: FleetServer, said: Said): ListedServer['state'] {
  if (isUnknown) return 'unknown';
  if (pid === null) return 'down';
  return said === null && isConnected ? 'unknown' : 'up';
}

function describeGuest({ id, serverType, pid, info }: ConnectedMonitor, said: Said): ListedServer {
  const minutes = Number(said?.['uptime'] ?? 0);
  return {
    serverId: id,
    serverType,
    pid,
    ...memoryOf(said, null),
    uptime: minutes.toFixed(2),
    state: said === null ? 'unknown' : 'up',
    phase: null,
    host: typeof info['host'] === 'string' ? info['host'] : '',
    uptimeMs: said === null ? null : Math.round(minutes * 60_000),
    ...loadOf(said),
    isSilent: said === null,
    isHostAway: false,
    restarts: 0,
    cause: null,
    evidence: null,
    lastWords: [],
    restartInMs: null,
  };
}

function loadOf(said: Said): Pick<ListedServer, 'loopLagMs' | 'connections'> {
  const read = (key: string): number | null => {
    const value = said?.[key];
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  };
  return { loopLagMs: read('loopLagMs'), connections: read('connections') };
}

function memoryOf(
  said: Said,
  pid: number | null,
): Pick<ListedServer, 'rss' | 'heapTotal' | 'heapUsed' | 'rssBytes'> {
  const given = said?.['rssBytes'] ?? Number(said?.['rss']) * 1e6;
  const known = said === null && pid !== null ? readResidentBytes(pid) : null;
  const rssBytes = Number.isFinite(given) ? Math.round(given as number) : known;
  const inMegabytes = (key: string): string => {
    const value = Number(said?.[key]);
    return (Number.isFinite(value) ? value : 0).toFixed(2);
  };
  return {
    rssBytes,
    rss: ((rssBytes ?? 0) / 1e6).toFixed(2),
    heapTotal: inMegabytes('heapTotal'),
    heapUsed: inMegabytes('heapUsed'),
  };
}

import type { FleetEventBody, ServerStateBody } from '../../lib/fleet/master/fleet-event.ts';
import { NO_RECORD } from '../../lib/fleet/master/fleet-record.ts';
import { type FleetSettings, resolveFleetSettings } from '../../lib/fleet/master/fleet-settings.ts';
import type { ServerLauncher } from '../../lib/fleet/master/server-launcher.ts';
import { ServerKeeper } from '../../lib/fleet/master/server-keeper.ts';
import type { MasterEntry, ServerEntry } from '../../lib/fleet/plan/server-entry.ts';
import { FakeChild } from '../../lib/testing/fake-child.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';

const MASTER: MasterEntry = {
  id: 'master-server-1',
  host: '127.0.0.1',
  port: 3005,
  adminHttpPort: null,
  mail: null,
  tls: null,
  sshParams: [],
  sendEnvironment: [],
  startDeadlineSeconds: 60,
  stopDeadlineSeconds: 60,
  silenceSeconds: 15,
};

/** Entries of servers by their ids: `chat-1` is of the type chat. */
export function entriesOf(...ids: readonly string[]): ServerEntry[] {
  return ids.map((id, at) => ({
    id,
    serverType: id.replace(/-\d+$/, ''),
    host: '127.0.0.1',
    port: 6000 + at,
  }));
}

export interface StartedKeeper {
  readonly clock: ManualClock;
  readonly keeper: ServerKeeper;
  /** Ids of those that were started, in order. */
  readonly started: readonly string[];
  /** Those that were asked over their connection. */
  readonly asked: readonly string[];
  readonly told: readonly FleetEventBody[];
  readonly allStarted: readonly (readonly [readonly string[], boolean])[];
  /** The newest process of a server. */
  child(id: string): FakeChild;
  /** The states a server has been in. */
  states(id: string): string[];
  /** It registers, and says that it has started. @param beats - default true */
  ready(id: string, beats?: boolean): void;
}

/** A keeper whose servers exist only in the test. @param connected - ids of those that can be asked */
export function startKeeper(
  entries: readonly ServerEntry[],
  settings: Partial<FleetSettings> = {},
): StartedKeeper {
  const clock = new ManualClock();
  const children = new Map<string, FakeChild>();
  const [started, asked]: [string[], string[]] = [[], []];
  const told: FleetEventBody[] = [];
  const allStarted: (readonly [readonly string[], boolean])[] = [];
  let pid = 1000;
  const launcher: ServerLauncher = {
    launch: ({ id }) => {
      const child = new FakeChild({ pid: ++pid, fate: 'survivesSupervisor' });
      children.set(id, child);
      started.push(id);
      return child;
    },
    adopt: (id, left) => {
      const child = new FakeChild({ pid: left.pid, fate: 'survivesSupervisor' });
      children.set(id, child);
      return child;
    },
    lastWords: (id) => [`the last words of ${id}`],
  };
  const keeper: ServerKeeper = new ServerKeeper({
    clock,
    random: () => 0.5,
    settings: { ...resolveFleetSettings(MASTER), ...settings },
    fleetId: 'test-fleet',
    servers: entries,
    launcher,
    record: NO_RECORD,
    askToStop: (id) => {
      asked.push(id);
      return keeper.find(id)?.isConnected === true;
    },
    tell: (body) => told.push(body),
    save: () => undefined,
    onAllStarted: (ids, isFirst) => allStarted.push([ids, isFirst]),
  });
  const child = (id: string): FakeChild => {
    const found = children.get(id);
    if (found === undefined) throw new Error(`${id} was not started`);
    return found;
  };
  const states = (id: string): string[] =>
    told
      .filter((body): body is ServerStateBody => 'serverType' in body && body.id === id)
      .map(({ type }) => type.replace('server.', ''));
  const ready = (id: string, beats = true): void => {
    keeper.find(id)?.noteRegistered(beats);
    keeper.find(id)?.noteStarted();
  };
  return { clock, keeper, started, asked, told, allStarted, child, states, ready };
}

/** Lets what was promised happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

import { VigilError } from '../../errors.ts';
import { isPortUsable } from '../../process/port-check.ts';
import { type Clock, waitFor } from '../../util/clock.ts';
import type { StrandedServers } from '../hosts/fleet-hosts.ts';
import type { AdminAnswer, AdminModule, MasterAgent } from '../modules/admin-module.ts';
import { ClusterNumbers } from '../plan/expand-entry.ts';
import { findTwins } from '../plan/find-twins.ts';
import type { PlannedChange } from '../plan/planned-change.ts';
import type { ServerEntry } from '../plan/server-entry.ts';
import { describeStranded } from './describe-stranded.ts';
import type { ExecResult } from './exec-beside.ts';
import type { FleetChange } from './fleet-change.ts';
import type { FleetServer } from './fleet-server.ts';
import { describeAway, stopThoseThatAnswer } from './stop-those-that-answer.ts';
import { CONSOLE, type FleetWire } from './fleet-wire.ts';
import { type ListedServer, listFleet } from './list-fleet.ts';
import { type ConsoleOrder, readAdded, readOrder, readWords } from './read-order.ts';
import type { RollingRestart, RollOutcome } from './rolling-restart.ts';
import type { ServerKeeper } from './server-keeper.ts';

export interface ConsoleSettings {
  readonly clock: Clock;
  readonly master: ServerEntry;
  readonly keeper: ServerKeeper;
  readonly wire: FleetWire;
  readonly roller: RollingRestart;
  readonly change: FleetChange;
  /** Servers that may run on although all were ended. */
  readonly stranded: () => readonly StrandedServers[];
  /** Milliseconds since the epoch. */
  readonly begunAt: number;
  readonly exec: (
    servers: readonly ServerEntry[],
    command: readonly string[],
  ) => Promise<readonly ExecResult[]>;
  /** The whole fleet is to end, the master last. */
  readonly requestStop: (reason: string) => void;
}

type Execution = (order: ConsoleOrder, agent: MasterAgent) => Promise<unknown>;

/** How long those that are killed may take to be gone. */
const DYING_MS = 10_000;

/** `__console__` on the master: what operators order. */
export class ConsoleModule implements AdminModule {
  readonly moduleId = CONSOLE;
  readonly #settings: ConsoleSettings;
  readonly #numbers = new ClusterNumbers();

  constructor(settings: ConsoleSettings) {
    this.#settings = settings;
  }

  clientHandler(agent: MasterAgent, message: unknown, answer: AdminAnswer): void {
    const order = readOrder(message);
    const carryOut = Object.hasOwn(this.#orders, order.signal)
      ? this.#orders[order.signal]
      : undefined;
    if (carryOut === undefined) answer(`unknown signal: ${order.signal}`);
    else {
      carryOut(order, agent).then(
        (body) => {
          answer(null, body);
        },
        (error: unknown) => {
          answer(error instanceof Error ? error.message : String(error));
        },
      );
    }
  }

  readonly #orders: Readonly<Record<string, Execution>> = {
    list: () => this.#list(),
    start: async (order) => {
      const servers = this.#choose(order).filter(({ isRunning }) => !isRunning);
      for (const server of servers) server.start();
      return Promise.resolve({ status: 'ok', ids: servers.map(({ entry }) => entry.id) });
    },
    stop: (order) => this.#stop(order),
    kill: (order) => this.#kill(order),
    add: (order) => this.#add(order),
    restart: (order) => this.#restart(order),
    plan: () => Promise.resolve(this.#settings.change.plan()),
    apply: ({ clientId }, agent) =>
      this.#settings.change.apply((step) => {
        if (clientId !== null) agent.notifyClient(clientId, CONSOLE, { text: describeStep(step) });
      }),
    exec: async (order) => {
      if (order.command.length === 0) throw refuse('expected a command');
      const servers = this.#choose(order).map(({ entry }) => entry);
      return { results: await this.#settings.exec(servers, order.command) };
    },
    addCron: (order) => this.#passCron(order),
    removeCron: (order) => this.#passCron(order),
    blacklist: async ({ signal, args }) => {
      this.#settings.wire.notifyAll(CONSOLE, { signal, blacklist: args });
      return Promise.resolve({ status: 'ok' });
    },
  };

  async #list(): Promise<{ msg: Readonly<Record<string, unknown>> }> {
    const { keeper, wire, clock } = this.#settings;
    const now = clock.wallTime();
    const rows = await listFleet(keeper.list(), wire, now);
    const own = this.#describeMaster(now);
    return { msg: { [own.serverId]: own, ...rows } };
  }

  #describeMaster(now: number): ListedServer {
    const { master, begunAt } = this.#settings;
    const { rss, heapTotal, heapUsed } = process.memoryUsage();
    const inMegabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);
    return {
      serverId: master.id,
      serverType: master.serverType,
      pid: process.pid,
      rss: inMegabytes(rss),
      heapTotal: inMegabytes(heapTotal),
      heapUsed: inMegabytes(heapUsed),
      uptime: ((now - begunAt) / 60_000).toFixed(2),
      state: 'up',
      phase: null,
      host: master.host,
      rssBytes: rss,
      uptimeMs: now - begunAt,
      isSilent: false,
      isHostAway: false,
      restarts: 0,
      cause: null,
      evidence: null,
      loopLagMs: null,
      connections: null,
      lastWords: [],
      restartInMs: null,
    };
  }

  async #stop(order: ConsoleOrder): Promise<{ status: 'all' | 'part' }> {
    const { keeper } = this.#settings;
    const isAll = order.ids.length === 0 && order.type === null;
    if (isAll) {
      await keeper.stopAll(order.isForced);
      this.#endSoon('a client has stopped the fleet');
      const left = describeStranded(this.#settings.stranded());
      if (left !== null) throw refuse(left);
      return { status: 'all' };
    }
    const { clock } = this.#settings;
    const away = await stopThoseThatAnswer(this.#choose(order), { force: order.isForced, clock });
    if (away.length > 0) throw refuse(describeAway(away));
    return { status: 'part' };
  }

  async #kill(
    order: ConsoleOrder,
  ): Promise<{ code: 'ok' } | { code: 'remained'; serverIds: string[] }> {
    const { clock, keeper } = this.#settings;
    const isAll = order.ids.length === 0 && order.type === null;
    const servers = isAll ? keeper.list() : this.#choose(order);
    const gone = Promise.all(servers.map((server) => server.stop(true)));
    const patience = new AbortController();
    await Promise.race([gone, waitFor(clock, DYING_MS, patience.signal)]);
    patience.abort();
    const serverIds = servers.filter(({ isRunning }) => isRunning).map(({ entry }) => entry.id);
    if (isAll) this.#endSoon('a client has killed the fleet');
    return serverIds.length === 0 ? { code: 'ok' } : { code: 'remained', serverIds };
  }

  /** The answer goes out first. */
  #endSoon(reason: string): void {
    const { clock, requestStop } = this.#settings;
    clock.setTimer(0, () => {
      requestStop(reason);
    });
  }

  async #add({ args }: ConsoleOrder): Promise<{ status: 'ok'; ids: string[] }> {
    const { keeper, master } = this.#settings;
    for (const { entry } of keeper.list()) this.#reserve(entry.id);
    const added = readAdded(args, this.#numbers);
    const present = keeper.list().map(({ entry }) => entry);
    const [twins] = findTwins([...present, ...added], master);
    if (twins !== undefined) throw refuse(`${twins.key}: ${twins.found}`);
    for (const { port } of added)
      if (port !== undefined && !(await isPortUsable(port)))
        throw refuse(`port ${String(port)} is used by another program`);
    for (const entry of added) keeper.add(entry);
    return { status: 'ok', ids: added.map(({ id }) => id) };
  }

  /** Numbers that were given already are not given again. */
  #reserve(id: string): void {
    const [, serverType, number] = /^cluster-server-(.+)-(\d+)$/.exec(id) ?? [];
    if (serverType !== undefined) this.#numbers.pass(serverType, Number(number));
  }

  async #restart(order: ConsoleOrder): Promise<readonly string[] | RollOutcome> {
    const { roller } = this.#settings;
    const outcome = order.isResumed
      ? await roller.resume()
      : await roller.begin(this.#chooseRunning(order).map(({ entry }) => entry.id));
    if (order.isDetailed) return outcome;
    return outcome.failed === null ? [] : [outcome.failed.id, ...outcome.left];
  }

  /** A server that was stopped stays so, unless it is named. */
  #chooseRunning(order: ConsoleOrder): FleetServer[] {
    return this.#choose(order).filter(({ isWanted }) => isWanted || order.ids.length > 0);
  }

  async #passCron({ signal, args }: ConsoleOrder): Promise<{ status: 'ok' }> {
    const { wire } = this.#settings;
    const cron = readWords(args);
    const { serverId, serverType } = cron;
    if (typeof serverId === 'string') {
      if (!wire.notifyById(serverId, CONSOLE, { signal, cron }))
        throw refuse(`unknown server id: ${serverId}`);
    } else if (typeof serverType === 'string')
      wire.notifyByType(serverType, CONSOLE, { signal, cron });
    else throw refuse('expected serverId=… or serverType=…');
    return Promise.resolve({ status: 'ok' });
  }

  /** Those that an order names; all without any name. @throws ERR_FLEET_COMMAND naming one that is not there */
  #choose({ ids, type }: ConsoleOrder): FleetServer[] {
    const { keeper } = this.#settings;
    const unknown = ids.filter((id) => keeper.find(id) === undefined);
    if (unknown.length > 0) throw refuse(`unknown server id: ${unknown.join(', ')}`);
    const chosen = keeper
      .list()
      .filter(({ entry }) => ids.length === 0 || ids.includes(entry.id))
      .filter(({ entry }) => type === null || type === 'all' || entry.serverType === type);
    if (chosen.length === 0 && type !== null) throw refuse(`there is no server of type ${type}`);
    return chosen;
  }
}

const DOING = { stop: 'stopping', replace: 'replacing', start: 'starting' } as const;

/** For the one who has ordered it and waits. */
function describeStep({ kind, id }: PlannedChange): string {
  return `${DOING[kind]} ${id} …`;
}

function refuse(text: string): VigilError {
  return new VigilError('ERR_FLEET_COMMAND', text);
}

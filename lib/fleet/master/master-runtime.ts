import { realpathSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VigilError } from '../../errors.ts';
import { reachableHost } from '../../http/listen-at.ts';
import { prepareStateDirectory } from '../../session/monitor/state-directory.ts';
import { createRandomKey } from '../../util/random-key.ts';
import { AdminAudit } from '../admin/admin-audit.ts';
import { AdminCredentials, findWeakUsers } from '../admin/admin-credentials.ts';
import type { AdminServerEvent } from '../admin/admin-event.ts';
import { AdminServer } from '../admin/admin-server.ts';
import { forgetOperators, tellOperators } from '../admin/tell-operators.ts';
import { localKeyFile } from '../admin/local-key.ts';
import type { MasterRole, MasterSettings } from '../application/master-role.ts';
import { MasterWatcher } from '../modules/master-watcher.ts';
import { nameFleet, STARTER_NAME, type StartWord } from '../plan/fleet-environment.ts';
import { loadFleetPlan } from '../plan/load-fleet-plan.ts';
import { stateDirectoryOf } from '../plan/read-master.ts';
import type { FleetPlan, ServerEntry } from '../plan/server-entry.ts';
import { watchParent } from '../plan/watch-parent.ts';
import { ConsoleModule } from './console-module.ts';
import { describeStranded } from './describe-stranded.ts';
import { describeFleetEvent } from './event-line.ts';
import { entryOf, FleetDoor } from './fleet-door.ts';
import { FleetEngine } from './fleet-engine.ts';
import { resolveFleetSettings } from './fleet-settings.ts';
import { lockFleet } from './lock-fleet.ts';
import { startCrashMails } from './start-crash-mails.ts';
import { startFleetHttp } from './start-fleet-http.ts';

/**
 * The master of a fleet: lets servers and operators in, keeps the servers running, and ends them in order.
 *
 * It can be killed: outside development its servers go on, and the next master of the same directory and environment
 * takes them over. @lazy
 */
export class MasterRuntime implements MasterRole {
  readonly #settings: MasterSettings;
  /** What has to be undone, the newest first. */
  readonly #undo: (() => void | Promise<void>)[] = [];
  #engine: FleetEngine | null = null;
  #watcher: MasterWatcher | null = null;
  #stopped: Promise<void> | null = null;
  #interrupts = 0;

  constructor(settings: MasterSettings) {
    const log = (line: string): void => {
      settings.log(`vigil: ${line}`);
    };
    this.#settings = { ...settings, log };
  }

  /**
   * @throws ERR_CONFIG_INVALID
   * @throws ERR_STATE_DIRECTORY when the state directory cannot be made
   * @throws ERR_FLEET_RUNNING naming the master there is
   * @throws ERR_FLEET_PORT when a port cannot be had
   * @throws ERR_FLEET_MODULE when an admin module could not start
   */
  async start(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      await this.#undoAll();
      const code = error instanceof VigilError ? { code: error.code } : {};
      tellStarter({ state: 'failed', ...code, text: textOf(error) });
      throw error;
    }
  }

  /** The servers first; asked again, or with a second signal, they are killed. */
  stop(force: boolean): Promise<void> {
    if (this.#stopped !== null && force) void this.#engine?.keeper.stopAll(true);
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #start(): Promise<void> {
    const { env, log, clock } = this.#settings;
    const base = realpathSync(this.#settings.base);
    const plan = loadFleetPlan({ base, env });
    const stateDirectory = stateDirectoryOf(plan);
    prepareStateDirectory(stateDirectory);
    this.#undo.push(lockFleet(stateDirectory, env));
    this.#watchSignals();
    const key = createRandomKey();
    const { engine, admin } = this.#assemble(plan, { stateDirectory, key });
    const port = await admin.listen();
    this.#undo.push(() => admin.close());
    const host = reachableHost(plan.master.host);
    this.#undo.push(() => {
      forgetOperators(stateDirectory, key);
    });
    await tellOperators(stateDirectory, { key, host, port });
    const { modules } = this.#settings;
    await modules.start(admin);
    this.#undo.push(() => {
      modules.stop();
    });
    const http = await startFleetHttp(plan, { clock, engine, wire: admin, key, warn: log });
    if (http !== null) this.#undo.push(() => http.close());
    const address = `${host}:${String(port)}`;
    engine.tell({ type: 'fleet.started', env, address });
    watchParent(clock, () => {
      this.#settings.requestStop('whoever started this fleet is gone: it ends as well');
    });
    const adopted = await engine.adopt();
    const over = adopted === 0 ? '' : `, ${String(adopted)} of them taken over`;
    const also = http === null ? '' : `, health at ${http.address}`;
    log(
      `the master of the fleet "${env}" listens at ${address}${also}; servers: ${String(plan.servers.length)}${over}`,
    );
    if (http !== null)
      log(
        `the page of the fleet is ${http.address}/, its key is in ${localKeyFile(stateDirectory)}`,
      );
    tellStarter({ state: 'running', text: address });
    await engine.start(chooseWanted(this.#settings.wanted));
  }

  #assemble(
    plan: FleetPlan,
    { stateDirectory, key }: { readonly stateDirectory: string; readonly key: string },
  ): { engine: FleetEngine; admin: AdminServer } {
    const { clock, main, nodeArgs, log, onTopology } = this.#settings;
    const door = new FleetDoor({
      keeper: () => engine.keeper,
      watcher: () => watcher,
      warn: log,
      onTopology,
    });
    const engine: FleetEngine = new FleetEngine({
      clock,
      plan,
      settings: resolveFleetSettings(plan.master),
      stateDirectory,
      main,
      nodeArgs,
      wire: () => admin,
      warn: log,
      onAllStarted: (ids, isFirst) => {
        this.#tellAllStarted(ids, { isFirst, admin });
      },
    });
    this.#engine = engine;
    this.#undo.push(() => engine.close());
    engine.events.subscribe((event) => {
      const line = describeFleetEvent(event);
      if (line !== null) log(line);
    });
    const { events } = engine;
    this.#undo.push(startCrashMails(plan, { clock, stateDirectory, events, warn: log }));
    const onEvent = (event: AdminServerEvent): void => {
      door.follow(event);
    };
    const admin: AdminServer = this.#createAdmin(plan, { key, onEvent });
    const watcher = this.#addModules(plan, { engine, admin });
    return { engine, admin };
  }

  #addModules(
    { base, env, master: { id, host, port } }: FleetPlan,
    { engine, admin }: { readonly engine: FleetEngine; readonly admin: AdminServer },
  ): MasterWatcher {
    const { clock, modules, requestStop } = this.#settings;
    const { keeper, roller, change, launcher } = engine;
    const master: ServerEntry = { id, serverType: 'master', host, port };
    const roster = {
      master,
      registered: () => [...admin.monitors.values()].map(entryOf),
      noteStarted: (started: string) => keeper.find(started)?.noteStarted(),
    };
    const watcher = new MasterWatcher(roster, clock);
    this.#watcher = watcher;
    watcher.attach(admin);
    const begunAt = clock.wallTime();
    modules.add(watcher);
    const place = { base, env, fleetId: nameFleet(base, env) };
    modules.add(
      new ConsoleModule({
        clock,
        master,
        keeper,
        wire: admin,
        roller,
        change,
        begunAt,
        requestStop,
        stranded: () => launcher.stranded,
        exec: (servers, command) => {
          const { execBeside } = require('./exec-beside') as typeof import('./exec-beside.ts');
          return execBeside(servers, command, place);
        },
      }),
    );
    return watcher;
  }

  #createAdmin(
    { base, env, master, users, tokens }: FleetPlan,
    {
      key,
      onEvent,
    }: { readonly key: string } & Pick<ConstructorParameters<typeof AdminServer>[0], 'onEvent'>,
  ): AdminServer {
    const { clock, modules, log } = this.#settings;
    for (const text of findWeakUsers({ env, users })) log(text);
    const audit = new AdminAudit({ clock, file: join(base, 'logs', 'admin.log'), warn: log });
    this.#undo.push(() => audit.close());
    return new AdminServer({
      clock,
      host: master.host,
      port: master.port,
      tls: readTls(master.tls),
      credentials: new AdminCredentials({ env, users, tokens, localKey: key }),
      desk: modules,
      audit,
      onEvent,
    });
  }

  #tellAllStarted(
    ids: readonly string[],
    { isFirst, admin }: { readonly isFirst: boolean; readonly admin: AdminServer },
  ): void {
    const message = { action: 'startOver' };
    this.#watcher?.flush();
    for (const id of ids) admin.notifyById(id, '__monitorwatcher__', message);
    if (isFirst) this.#settings.onAllStarted();
  }

  /** The first is the application's to follow; a second one waits for nobody. */
  #watchSignals(): void {
    const onSignal = (): void => {
      this.#interrupts += 1;
      if (this.#interrupts > 1) void this.stop(true);
    };
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, onSignal);
      this.#undo.push(() => void process.off(name, onSignal));
    }
  }

  async #stop(): Promise<void> {
    await this.#engine?.stop(false);
    this.#engine?.tell({ type: 'fleet.ended', reason: 'asked to end' });
    const left = describeStranded(this.#engine?.launcher.stranded ?? []);
    await this.#undoAll();
    if (left !== null) throw new VigilError('ERR_FLEET_HOST_UNREACHABLE', left);
  }

  async #undoAll(): Promise<void> {
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) await undo();
  }
}

/** Null: all. */
function chooseWanted({
  type,
  id,
}: MasterSettings['wanted']): ((entry: ServerEntry) => boolean) | null {
  if (id !== null) return (entry) => entry.id === id;
  if (type === null || type === 'all') return null;
  return (entry) => entry.serverType === type;
}

function readTls(tls: FleetPlan['master']['tls']): { key: Buffer; cert: Buffer } | null {
  if (tls === null) return null;
  try {
    return { key: readFileSync(tls.key), cert: readFileSync(tls.cert) };
  } catch (cause) {
    const text = `the certificate of the master cannot be read: ${(cause as Error).message}`;
    throw new VigilError('ERR_FLEET_PORT', text, { cause });
  }
}

function tellStarter(word: Omit<StartWord, 'vigil'>): void {
  if (process.env[STARTER_NAME] === undefined) return;
  // Whoever started it may be gone by now.
  process.send?.({ vigil: 'fleet', ...word } satisfies StartWord, undefined, {}, () => undefined);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

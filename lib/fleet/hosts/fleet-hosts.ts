import { rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { VigilError } from '../../errors.ts';
import type { ChildHandle } from '../../process/child-handle.ts';
import { type Clock, waitFor } from '../../util/clock.ts';
import { createRandomKey } from '../../util/random-key.ts';
import { HIDDEN_KEYS_NAME } from '../plan/fleet-environment.ts';
import { createServerCommand, type ProgramFacts } from '../plan/server-command.ts';
import { listWords } from '../plan/list-words.ts';
import type { ServerEntry } from '../plan/server-entry.ts';
import { readAgentProgram } from './agent-program.ts';
import type { ClaimOrder, HeldServer } from './agent-protocol.ts';
import type { AgentProgram } from './bootstrap.ts';
import { makeControlFolder } from './control-path.ts';
import type { HostStateBody } from './host-event.ts';
import { RemoteHost } from './remote-host.ts';

export interface FleetHostsParts extends ProgramFacts {
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter of delays. */
  readonly random: () => number;
  readonly base: string;
  readonly fleetId: string;
  readonly stateDirectory: string;
  /** The servers end with their master. */
  readonly isTied: boolean;
  readonly master: {
    readonly host: string;
    /** Arguments for the ssh client, for all hosts. */
    readonly sshParams: readonly string[];
    /** Variables of the master's environment that servers on other hosts get as well. */
    readonly sendEnvironment: readonly string[];
  };
  readonly onEvent: (event: HostStateBody) => void;
  /** A host answers, and says which servers run there. */
  readonly onUp: (host: string, servers: readonly HeldServer[]) => void;
  /** A server that was to be started ran already. */
  readonly onFound: (id: string, since: number) => void;
  readonly onOutput: (id: string, text: string, dropped: number) => void;
}

/** Servers that may run on, on hosts that do not answer. */
export interface StrandedServers {
  readonly host: string;
  readonly ids: readonly string[];
}

const CONNECT_SECONDS = 10;
/** How long a host that is away may take to be back when all is to end. */
const PATIENCE_MS = 15_000;
const LOOK_EVERY_MS = 500;

/** All the other machines of a fleet, each reached when the first server is to be started there. @lazy */
export class FleetHosts {
  readonly #parts: FleetHostsParts;
  readonly #hosts = new Map<string, RemoteHost>();
  readonly #places = new Map<string, RemoteHost>();
  readonly #stranded: StrandedServers[] = [];
  #program: AgentProgram | null = null;
  #folder: { readonly path: string; readonly isOwn: boolean } | null = null;
  #here: ClaimOrder['here'] | null = null;
  #channels = 0;

  constructor(parts: FleetHostsParts) {
    this.#parts = parts;
  }

  /** Where a server of another host was started, or is to be; undefined: on this machine. */
  hostOf(id: string): RemoteHost | undefined {
    return this.#places.get(id);
  }

  launch(entry: ServerEntry, run: string): ChildHandle {
    const { base, main, master } = this.#parts;
    const host = this.#reach(entry);
    this.#places.set(entry.id, host);
    this.#follow(host);
    const { command, hidden } = createServerCommand(entry, this.#parts);
    const environment: Record<string, string> = {};
    for (const name of ['NODE_ENV', ...master.sendEnvironment]) {
      const value = process.env[name];
      if (value !== undefined) environment[name] = value;
    }
    if (Object.keys(hidden).length > 0) environment[HIDDEN_KEYS_NAME] = JSON.stringify(hidden);
    const cpu = entry['cpu'];
    return host.start({
      server: entry.id,
      run,
      base,
      main,
      ports: entry.port === undefined ? [] : [entry.port],
      // The program is the Node of that host.
      args: command.slice(1),
      environment,
      cpus: cpu === undefined ? null : String(cpu),
    });
  }

  /**
   * What keeps a server from being started elsewhere that ran on another host before; null: nothing, it is gone from
   * there. One that still runs there is ended.
   */
  leftOn(former: ServerEntry): VigilError | null {
    const { id } = former;
    const host = this.#reach(former);
    if (host.state !== 'up')
      return new VigilError(
        'ERR_FLEET_HOST_UNREACHABLE',
        `${id} ran on host ${host.name}, which does not answer: it may run there still`,
      );
    const found = host.found(id);
    if (found !== null) void host.adopt(id, found).signalTree('SIGTERM');
    if (!host.holds(id)) return null;
    const text = `${id} still runs on host ${host.name}: it is ended there first`;
    return new VigilError('ERR_FLEET_HOST_UNFIT', text);
  }

  /** Null: it is none of theirs. */
  lastWords(id: string): string[] | null {
    const host = this.hostOf(id);
    return host === undefined ? null : [...host.lastWords(id)];
  }

  /** Its host does not answer: it may run or not. */
  isUnknown(id: string): boolean {
    return this.hostOf(id)?.state === 'unknown';
  }

  /** Its silence means nothing: its host is silent as well. */
  isInDoubt(id: string): boolean {
    return this.hostOf(id)?.isSilent === true;
  }

  /**
   * While all is being ended: gives those up whose hosts stay away, so that the end is not waited for in vain.
   *
   * @param ending - settles when all servers have ended
   */
  async giveUpAway(ending: Promise<unknown>): Promise<void> {
    const { clock } = this.#parts;
    const over = new AbortController();
    void ending.then(() => {
      over.abort();
    });
    const since = new Map<RemoteHost, number>();
    while (!over.signal.aborted) {
      for (const host of this.#hosts.values()) this.#lookAt(host, since);
      await waitFor(clock, LOOK_EVERY_MS, over.signal);
    }
  }

  get stranded(): readonly StrandedServers[] {
    return this.#stranded;
  }

  /** Ends the channels. */
  async close(): Promise<void> {
    await Promise.all([...this.#hosts.values()].map((host) => host.close()));
    if (this.#folder?.isOwn === true) rmSync(this.#folder.path, { recursive: true, force: true });
  }

  #lookAt(host: RemoteHost, since: Map<RemoteHost, number>): void {
    const now = this.#parts.clock.now();
    if (host.state === 'up') since.delete(host);
    else if (!since.has(host)) since.set(host, now);
    else if (now - (since.get(host) ?? now) >= PATIENCE_MS) {
      const ids = host.abandon();
      if (ids.length > 0) this.#stranded.push({ host: host.name, ids });
    }
  }

  /** What is written on a machine with files of its own is wanted here as well. */
  #follow(host: RemoteHost): void {
    if (host.state !== 'up' || host.isShared) return;
    for (const [id, place] of this.#places) if (place === host) host.follow(id, true);
  }

  #reach(entry: ServerEntry): RemoteHost {
    const params = [...listWords(entry['ssh_config_params']), ...this.#parts.master.sshParams];
    const key = JSON.stringify([entry.host, params]);
    const known = this.#hosts.get(key);
    if (known !== undefined) return known;
    const host = this.#createHost(entry.host, params);
    this.#hosts.set(key, host);
    host.open();
    return host;
  }

  #createHost(name: string, params: readonly string[]): RemoteHost {
    const { clock, random, fleetId, base, isTied, stateDirectory } = this.#parts;
    const { onEvent, onUp, onFound, onOutput } = this.#parts;
    this.#program ??= readAgentProgram();
    this.#folder ??= makeControlFolder(stateDirectory);
    this.#here ??= markHere(stateDirectory);
    const { path } = this.#folder;
    const here = this.#here;
    const host: RemoteHost = new RemoteHost({
      clock,
      random,
      host: name,
      destination: () => ({
        host: name,
        params,
        controlPath: join(path, `${String(process.pid)}-${String(++this.#channels)}.sock`),
        connectSeconds: CONNECT_SECONDS,
      }),
      claim: { fleet: fleetId, base, owner: `${hostname()}:${base}`, here, isTied },
      program: this.#program,
      onEvent,
      onUp: (servers) => {
        this.#follow(host);
        onUp(name, servers);
      },
      onFound,
      onOutput,
    });
    return host;
  }
}

/** A host that finds this in the same place has the same files. */
function markHere(stateDirectory: string): ClaimOrder['here'] {
  const here = { path: join(stateDirectory, 'here'), key: createRandomKey() };
  writeFileSync(here.path, here.key, { mode: 0o600 });
  return here;
}

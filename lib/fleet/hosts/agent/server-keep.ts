import { execFileSync } from 'node:child_process';
import type { ChildHandle, ExitFact } from '../../../process/child-handle.ts';
import { adoptProcess } from '../../../process/handles/adopted-handle.ts';
import { startCommand } from '../../../process/handles/command-handle.ts';
import { readStartTime } from '../../../process/process-tree.ts';
import { type Clock, waitFor } from '../../../util/clock.ts';
import { readBoot } from '../../../util/record-file.ts';
import type { FleetLogs } from '../../master/fleet-logs.ts';
import { MARKER_NAME, markerOf } from '../../plan/fleet-environment.ts';
import type {
  AgentNews,
  AgentOrders,
  HeldServer,
  StartedServer,
  StartOrder,
} from '../agent-protocol.ts';
import { decideFitness } from '../decide-fitness.ts';
import { AgentRefusal } from './agent-refusal.ts';
import type { Claim } from './claim.ts';
import { examineHost } from './examine-host.ts';
import { findMarked, type FoundProcess, isLeaseAlive, isStartUnderWay } from './held-process.ts';
import type { Lease } from './lease-folder.ts';

export interface ServerKeepParts {
  readonly clock: Clock;
  readonly claim: Claim;
  /** Names the fleet on this host, in the environment of its processes. */
  readonly mark: string;
  readonly logs: FleetLogs;
  readonly tell: (news: AgentNews) => void;
}

interface Kept extends FoundProcess {
  readonly handle: ChildHandle;
  readonly since: number;
}

const LAST_WORDS = 20;
const MOST_PAST = 100;
const SETTLING_MS = 5000;
const LOOK_EVERY_MS = 50;

/** The servers of one fleet on this host: starts them, each under a lease, watches them and signals them. */
export class ServerKeep {
  readonly #parts: ServerKeepParts;
  readonly #kept = new Map<string, Kept>();
  /** What is left of processes that another has followed is ended by their handles. */
  readonly #past = new Map<string, ChildHandle>();
  readonly #starting = new Set<string>();

  constructor(parts: ServerKeepParts) {
    this.#parts = parts;
  }

  /** The servers that run, with those that have ended since somebody was last told. */
  async takeOver(): Promise<HeldServer[]> {
    const held: HeldServer[] = [];
    for (const id of this.#parts.claim.folder.list()) {
      const found = await this.#settle(id);
      if (found !== null) held.push(found);
    }
    return held;
  }

  /** @throws AgentRefusal `fenced` when another master has claimed the fleet meanwhile, `unfit` when the host lacks something */
  async start(order: StartOrder): Promise<StartedServer> {
    const { server } = order;
    if (this.#starting.has(server)) throw new AgentRefusal('failed', `${server} is being started`);
    this.#starting.add(server);
    try {
      return await this.#startOrFind(order);
    } finally {
      this.#starting.delete(server);
    }
  }

  async #startOrFind(order: StartOrder): Promise<StartedServer> {
    const { server } = order;
    this.#parts.claim.check();
    const there = await this.#settle(server);
    if (there !== null && there.end === null) return { ...there, wasFound: true };
    // With a lease it is known how it ended; what bears its mark then is something that it has left.
    const marked = there === null ? findMarked(this.#parts.mark, server) : null;
    if (marked !== null) return { ...this.#adopt(server, marked, this.#now()), wasFound: true };
    const problems = decideFitness(await examineHost(order), order, null);
    if (problems.length > 0) throw new AgentRefusal('unfit', problems.join('; '));
    return this.#startAnew(order);
  }

  signal({ server, signal, ...process }: AgentOrders['signal']['order']): Promise<number> {
    this.#parts.claim.check();
    const kept = this.#kept.get(server);
    const isCurrent = kept !== undefined && nameProcess(kept) === nameProcess(process);
    const handle = isCurrent ? kept.handle : this.#past.get(nameProcess(process));
    if (signal !== 'SIGKILL') handle?.noteTree?.();
    return handle?.signalTree(signal) ?? Promise.resolve(0);
  }

  pin(id: string, cpus: string): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) throw new AgentRefusal('unknown', `${id} does not run here`);
    try {
      execFileSync('taskset', ['-a', '-p', '-c', cpus, String(kept.pid)], {
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: 5000,
      });
    } catch (error) {
      throw new AgentRefusal('failed', `taskset: ${(error as Error).message}`);
    }
  }

  forgetEnded(): void {
    const { folder, isFenced } = this.#parts.claim;
    if (isFenced) return;
    for (const id of folder.list()) if (folder.lease(id)?.state === 'ended') folder.remove(id);
  }

  /** Ends all that it keeps, since the one who wanted them is gone. */
  async endAll(graceMs: number): Promise<void> {
    const running = [...this.#kept.values()];
    for (const { handle } of running) await handle.signalTree('SIGTERM');
    const ended = Promise.all(running.map(({ handle }) => handle.exit));
    await Promise.race([ended, waitFor(this.#parts.clock, graceMs)]);
    for (const { handle } of running) await handle.signalTree('SIGKILL');
  }

  /** Finds out what became of a server, whoever has started it; null: nothing is known of it. */
  async #settle(id: string): Promise<HeldServer | null> {
    const { folder } = this.#parts.claim;
    const isInDoubt = await this.#awaitStarts(id);
    const lease = folder.lease(id);
    if (lease !== null && isLeaseAlive(lease)) return this.#adopt(id, lease, lease.since);
    // An agent may have died between the start of a process and the note of it.
    const marked = isInDoubt ? findMarked(this.#parts.mark, id) : null;
    if (marked !== null) return this.#adopt(id, marked, this.#now());
    if (lease === null) return null;
    const { pid, startTime, since, code, signal } = lease;
    return { id, pid, startTime, since, end: { code, signal, lastWords: this.#lastWords(id) } };
  }

  /**
   * Another agent of the same fleet may be about to start it: it will have, or will have seen our claim.
   *
   * @returns whether one has died over it
   */
  async #awaitStarts(id: string): Promise<boolean> {
    const { clock, claim } = this.#parts;
    const giveUpAt = clock.now() + SETTLING_MS;
    for (;;) {
      const intents = claim.folder.intents(id);
      if (!intents.some(isStartUnderWay)) {
        for (const { pid } of intents) claim.folder.dropIntent(id, pid);
        return intents.length > 0;
      }
      if (clock.now() > giveUpAt)
        throw new AgentRefusal('failed', `${id} is being started by another agent`);
      await waitFor(clock, LOOK_EVERY_MS);
    }
  }

  /** Without a pause: no order of ours comes between the look at the claim and the process. */
  #startAnew(order: StartOrder): StartedServer {
    const { claim } = this.#parts;
    const { server } = order;
    const { pid: own } = process;
    claim.folder.intend(server, { pid: own, startTime: readStartTime(own), boot: readBoot() });
    try {
      // Whoever claims the fleet from now on finds the intent and waits for what comes of it.
      claim.check();
      const handle = this.#spawn(order);
      const { pid, startTime } = handle.identity;
      if (pid === null || startTime === null)
        throw new AgentRefusal('failed', `the process of ${server} could not be started`);
      const since = this.#now();
      const started = { pid, startTime, run: order.run };
      return { ...this.#note(server, started, { handle, since }), wasFound: false };
    } finally {
      claim.folder.dropIntent(server, own);
    }
  }

  #spawn({ server, run, args, environment, base, cpus }: StartOrder): ChildHandle {
    const { logs } = this.#parts;
    const file = logs.begin(server);
    const command = [process.execPath, ...args];
    return startCommand({
      command: cpus === null ? command : ['taskset', '-c', cpus, ...command],
      directory: base,
      environment: { ...process.env, ...environment },
      marker: { name: MARKER_NAME, value: this.#markerOf(server, run) },
      stdoutFile: file,
      stderrFile: file,
    });
  }

  #adopt(id: string, { pid, startTime, run }: FoundProcess, since: number): HeldServer {
    const known = this.#kept.get(id);
    if (known?.pid === pid && known.startTime === startTime)
      return { id, pid, startTime, since: known.since, end: null };
    const marker = `${MARKER_NAME}=${this.#markerOf(id, run)}`;
    this.#parts.logs.begin(id);
    const handle = adoptProcess({ clock: this.#parts.clock, pid, startTime, marker });
    return this.#note(id, { pid, startTime, run }, { handle, since });
  }

  #note(
    id: string,
    process: FoundProcess,
    { handle, since }: { readonly handle: ChildHandle; readonly since: number },
  ): HeldServer {
    const { pid, startTime } = process;
    this.#parts.claim.folder.grant(id, this.#leaseOf('running', process, since));
    this.#setAside(id);
    this.#kept.set(id, { ...process, handle, since });
    void handle.exit.then((fact) => {
      this.#bury(id, process, fact);
    });
    return { id, pid, startTime, since, end: null };
  }

  #setAside(id: string): void {
    const former = this.#kept.get(id);
    if (former !== undefined) this.#past.set(nameProcess(former), former.handle);
    const [oldest] = this.#past.keys();
    if (oldest !== undefined && this.#past.size > MOST_PAST) this.#past.delete(oldest);
  }

  #bury(id: string, { pid, startTime }: FoundProcess, fact: ExitFact): void {
    const { claim, tell } = this.#parts;
    const lease = claim.folder.lease(id);
    // By now it may be about another process, which another agent has started; or its parent has noted how it ended.
    const isOurs = lease?.pid === pid && lease.startTime === startTime;
    const { code, signal } = isOurs && lease.state === 'ended' ? lease : fact;
    if (isOurs && lease.state === 'running')
      claim.folder.grant(id, { ...lease, state: 'ended', code, signal });
    const end = { code, signal, lastWords: this.#lastWords(id) };
    tell({ news: 'ended', server: id, pid, startTime, end });
  }

  #lastWords(id: string): string[] {
    return this.#parts.logs.tail(id, LAST_WORDS);
  }

  #leaseOf(state: Lease['state'], { pid, startTime, run }: FoundProcess, since: number): Lease {
    return {
      run,
      state,
      epoch: this.#parts.claim.epoch,
      pid,
      startTime,
      boot: readBoot(),
      since,
      code: null,
      signal: null,
    };
  }

  #markerOf(id: string, run: string): string {
    return markerOf(this.#parts.mark, id, run);
  }

  #now(): number {
    return this.#parts.clock.wallTime();
  }
}

function nameProcess({ pid, startTime }: Pick<FoundProcess, 'pid' | 'startTime'>): string {
  return `${String(pid)}:${startTime}`;
}

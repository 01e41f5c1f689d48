import { VigilError } from '../../errors.ts';
import type { ChildHandle } from '../../process/child-handle.ts';
import type { AgentLink, LinkRhythm } from './agent-link.ts';
import type {
  AgentNews,
  AgentOrders,
  HeldServer,
  PreflightOrder,
  StartOrder,
} from './agent-protocol.ts';
import { decideFitness } from './decide-fitness.ts';
import { HostChannel, type HostChannelParts } from './host-channel.ts';
import type { HostState } from './host-machine.ts';
import { parseStarted } from './parse-agent-line.ts';
import { measureHost } from './measure-host.ts';
import { RemoteHandle } from './remote-handle.ts';

export interface RemoteHostParts extends Omit<
  HostChannelParts,
  'rhythm' | 'onNews' | 'onUp' | 'onRebooted'
> {
  /** Default: a host that is cut off is `unknown` within half a minute. */
  readonly rhythm?: LinkRhythm;
  /** It answers, and says which servers run there that nobody here has a handle of. */
  readonly onUp: (servers: readonly HeldServer[]) => void;
  /** A server that was to be started ran already. */
  readonly onFound: (server: string, since: number) => void;
  readonly onOutput: (server: string, text: string, dropped: number) => void;
}

const LINK_RHYTHM: LinkRhythm = {
  beatMs: 5000,
  silenceMs: 20_000,
  openMs: 30_000,
  answerMs: 15_000,
};
const START_MS = 30_000;

/**
 * Another machine, reached by ssh, and the servers there.
 *
 * One that does not answer is `unknown`: its servers count as running, and none is started anywhere else in their
 * place. When it is back, they are found as they are.
 */
export class RemoteHost {
  readonly name: string;
  readonly #parts: RemoteHostParts;
  readonly #channel: HostChannel;
  readonly #handles = new Map<string, RemoteHandle>();
  /** Up to where the output of a server was told, in bytes; null: nothing yet. */
  readonly #followed = new Map<string, number | null>();
  readonly #lastWords = new Map<string, readonly string[]>();
  #found: readonly HeldServer[] = [];
  #isShared = false;

  constructor(parts: RemoteHostParts) {
    this.#parts = parts;
    this.name = parts.host;
    this.#channel = new HostChannel({
      ...parts,
      rhythm: parts.rhythm ?? LINK_RHYTHM,
      onNews: (news) => {
        this.#hear(news);
      },
      onUp: (servers, isShared) => {
        this.#isShared = isShared;
        this.#meet(servers);
      },
      onRebooted: () => {
        this.#buryAll();
      },
    });
  }

  get state(): HostState {
    return this.#channel.state;
  }

  /** Why it does not answer; null while it does. */
  get trouble(): VigilError | null {
    return this.#channel.trouble;
  }

  /** Settles when it was reached for the first time, or could not be. */
  get answered(): Promise<void> {
    return this.#channel.answered;
  }

  /** Nothing was heard of it for longer than it takes to answer, though it may not be given up yet. */
  get isSilent(): boolean {
    return this.#channel.isSilent;
  }

  /** Waits no more for what is to become of its servers. @returns those of which a process may run there */
  abandon(): string[] {
    const left = [...this.#handles.values()].filter(({ isOver }) => !isOver);
    const spawnError = this.trouble ?? this.#unreachable('does not answer');
    for (const handle of left) handle.end({ spawnError });
    return left.filter(({ identity }) => identity.pid !== null).map(({ server }) => server);
  }

  /** Connects, and goes on trying until `close`. */
  open(): void {
    this.#channel.open();
  }

  /** A process of that server runs there, and somebody here has a handle of it. */
  holds(server: string): boolean {
    return this.#handles.get(server)?.isOver === false;
  }

  /** A process of a server that runs there and that nobody here has a handle of. */
  found(server: string): HeldServer | null {
    if (this.holds(server)) return null;
    return this.#found.find(({ id, end }) => id === server && end === null) ?? null;
  }

  /** What it lacks to run servers, each in one clause. @throws ERR_FLEET_HOST_… it cannot be asked */
  async preflight(order: PreflightOrder): Promise<string[]> {
    const { facts, skewMs } = await measureHost(this.#channel.link, this.#parts.clock, order);
    return decideFitness(facts, order, skewMs);
  }

  /** Starts a server, or finds it running; the handle of one that cannot be started is over at once and says why. */
  start(order: StartOrder): ChildHandle {
    const handle = this.#createHandle(order.server);
    void this.answered.then(() => this.#start(handle, order));
    return handle;
  }

  /** Takes over a process that was `found`. */
  adopt(server: string, process: Pick<HeldServer, 'pid' | 'startTime'>): ChildHandle {
    const handle = this.#createHandle(server);
    handle.bind(process);
    return handle;
  }

  /** What a server wrote before its last end; none while it runs. */
  lastWords(server: string): readonly string[] {
    return this.#lastWords.get(server) ?? [];
  }

  /** The last lines of what a server has written. @throws ERR_FLEET_HOST_… it cannot be asked */
  async tail(server: string, count: number): Promise<string[]> {
    const { lines } = await this.#channel.link.order('tail', { server, count });
    return Array.isArray(lines) ? lines.filter((line) => typeof line === 'string') : [];
  }

  /** What its servers write is on this machine as well: the directory of the application is the same. */
  get isShared(): boolean {
    return this.#isShared;
  }

  /** Wants what a server writes from now on, by `onOutput`; what it writes while the host is away comes later. */
  follow(server: string, isWanted: boolean): void {
    if (isWanted) this.#followed.set(server, this.#followed.get(server) ?? null);
    else this.#followed.delete(server);
    if (this.state !== 'up') return;
    const from = this.#followed.get(server) ?? null;
    this.#channel.link.order('follow', { server, isWanted, from }).catch(() => undefined);
  }

  /** Binds a running server to processors. @throws ERR_FLEET_HOST_… it could not be done */
  async pin(server: string, cpus: string): Promise<void> {
    await this.#channel.link.order('pin', { server, cpus });
  }

  /** Ends the channel. What runs there goes on, and is in the hands of the next master. */
  close(): Promise<void> {
    return this.#channel.close();
  }

  #createHandle(server: string): RemoteHandle {
    this.#lastWords.delete(server);
    const handle: RemoteHandle = new RemoteHandle({
      server,
      host: this.name,
      isTied: this.#parts.claim.isTied,
      signal: ({ pid, startTime }, signal) => this.#signal({ server, pid, startTime, signal }),
    });
    this.#handles.set(server, handle);
    return handle;
  }

  async #signal(order: AgentOrders['signal']['order']): Promise<number> {
    if (this.state !== 'up') return 0;
    const answer = await this.#channel.link.order('signal', order).catch(() => null);
    return Number(answer?.['reached'] ?? 0);
  }

  async #start(handle: RemoteHandle, order: StartOrder): Promise<void> {
    if (handle.isUnwanted || this.state !== 'up') {
      handle.end({ spawnError: this.trouble ?? this.#unreachable('was not asked any more') });
      return;
    }
    const { link } = this.#channel;
    handle.isOrdered = true;
    try {
      const started = parseStarted(await link.order('start', order, START_MS));
      if (started === null) throw this.#unreachable('says what cannot be understood');
      handle.bind(started);
      if (started.wasFound) this.#parts.onFound(order.server, started.since);
    } catch (error) {
      this.#noteFailure(handle, link, error as VigilError);
    }
  }

  #noteFailure(handle: RemoteHandle, link: AgentLink, error: VigilError): void {
    // Whether it was carried out shows when the host answers again.
    if (error.code === 'ERR_FLEET_HOST_UNREACHABLE') link.close(error);
    else handle.end({ spawnError: error });
  }

  #hear(news: AgentNews): void {
    if (news.news === 'output') {
      if (this.#followed.has(news.server)) this.#followed.set(news.server, news.offset);
      this.#parts.onOutput(news.server, news.text, news.dropped);
      return;
    }
    const { server, pid, end } = news;
    this.#found = this.#found.filter((held) => held.id !== server || held.pid !== pid);
    const handle = this.#handles.get(server);
    if (handle?.isSame(news) === true) this.#endHandle(handle, end);
  }

  #endHandle(handle: RemoteHandle, end: HeldServer['end']): void {
    this.#lastWords.set(handle.server, end?.lastWords ?? []);
    handle.end({ code: end?.code ?? null, signal: end?.signal ?? null });
  }

  #meet(servers: readonly HeldServer[]): void {
    this.#found = servers;
    for (const handle of this.#handles.values()) if (!handle.isOver) this.#compare(handle);
    for (const server of this.#followed.keys()) this.follow(server, true);
    this.#parts.onUp(servers.filter(({ id }) => this.found(id) !== null));
  }

  /** What the host says of a server whose process we know, or whose start was not answered. */
  #compare(handle: RemoteHandle): void {
    const held = this.#found.find(({ id }) => id === handle.server) ?? null;
    if (handle.identity.pid === null) this.#compareUnanswered(handle, held);
    else if (held === null || !handle.isSame(held)) this.#endHandle(handle, null);
    else if (held.end !== null) this.#endHandle(handle, held.end);
    else handle.payOwed();
  }

  #compareUnanswered(handle: RemoteHandle, held: HeldServer | null): void {
    if (held?.end === null) handle.bind(held);
    else if (handle.isOrdered)
      handle.end({ spawnError: this.#unreachable('was lost before it had started the server') });
  }

  #buryAll(): void {
    for (const handle of this.#handles.values())
      if (!handle.isOver && handle.identity.pid !== null) this.#endHandle(handle, null);
  }

  #unreachable(what: string): VigilError {
    return new VigilError('ERR_FLEET_HOST_UNREACHABLE', `host ${this.name} ${what}`);
  }
}

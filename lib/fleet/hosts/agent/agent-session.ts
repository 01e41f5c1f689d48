import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { readFileSync, statSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { type Clock, type Timer, waitFor } from '../../../util/clock.ts';
import { createDeferred } from '../../../util/deferred.ts';
import { readBoot } from '../../../util/record-file.ts';
import { hashShortly } from '../../../util/short-hash.ts';
import { FleetLogs } from '../../master/fleet-logs.ts';
import {
  AGENT_PROTOCOL,
  type AgentNews,
  type AgentOrders,
  type AgentVerb,
  BANNER,
  type ClaimOrder,
} from '../agent-protocol.ts';
import { MessageLines } from '../message-lines.ts';
import { AgentRefusal } from './agent-refusal.ts';
import { Claim } from './claim.ts';
import { examineHost } from './examine-host.ts';
import { LeaseFolder } from './lease-folder.ts';
import { OutputFollower } from './output-follower.ts';
import { type Order, parseOrder } from './parse-order.ts';
import { ServerKeep } from './server-keep.ts';

export interface AgentSessionParts {
  readonly clock: Clock;
  readonly input: Readable;
  readonly output: Writable;
  /** What was read of the input before. */
  readonly rest: Buffer;
}

interface Held {
  readonly claim: Claim;
  readonly keep: ServerKeep;
  readonly logs: FleetLogs;
  readonly follower: OutputFollower;
  readonly order: ClaimOrder;
}

const MAX_LOG_BYTES = 10 * 1024 * 1024;
const MOST_WAITING_BYTES = 1024 * 1024;
const UNCLAIMED_MS = 60_000;
/** A master that has gone may be back at once, and takes its servers over as they run. */
const RETURN_MS = 10_000;
const TERM_MS = 5000;
/** Heard of so lately, a channel that ends has been closed; else its link was cut before. */
const FRESH_MS = 15_000;

/** One channel to a master, from its hello to its end: takes orders, one a line, and answers each. */
export class AgentSession {
  /** Settles when nothing is left to be done. */
  readonly ended: Promise<void>;
  readonly #parts: AgentSessionParts;
  readonly #ended = createDeferred();
  readonly #lines = new MessageLines();
  #held: Held | null = null;
  #heardAt: number;
  #timer: Timer | null = null;
  #isOver = false;

  constructor(parts: AgentSessionParts) {
    this.#parts = parts;
    this.ended = this.#ended.promise;
    this.#heardAt = parts.clock.now();
  }

  open(): void {
    const { input, output, rest } = this.#parts;
    const end = (): void => {
      void this.#end(true);
    };
    output.on('error', end);
    input.on('error', end).on('end', end).on('close', end);
    input.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
    const hello = {
      protocol: AGENT_PROTOCOL,
      node: process.versions.node,
      platform: process.platform,
      boot: readBoot(),
    };
    output.write(`${BANNER}${JSON.stringify({ hello })}\n`);
    this.#watchSilence();
    this.#take(rest);
  }

  #take(chunk: Buffer): void {
    this.#heardAt = this.#parts.clock.now();
    const { lines, isTooLong } = this.#lines.push(chunk);
    for (const line of lines) {
      const order = parseOrder(line);
      if (order?.verb === null)
        this.#refuse(order.id, new AgentRefusal('malformed', 'no such order'));
      else if (order !== null) void this.#answer(order);
    }
    if (isTooLong) void this.#end(false);
  }

  async #answer({ id, verb, order }: Order): Promise<void> {
    try {
      const answer = await Promise.resolve<object>(this.#orders[verb](order as never));
      this.#say({ id, answer });
      if (verb === 'bye') await this.#end(false);
    } catch (error) {
      this.#refuse(id, error as Error);
    }
  }

  #refuse(id: number, error: Error): void {
    const kind = error instanceof AgentRefusal ? error.kind : 'failed';
    this.#say({ id, refusal: { kind, message: error.message } });
  }

  readonly #orders: {
    readonly [V in AgentVerb]: (
      order: AgentOrders[V]['order'],
    ) => AgentOrders[V]['answer'] | Promise<AgentOrders[V]['answer']>;
  } = {
    claim: (order) => this.#claim(order),
    beat: () => {
      this.#held?.claim.noteOwner();
      return { wallTime: this.#parts.clock.wallTime() };
    },
    preflight: (order) => examineHost(order),
    start: (order) => this.#holding().keep.start(order),
    signal: async (order) => ({ reached: await this.#holding().keep.signal(order) }),
    pin: ({ server, cpus }) => {
      this.#holding().keep.pin(server, cpus);
      return {};
    },
    tail: ({ server, count }) => ({ lines: this.#holding().logs.tail(server, count) }),
    follow: ({ server, isWanted, from }) => {
      const { follower } = this.#holding();
      if (isWanted) follower.follow(server, from);
      else follower.unfollow(server);
      return {};
    },
    bye: () => {
      this.#held?.keep.forgetEnded();
      this.#held?.claim.release();
      return {};
    },
  };

  async #claim(order: ClaimOrder): Promise<AgentOrders['claim']['answer']> {
    if (this.#held !== null) throw new AgentRefusal('malformed', 'the fleet was claimed before');
    const { clock } = this.#parts;
    if (statSync(order.base, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new AgentRefusal('unfit', `the directory ${order.base} is not there`);
    // A master that runs on the very same machine must not take its servers for local ones.
    const mark = `${order.fleet}.${hashShortly(order.host)}`;
    const place = [nameMachine(), mark];
    const folder = new LeaseFolder(join(homedir(), '.cache', 'vigil', 'fleets', ...place));
    const claim = new Claim(folder, order.owner, clock);
    const logs = new FleetLogs({
      clock,
      directory: join(order.base, 'logs'),
      maxBytes: MAX_LOG_BYTES,
    });
    const follower = new OutputFollower({
      clock,
      fileOf: (id) => logs.fileOf(id),
      isFull: () => this.#parts.output.writableLength > MOST_WAITING_BYTES,
      tell: (output) => {
        this.#say({ news: 'output', ...output });
      },
    });
    const keep = new ServerKeep({
      clock,
      claim,
      mark,
      logs,
      tell: (news) => {
        this.#tell(news);
      },
    });
    this.#held = { claim, keep, logs, follower, order };
    logs.watch();
    this.#watchSilence();
    return { servers: await keep.takeOver(), isShared: holds(order.here) };
  }

  #tell(news: AgentNews): void {
    // What it wrote last comes before its end.
    this.#held?.follower.readNow(news.server);
    this.#say(news);
  }

  #holding(): Held {
    if (this.#held === null) throw new AgentRefusal('malformed', 'the fleet was not claimed');
    return this.#held;
  }

  #say(message: object): void {
    if (!this.#isOver) this.#parts.output.write(`${JSON.stringify(message)}\n`);
  }

  /** A link that was cut says nothing, not even that it has ended. */
  #watchSilence(): void {
    this.#timer?.cancel();
    const allowedMs = this.#held?.order.silenceMs ?? UNCLAIMED_MS;
    const leftMs = this.#heardAt + allowedMs - this.#parts.clock.now();
    if (leftMs <= 0) void this.#end(false);
    else
      this.#timer = this.#parts.clock.setTimer(leftMs, () => {
        this.#watchSilence();
      });
  }

  /** The servers live on, unless they are to end with a master that has closed the channel and does not come back. */
  async #end(wasClosed: boolean): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const { clock, input, output } = this.#parts;
    const isFresh = clock.now() - this.#heardAt < FRESH_MS;
    this.#timer?.cancel();
    this.#held?.follower.close();
    input.destroy();
    output.end();
    if (wasClosed && isFresh) await this.#endTied();
    this.#ended.resolve();
  }

  async #endTied(): Promise<void> {
    if (this.#held?.order.isTied !== true) return;
    const { keep, claim } = this.#held;
    await waitFor(this.#parts.clock, RETURN_MS);
    if (!claim.isFenced) await keep.endAll(TERM_MS);
  }
}

function holds({ path, key }: ClaimOrder['here']): boolean {
  try {
    return readFileSync(path, 'utf8') === key;
  } catch {
    return false;
  }
}

/** Homes may be shared between machines; processes are not. */
function nameMachine(): string {
  try {
    return hashShortly(readFileSync('/etc/machine-id', 'utf8').trim());
  } catch {
    return hashShortly(hostname());
  }
}

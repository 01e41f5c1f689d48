import { randomUUID } from 'node:crypto';
import { type Clock, type Timer, waitFor } from '../../util/clock.ts';
import { EventStream } from '../../util/event-stream.ts';
import type { WebSocketConnection } from '../../websocket/web-socket-connection.ts';
import type { Broker } from '../broker.ts';
import type { ResolvedJobsOptions } from '../resolve-jobs-options.ts';
import { ClientConnection } from './client-connection.ts';
import type { ClientLine } from './client-line.ts';
import { IsoStamp } from '../../util/iso-stamp.ts';
import { FairWindow } from './fair-window.ts';
import type { JobEvent, JobEventBody } from './job-event.ts';
import { JobHistories } from './job-history.ts';
import { JobDriver } from './job-driver.ts';
import { JobKeeper } from './job-keeper.ts';
import { JobRoster } from './job-roster.ts';
import { MailRoom } from './mail-room.ts';
import { NoteBook } from './note-book.ts';
import { SessionMoves } from './session-moves.ts';
import { SessionStore } from './session-store.ts';
import { createSession } from './session-token.ts';
import { WorkerWatch } from './worker-watch.ts';

export interface GatewayDeskPorts {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly options: ResolvedJobsOptions;
  readonly warn: (text: string) => void;
  readonly isClosing: () => boolean;
}

/** Jobs that may be on their way to the broker at once. */
const WINDOW = 512;
const MOST_KEPT = 200_000;
const MOST_HISTORIES = 4000;
const SWEEP_MS = 5000;
/** Who connects as soon as the gateway is said to listen is not to be told that the broker is away. */
const REACH_MS = 3000;
/** Each job has no more than that many messages, and some more are for what is refused. */
const MESSAGES_PER_JOB = 4;

/** All of a gateway but its door: sessions, jobs, mailboxes. */
export class GatewayDesk {
  readonly id = randomUUID();
  readonly events: EventStream<JobEvent>;
  readonly sessions: SessionStore<ClientLine>;
  readonly jobs = new JobRoster();
  readonly histories = new JobHistories(MOST_HISTORIES);
  readonly window = new FairWindow<string>(WINDOW);
  readonly notes: NoteBook;
  readonly room: MailRoom;
  readonly keeper: JobKeeper;
  readonly driver: JobDriver;
  readonly #moves: SessionMoves;
  readonly #ports: GatewayDeskPorts;
  readonly #stamp: IsoStamp;
  readonly #watch: WorkerWatch | null;
  readonly #unsubscribe: () => void;
  #sweeping: Timer | null = null;
  #seq = 0;

  constructor(ports: GatewayDeskPorts) {
    this.#ports = ports;
    this.#stamp = new IsoStamp(ports.clock);
    const { broker, clock, options, warn, isClosing } = ports;
    const { maxClients, resultTtlMs, maxJobsPerClient, noWorkersMs } = options;
    const { id, jobs, histories, window } = this;
    this.events = new EventStream((error) => {
      warn(`a listener of events failed: ${String(error)}`);
    });
    this.sessions = new SessionStore(clock, {
      resultTtlMs,
      maxSessions: maxClients * 10,
      maxKept: MOST_KEPT,
    });
    const { sessions } = this;
    this.room = new MailRoom({
      ...{ broker, clock, id, jobs, warn },
      keeper: () => this.keeper,
      moves: () => this.#moves,
      notes: () => this.notes,
    });
    const { room } = this;
    this.notes = new NoteBook({
      ...{ clock, by: id },
      post: async (note) => {
        await room.post(id, note);
      },
    });
    const { notes, tell } = this;
    const address = (): string | null => room.address;
    const driver = new JobDriver({
      ...{ broker, clock, sessions, jobs, histories, notes, address, tell },
    });
    this.driver = driver;
    this.keeper = new JobKeeper({
      ...{ broker, clock, sessions, jobs, driver, window, notes, address, isClosing },
      maxJobsPerClient,
    });
    const { keeper } = this;
    this.#moves = new SessionMoves({ clock, id, room, keeper, driver, jobs, sessions });
    this.#watch =
      noWorkersMs === null
        ? null
        : new WorkerWatch({ broker, clock, jobs, keeper, patienceMs: noWorkersMs });
    this.#unsubscribe = broker.onState((state) => {
      this.tell({ type: 'broker.changed', state });
      if (state === 'up') driver.retryCallingOff();
    });
  }

  /** Begins to reach for the broker; resolves when it has, or when that takes its time. */
  async start(): Promise<void> {
    const { clock } = this.#ports;
    const opened = this.room.open();
    this.#watch?.start();
    this.#armSweep();
    const enough = new AbortController();
    await Promise.race([opened, waitFor(clock, REACH_MS, enough.signal)]);
    enough.abort();
  }

  /** A client has connected. */
  welcome(
    socket: WebSocketConnection,
    { weight, address }: { readonly weight: number; readonly address: string },
  ): void {
    const session = createSession(this.id);
    const { keeper, sessions } = this;
    this.tell({ type: 'client.joined', client: session.clientId, address });
    const { refused } = this.driver.counts;
    new ClientConnection(
      socket,
      {
        ...{ keeper, sessions, tell: this.tell },
        find: (wanted) => this.#moves.find(wanted),
        count: (code) => refused.set(code, (refused.get(code) ?? 0) + 1),
        maxWaiting: this.#ports.options.maxJobsPerClient * MESSAGES_PER_JOB + 1000,
      },
      { session, weight },
    );
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    this.#watch?.stop();
    this.#sweeping?.cancel();
    await this.notes.close();
    await this.room.close();
    // What they wait for is the next gateway's.
    for (const job of this.jobs) job.timer?.cancel();
  }

  readonly tell = (body: JobEventBody): void => {
    this.#seq += 1;
    const begin = { type: body.type, at: this.#stamp.now(), seq: this.#seq };
    this.events.publish(Object.assign(begin, body));
  };

  #armSweep(): void {
    this.#sweeping = this.#ports.clock.setTimer(SWEEP_MS, () => {
      this.sessions.sweep();
      this.#moves.sweep();
      this.#armSweep();
    });
    this.#sweeping.unref();
  }
}

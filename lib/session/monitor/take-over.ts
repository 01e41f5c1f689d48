import { VigilError } from '../../errors.ts';
import type { HeldSockets } from '../../process/listener/held-sockets.ts';
import { describeRollback } from '../../process/rollback-reason.ts';
import { type Clock, waitFor } from '../../util/clock.ts';
import type { SessionEngine } from './session-engine.ts';
import { isAlive, lockSession, readLockHolder } from './session-lock.ts';
import type { Predecessor } from './take-over-begin.ts';

export interface TakeOverParts {
  readonly predecessor: Predecessor;
  readonly held: HeldSockets;
  readonly clock: Clock;
}

const EXIT_FAILED = 1;
const LOOK_EVERY_MS = 50;
/** Said after a second, and then again and again. */
const FIRST_WORD_MS = 1000;
const NEXT_WORD_MS = 10_000;
/** What was to be written after the old monitor's last word is written by then. */
const LONGEST_WAIT_MS = 10 * 60_000;

/**
 * The new monitor's part of a take-over. Its server starts on the sockets of the old one, without
 * accepting; once it is ready the old monitor is told to end, and what both would use, control socket,
 * event log and mail spool, is opened. If it does not become ready, this process ends and nothing has changed.
 */
export class TakeOver {
  readonly #predecessor: Predecessor;
  readonly #held: HeldSockets;
  readonly #clock: Clock;
  #openServices: (predecessorGone: Promise<void>) => void = () => undefined;

  constructor({ predecessor, held, clock }: TakeOverParts) {
    this.#predecessor = predecessor;
    this.#held = held;
    this.#clock = clock;
    for (const { query, handle, speaksHttp } of predecessor.sockets)
      held.share(query, handle, speaksHttp);
  }

  /** Keeps the opening of the services for the moment when the session is this monitor's. */
  readonly holdServices = (open: (predecessorGone: Promise<void>) => void): void => {
    this.#openServices = open;
  };

  /** How often the service manager wants to hear of whoever runs the session; null when it does not. */
  get watchdogMs(): number | null {
    return this.#predecessor.watchdogMs;
  }

  conduct(engine: SessionEngine): void {
    const { pid } = this.#predecessor.holder;
    const count = this.#predecessor.sockets.length;
    engine.log(
      'info',
      `taking over from the monitor with pid ${String(pid)}, which serves on until the new server is ready; listening sockets taken: ${String(count)}`,
    );
    const unsubscribe = engine.journal.stream.subscribe((event) => {
      if (event.type === 'worker.ready') {
        unsubscribe();
        void this.#conclude(engine);
      } else if (event.type === 'worker.exited') {
        unsubscribe();
        // Told to end meanwhile, it has not failed.
        if (!event.expected) this.#fail(engine, describeRollback(engine.supervisor.lastDeath));
      }
    });
  }

  async #conclude(engine: SessionEngine): Promise<void> {
    const queries = engine.supervisor.servers.flatMap((server) => server.sockets?.lent ?? []);
    try {
      await this.#replacePredecessor(engine, queries);
    } catch (error) {
      this.#fail(engine, error instanceof Error ? error.message : String(error));
      return;
    }
    engine.supervisor.server?.life.promote();
    for (const { query, isForeign } of this.#predecessor.sockets)
      if (!isForeign) this.#held.own(query);
    engine.log('info', `took over from the monitor with pid ${String(this.#pid)}`);
    engine.services.serviceManager?.takeOver();
    this.#openServices(this.#waitUntilGone(engine));
  }

  get #pid(): number {
    return this.#predecessor.holder.pid;
  }

  async #replacePredecessor(engine: SessionEngine, queries: readonly unknown[]): Promise<void> {
    const { client, holder } = this.#predecessor;
    const { stateDirectory, name } = engine.live.current;
    try {
      await client.request('POST', '/take-over/conclude', { pid: process.pid, queries });
    } catch (error) {
      const found = readLockHolder(stateDirectory);
      if (found?.pid === process.pid) return;
      // Killed in the meantime, it has left its lock behind; had it ended in order, the session was to end.
      if (found === null || found.pid !== holder.pid || isAlive(holder)) throw error;
      lockSession(stateDirectory, name);
    }
  }

  #fail(engine: SessionEngine, reason: string): void {
    const { holder } = this.#predecessor;
    const outcome = isAlive(holder)
      ? `the monitor with pid ${String(this.#pid)} goes on: ${reason}`
      : `it was ended by the monitor with pid ${String(this.#pid)}`;
    const failure = new VigilError(
      'ERR_TAKE_OVER_FAILED',
      `the session was not taken over, ${outcome}`,
    );
    engine.log('error', `${failure.code}: ${failure.message}`);
    engine.end({ reason: 'the take-over failed', graceful: false, exitCode: EXIT_FAILED });
  }

  async #waitUntilGone(engine: SessionEngine): Promise<void> {
    const startedAt = this.#clock.now();
    let sayAt = FIRST_WORD_MS;
    for (let waitedMs = 0; waitedMs < LONGEST_WAIT_MS;) {
      if (!isAlive(this.#predecessor.holder)) {
        engine.log('info', `the monitor with pid ${String(this.#pid)} has ended`);
        return;
      }
      await waitFor(this.#clock, LOOK_EVERY_MS);
      waitedMs = this.#clock.now() - startedAt;
      if (waitedMs < sayAt) continue;
      sayAt += NEXT_WORD_MS;
      const seconds = String(Math.round(waitedMs / 1000));
      engine.log(
        'info',
        `the monitor with pid ${String(this.#pid)} finishes its open connections (${seconds} s)`,
      );
    }
  }
}

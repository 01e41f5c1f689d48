import { VigilError } from '../../errors.ts';
import { type Clock, waitFor } from '../../util/clock.ts';
import type { EventStream } from '../../util/event-stream.ts';
import type { FleetEvent, FleetEventBody } from './fleet-event.ts';
import type { FleetServer } from './fleet-server.ts';
import type { FleetSettings } from './fleet-settings.ts';
import type { ServerKeeper } from './server-keeper.ts';

export interface RollingRestartParts {
  readonly clock: Clock;
  readonly settings: FleetSettings;
  readonly keeper: ServerKeeper;
  readonly events: EventStream<FleetEvent>;
  readonly tell: (body: FleetEventBody) => void;
}

/** What became of a rolling restart. */
export interface RollOutcome {
  readonly restarted: readonly string[];
  /** The one that did not become ready again, or did not stay so; null when all did. */
  readonly failed: { readonly id: string; readonly reason: string } | null;
  /** Those that were not touched. */
  readonly left: readonly string[];
}

/**
 * Restarts servers one after the other: the next one only when the one before is ready again and stays so.
 *
 * It stops at the first that fails. What it has done is kept, also by the next master: it can be resumed.
 */
export class RollingRestart {
  readonly #parts: RollingRestartParts;
  #isRolling = false;

  constructor(parts: RollingRestartParts) {
    this.#parts = parts;
  }

  /** @throws ERR_FLEET_COMMAND while another one is under way */
  async begin(ids: readonly string[]): Promise<RollOutcome> {
    return this.#roll(ids, []);
  }

  /**
   * Goes on with the one that stopped; servers that are done already are left alone.
   *
   * @throws ERR_FLEET_COMMAND while another one is under way, or when there is nothing to resume
   */
  async resume(): Promise<RollOutcome> {
    const { roll } = this.#parts.keeper;
    if (roll === null)
      throw new VigilError(
        'ERR_FLEET_COMMAND',
        'there is no rolling restart that could be resumed',
      );
    return this.#roll(roll.ids, roll.done);
  }

  async #roll(ids: readonly string[], before: readonly string[]): Promise<RollOutcome> {
    if (this.#isRolling)
      throw new VigilError('ERR_FLEET_COMMAND', 'a rolling restart is under way already');
    this.#isRolling = true;
    try {
      return await this.#rollAll(ids, before);
    } finally {
      this.#isRolling = false;
    }
  }

  async #rollAll(ids: readonly string[], before: readonly string[]): Promise<RollOutcome> {
    const { keeper, tell } = this.#parts;
    const done = [...before];
    const waiting = ids.filter((id) => !before.includes(id));
    keeper.roll = { ids, done };
    tell({ type: 'roll.started', ids: waiting });
    for (const [index, id] of waiting.entries()) {
      const reason = await this.#restart(keeper.find(id));
      if (reason !== null) {
        const left = waiting.slice(index + 1);
        tell({ type: 'roll.stopped', id, reason, left });
        return { restarted: done, failed: { id, reason }, left };
      }
      done.push(id);
      keeper.roll = { ids, done: [...done] };
    }
    keeper.roll = null;
    tell({ type: 'roll.succeeded', ids: waiting });
    return { restarted: done, failed: null, left: [] };
  }

  /** @returns why it failed; null when it did not */
  async #restart(server: FleetServer | undefined): Promise<string | null> {
    if (server === undefined) return 'there is no such server any more';
    const { startMs, stopMs, killMs, steadyMs } = this.#parts.settings;
    server.restart();
    const isReady = await this.#waitForState(server, stopMs + 2 * killMs + startMs);
    if (isReady !== null) return isReady;
    const { pid } = server;
    await waitFor(this.#parts.clock, steadyMs);
    const isSteady = server.state === 'ready' && server.pid === pid;
    return isSteady ? null : `it did not stay ready: ${describeState(server)}`;
  }

  /** @returns why it will not be ready; null once it is */
  #waitForState(server: FleetServer, deadlineMs: number): Promise<string | null> {
    const { clock, events, keeper } = this.#parts;
    return new Promise((resolve) => {
      const end = (reason: string | null): void => {
        timer.cancel();
        unsubscribe();
        resolve(reason);
      };
      const timer = clock.setTimer(deadlineMs, () => {
        end(`it was not ready within ${String(deadlineMs / 1000)} s: ${describeState(server)}`);
      });
      const unsubscribe = events.subscribe((event) => {
        if (!('serverType' in event) || event.id !== server.entry.id) return;
        if (event.type === 'server.ready') end(null);
        else if (event.type === 'server.down' && event.end?.expected === false)
          end(describeState(server));
        else if (event.type === 'server.down' && (keeper.isEnding || !server.isWanted))
          end('it was asked to end');
      });
    });
  }
}

function describeState({ state, lastEnd }: FleetServer): string {
  if (lastEnd === null || lastEnd.expected) return `it is ${state}`;
  return `${lastEnd.cause}: ${lastEnd.evidence[0] ?? 'nothing is known of its end'}`;
}

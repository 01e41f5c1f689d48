import { VigilError } from '../../errors.ts';
import type { FleetEventBody } from './fleet-event.ts';
import type { HealthGate } from './health-gate.ts';
import type { ServerKeeper } from './server-keeper.ts';

export interface RollingRestartParts {
  readonly gate: HealthGate;
  readonly keeper: ServerKeeper;
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

  #roll(ids: readonly string[], before: readonly string[]): Promise<RollOutcome> {
    return this.#parts.gate.exclusively(() => this.#rollAll(ids, before));
  }

  async #rollAll(ids: readonly string[], before: readonly string[]): Promise<RollOutcome> {
    const { keeper, tell } = this.#parts;
    const done = [...before];
    const waiting = ids.filter((id) => !before.includes(id));
    keeper.roll = { ids, done };
    tell({ type: 'roll.started', ids: waiting });
    for (const [index, id] of waiting.entries()) {
      const reason = await this.#restart(id);
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
  async #restart(id: string): Promise<string | null> {
    const { gate, keeper } = this.#parts;
    const server = keeper.find(id);
    if (server === undefined) return 'there is no such server any more';
    return gate.pass(server, () => {
      server.restart();
    });
  }
}

import { VigilError } from '../../errors.ts';
import { type Clock, waitFor } from '../../util/clock.ts';
import type { EventStream } from '../../util/event-stream.ts';
import { findTellingLine } from '../client/find-telling-line.ts';
import type { FleetEvent } from './fleet-event.ts';
import type { FleetServer } from './fleet-server.ts';
import type { FleetSettings } from './fleet-settings.ts';
import type { ServerKeeper } from './server-keeper.ts';
import { chooseEvidence } from './choose-evidence.ts';

export interface HealthGateParts {
  readonly clock: Clock;
  readonly settings: FleetSettings;
  readonly keeper: ServerKeeper;
  readonly events: EventStream<FleetEvent>;
}

/** What every server has to pass that is changed while the others serve, before the next one is touched. */
export class HealthGate {
  readonly #parts: HealthGateParts;
  #isTaken = false;

  constructor(parts: HealthGateParts) {
    this.#parts = parts;
  }

  /** One at a time goes through all servers. @throws ERR_FLEET_COMMAND while another one is under way */
  async exclusively<T>(goThrough: () => Promise<T>): Promise<T> {
    if (this.#isTaken) {
      const text = 'servers are being restarted or changed already, one after the other';
      throw new VigilError('ERR_FLEET_COMMAND', text);
    }
    this.#isTaken = true;
    try {
      return await goThrough();
    } finally {
      this.#isTaken = false;
    }
  }

  /**
   * Changes a server, and waits until it is ready and has stayed so for a while.
   *
   * @returns why it failed; null when it did not
   */
  async pass(server: FleetServer, change: (server: FleetServer) => void): Promise<string | null> {
    const { clock, keeper, settings } = this.#parts;
    if (keeper.isEnding) return 'the fleet is ending';
    const { startMs, stopMs, killMs, steadyMs } = settings;
    change(server);
    const trouble = await this.#waitUntilReady(server, stopMs + 2 * killMs + startMs);
    if (trouble !== null) return trouble;
    const { pid } = server;
    await waitFor(clock, steadyMs);
    const isSteady = server.state === 'ready' && server.pid === pid;
    return isSteady ? null : `it did not stay ready: ${describeState(server)}`;
  }

  /** @returns why it will not be ready; null once it is */
  #waitUntilReady(server: FleetServer, deadlineMs: number): Promise<string | null> {
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
  const last = findTellingLine(lastEnd.lastWords);
  const words = last === null ? '' : `; its last words: ${last}`;
  return `${lastEnd.cause}: ${chooseEvidence(lastEnd.evidence) ?? 'nothing is known of its end'}${words}`;
}

import { Deadlines } from '../../process/deadlines.ts';
import { Doorkeeper } from '../../process/listener/doorkeeper.ts';
import type { HeldSockets } from '../../process/listener/held-sockets.ts';
import type { Clock } from '../../util/clock.ts';

/** A server that is expected back sooner than this is worth waiting for. */
const WORTH_WAITING_MS = 2000;

type Keeper = Pick<Doorkeeper, 'open' | 'close' | 'isOpen'>;

/**
 * Decides when clients are answered in the server's place.
 *
 * A held socket with nobody behind it is a black hole: connects succeed, and nothing follows.
 */
export class Doorway {
  readonly #keeper: Keeper;
  readonly #clock: Clock;
  readonly #deadlines: Deadlines<'patience'>;

  constructor(held: HeldSockets, clock: Clock, keeper: Keeper = new Doorkeeper(held)) {
    this.#keeper = keeper;
    this.#clock = clock;
    this.#deadlines = new Deadlines(clock);
    held.whenListening(() => {
      this.serverBack();
    });
  }

  /** @param nextStartAt - monotonic time of the next start, when one is waited for */
  serverGone(nextStartAt: number | null): void {
    const waitMs = nextStartAt === null ? 0 : Math.max(nextStartAt - this.#clock.now(), 0);
    if (waitMs > WORTH_WAITING_MS || this.#keeper.isOpen) {
      this.#keeper.open(waitMs);
      return;
    }
    this.#deadlines.arm('patience', WORTH_WAITING_MS, () => {
      this.#keeper.open(waitMs);
    });
  }

  /** A server process accepts connections again, or the session ends. */
  serverBack(): void {
    this.#deadlines.clearAll();
    this.#keeper.close();
  }
}

import type { Slot } from '../../process/slot.ts';
import type { SlotState } from '../../supervision/slot-machine.ts';
import type { SessionEvent } from '../session-event.ts';
import type { SessionJournal } from './session-journal.ts';

/** What a server that has changed on disk needs, by what its slot does at the moment. */
const NEEDS: Record<SlotState, 'reload' | 'start' | 'patience' | 'nothing'> = {
  running: 'reload',
  // What is broken was mended, perhaps: there is no reason left to wait.
  backingOff: 'start',
  broken: 'start',
  idle: 'patience',
  starting: 'patience',
  restarting: 'patience',
  reloading: 'patience',
  retiring: 'patience',
  stopping: 'nothing',
  stopped: 'nothing',
};

/** Replaces the server once its files have changed; what changes meanwhile leads to one more reload. */
export class ReloadOnChange {
  readonly #slot: Pick<Slot, 'state' | 'reload' | 'restart'>;
  #isWanted = false;

  constructor(slot: Pick<Slot, 'state' | 'reload' | 'restart'>, journal: SessionJournal) {
    this.#slot = slot;
    journal.stream.subscribe((event) => {
      this.#onEvent(event);
    });
  }

  /** Files have changed, and what goes on has to end before they are read. */
  get isWaiting(): boolean {
    return this.#isWanted;
  }

  changed(): void {
    this.#isWanted = true;
    this.#act();
  }

  #onEvent(event: SessionEvent): void {
    // What starts now to serve reads the files as they are.
    if (event.type === 'worker.forked' && event.standby !== true) this.#isWanted = false;
    // It is told of in the middle of a step: what the slot does next is known after it.
    if (this.#isWanted) {
      setImmediate(() => {
        this.#act();
      });
    }
  }

  #act(): void {
    if (!this.#isWanted) return;
    const need = NEEDS[this.#slot.state];
    if (need === 'patience') return;
    this.#isWanted = false;
    if (need === 'reload') void this.#slot.reload();
    else if (need === 'start') this.#slot.restart(false);
  }
}

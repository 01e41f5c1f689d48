import { createDeferred, type Deferred } from '../util/deferred.ts';
import type { ChildEvent } from './child-events.ts';
import type { ReloadVerdict } from './slot-settings.ts';

/** The reload that is under way in a slot, if any: it is settled once, and told of. */
export class PendingReload {
  readonly #tell: (event: ChildEvent) => void;
  #verdict: Deferred<ReloadVerdict> | null = null;

  constructor(tell: (event: ChildEvent) => void) {
    this.#tell = tell;
  }

  get isUndecided(): boolean {
    return this.#verdict !== null;
  }

  open(): Promise<ReloadVerdict> {
    this.#verdict = createDeferred<ReloadVerdict>();
    return this.#verdict.promise;
  }

  succeed(generation: number): void {
    if (this.#take({ outcome: 'succeeded' })) {
      this.#tell({ type: 'slot.reloadSucceeded', generation });
    }
  }

  rollBack(generation: number, reason: string): void {
    if (this.#take({ outcome: 'rolledBack', reason })) {
      this.#tell({ type: 'slot.reloadRolledBack', generation, reason });
    }
  }

  #take(verdict: ReloadVerdict): boolean {
    const undecided = this.#verdict;
    this.#verdict = null;
    undecided?.resolve(verdict);
    return undecided !== null;
  }
}

import type { ChildLife } from './child-life.ts';
import type { StopIntent } from './child-ports.ts';
import type { SlotOptions, StartPurpose } from './slot-options.ts';
import { Spare } from './spare.ts';

/** The processes that are alive for one slot, each in its place: at most one serves, one is to take over, one is spare. */
export class SlotCrew {
  readonly spare: Spare;
  readonly #start: SlotOptions['startChild'];
  readonly #alive = new Set<ChildLife>();
  readonly #clearing = new Set<Promise<void>>();
  #generation = 0;
  #current: ChildLife | null = null;
  #successor: ChildLife | null = null;

  constructor(options: SlotOptions) {
    this.#start = options.startChild;
    this.spare = new Spare({ ...options, start: () => this.#startChild('spare') });
  }

  /** The process that serves, or is about to. */
  get current(): ChildLife | null {
    return this.#current;
  }

  get successor(): ChildLife | null {
    return this.#successor;
  }

  /** Of the process that was started last. */
  get generation(): number {
    return this.#generation;
  }

  get isEmpty(): boolean {
    return this.#alive.size === 0;
  }

  // Each is in its place before it begins, as it tells of itself at once.
  fork(): void {
    this.#current = this.#startChild('current');
    this.#current.begin();
  }

  forkSuccessor(): void {
    this.#successor = this.#startChild('successor');
    this.#successor.begin();
  }

  /** Lets the successor serve. @returns the process in whose place it is now */
  promoteSuccessor(): ChildLife | null {
    const predecessor = this.#current;
    this.#current = this.#successor;
    this.#successor = null;
    this.#current?.promote();
    return predecessor;
  }

  discardSuccessor(): void {
    void this.#successor?.kill('reload');
    this.#successor = null;
  }

  /** Puts the spare in the place of a process that is gone, for which a start would have waited `delayMs`. */
  seatSpare(delayMs: number): ChildLife | null {
    this.#current = this.spare.take();
    this.spare.delayNext(delayMs);
    return this.#current;
  }

  /** @returns in whose place the dead process was */
  bury(life: ChildLife): 'current' | 'successor' | 'spare' | 'predecessor' {
    this.#alive.delete(life);
    const clearing = life.cleared.then(() => void this.#clearing.delete(clearing));
    this.#clearing.add(clearing);
    if (life === this.#current) {
      this.#current = null;
      return 'current';
    }
    if (life === this.#successor) {
      this.#successor = null;
      return 'successor';
    }
    return this.spare.noteDeath(life) ? 'spare' : 'predecessor';
  }

  /** Ends them all; who has not begun to serve has nothing to finish, unless it has stood by in order. */
  endAll(force: boolean, intent: StopIntent): void {
    this.spare.close();
    for (const life of this.#alive) {
      const isOfUse = life === this.#current || life.readyAt !== null || life.state === 'standby';
      void (force || !isOfUse ? life.kill(intent) : life.stop(intent));
    }
  }

  /** Ends in order who is left, and settles when nothing is left of them all, nor of what they had started. */
  async clear(): Promise<void> {
    this.spare.close();
    await Promise.all([...this.#alive].map((life) => life.stop('session-end')));
    await Promise.all([...this.#clearing]);
  }

  #startChild(purpose: StartPurpose): ChildLife {
    this.#generation += 1;
    const life = this.#start(this.#generation, purpose);
    this.#alive.add(life);
    return life;
  }
}

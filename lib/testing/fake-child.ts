import type { ChildHandle, ChildIdentity, ExitFact } from '../process/child-handle.ts';
import { createDeferred } from '../util/deferred.ts';

export interface FakeChildOptions {
  /** Null: a process that could not be started. Default 1000. */
  readonly pid?: number | null;
  /** Signals it ends of; default SIGTERM and SIGKILL. */
  readonly endsOf?: readonly NodeJS.Signals[];
  /** How many processes it leaves running when it ends; they end of the same signals. Default 0. */
  readonly leftovers?: number;
  readonly fate?: ChildHandle['fate'];
}

/** A process that exists only in a test: it ends when the test says so, or of a signal. */
export class FakeChild implements ChildHandle {
  readonly identity: ChildIdentity;
  readonly fate: ChildHandle['fate'];
  readonly channel = null;
  readonly stdout = null;
  readonly stderr = null;
  readonly exit: Promise<ExitFact>;
  /** Every signal it was sent, in order, those after its end included. */
  readonly signals: NodeJS.Signals[] = [];
  readonly #exit = createDeferred<ExitFact>();
  readonly #endsOf: readonly NodeJS.Signals[];
  #leftovers: number;
  #isAlive = true;

  constructor(options: FakeChildOptions = {}) {
    const { pid = 1000, endsOf = ['SIGTERM', 'SIGKILL'], leftovers = 0, fate } = options;
    this.identity = { pid, startTime: null, host: null };
    this.fate = fate ?? 'diesWithSupervisor';
    this.#endsOf = endsOf;
    this.#leftovers = leftovers;
    this.exit = this.#exit.promise;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** The process ends; a second end changes nothing. */
  end(fact: Partial<ExitFact> = {}): void {
    this.#isAlive = false;
    this.#exit.resolve({ code: null, signal: null, spawnError: null, ...fact });
  }

  signalTree(signal: NodeJS.Signals): Promise<number> {
    this.signals.push(signal);
    const reached = this.#leftovers + (this.#isAlive ? 1 : 0);
    if (this.#endsOf.includes(signal)) {
      this.#leftovers = this.#isAlive ? this.#leftovers : 0;
      if (this.#isAlive) this.end({ signal });
    }
    return Promise.resolve(reached);
  }
}

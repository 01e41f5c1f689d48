import type { ChildHandle, ChildIdentity, ExitFact } from '../../process/child-handle.ts';
import { createDeferred } from '../../util/deferred.ts';
import type { HeldServer } from './agent-protocol.ts';

export interface RemoteHandleParts {
  readonly server: string;
  readonly host: string;
  readonly isTied: boolean;
  /** Gives how many were reached; none when the host does not answer. */
  readonly signal: (
    process: Pick<HeldServer, 'pid' | 'startTime'>,
    signal: NodeJS.Signals,
  ) => Promise<number>;
}

/**
 * The handle of a process on another host. What becomes of it is told by the host alone: as long as that does not
 * answer, the process counts as running, and signals reach nobody.
 */
export class RemoteHandle implements ChildHandle {
  readonly fate: ChildHandle['fate'];
  readonly channel = null;
  readonly stdout = null;
  readonly stderr = null;
  readonly exit: Promise<ExitFact>;
  readonly server: string;
  /** The host was told to start it. */
  isOrdered = false;
  readonly #parts: RemoteHandleParts;
  readonly #exit = createDeferred<ExitFact>();
  #identity: ChildIdentity;
  #isOver = false;
  /** What it was sent while it could not be reached: that of the two that says more. */
  #owed: NodeJS.Signals | null = null;

  constructor(parts: RemoteHandleParts) {
    this.#parts = parts;
    this.server = parts.server;
    this.fate = parts.isTied ? 'diesWithSupervisor' : 'survivesSupervisor';
    this.exit = this.#exit.promise;
    this.#identity = { pid: null, startTime: null, host: parts.host };
  }

  /** Its pid is known once the host has told it. */
  get identity(): ChildIdentity {
    return this.#identity;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Somebody wanted its end before it was there. */
  get isUnwanted(): boolean {
    return this.#owed !== null;
  }

  /** The host has said which process it is. */
  bind({ pid, startTime }: Pick<HeldServer, 'pid' | 'startTime'>): void {
    this.#identity = { ...this.#identity, pid, startTime };
    this.payOwed();
  }

  isSame({ pid, startTime }: Pick<HeldServer, 'pid' | 'startTime'>): boolean {
    return this.#identity.pid === pid && this.#identity.startTime === startTime;
  }

  /** It is over, by the word of the host, or was never there. */
  end(fact: Partial<ExitFact>): void {
    this.#isOver = true;
    this.#exit.resolve({ code: null, signal: null, spawnError: null, ...fact });
  }

  async signalTree(signal: NodeJS.Signals): Promise<number> {
    if (!this.#isOver && isEnding(signal))
      this.#owed = this.#owed === 'SIGKILL' ? 'SIGKILL' : signal;
    // Before that there is nothing that could be named.
    const { pid, startTime } = this.#identity;
    if (pid === null || startTime === null) return 0;
    const reached = await this.#parts.signal({ pid, startTime }, signal);
    if (reached > 0) this.#owed = null;
    return reached;
  }

  /** Sends what could not be sent. */
  payOwed(): void {
    if (this.#owed !== null && !this.#isOver) void this.signalTree(this.#owed);
  }
}

function isEnding(signal: NodeJS.Signals): boolean {
  return signal === 'SIGTERM' || signal === 'SIGKILL';
}

import type { Clock } from '../../../util/clock.ts';
import { createRandomKey } from '../../../util/random-key.ts';
import { AgentRefusal } from './agent-refusal.ts';
import type { Fence, LeaseFolder } from './lease-folder.ts';

/** A master that was heard of in that time is still there. */
const HELD_MS = 60_000;

/** The right of one agent to give orders for the servers of a fleet, until the next claim takes it away. */
export class Claim {
  readonly folder: LeaseFolder;
  readonly epoch: number;
  readonly #key = createRandomKey();
  readonly #clock: Clock;

  /** @throws AgentRefusal `held` when the master of another machine has the fleet and was heard of lately */
  constructor(folder: LeaseFolder, owner: string, clock: Clock) {
    const fence = folder.fence();
    if (fence !== null && fence.owner !== owner) checkOwner(folder, fence, clock.wallTime());
    this.folder = folder;
    this.epoch = (fence?.epoch ?? 0) + 1;
    this.#clock = clock;
    folder.raiseFence({ epoch: this.epoch, claim: this.#key, owner });
    this.noteOwner();
    // Of two that claim at once the last stays.
    this.check();
  }

  /** @throws AgentRefusal `fenced` when a later claim was made */
  check(): void {
    const fence = this.folder.fence();
    if (fence?.claim === this.#key) return;
    throw new AgentRefusal(
      'fenced',
      `the orders of claim ${String(this.epoch)} are refused: claim ${String(fence?.epoch)} was made since`,
    );
  }

  get isFenced(): boolean {
    return this.folder.fence()?.claim !== this.#key;
  }

  /** The owner was heard of. The fence itself is written once: it might be that of another by now. */
  noteOwner(): void {
    this.folder.noteSighting({ claim: this.#key, seenAt: this.#clock.wallTime() });
  }

  /** The owner goes: a master of another machine may claim the fleet from now on. */
  release(): void {
    this.folder.noteSighting({ claim: this.#key, seenAt: 0 });
  }
}

function checkOwner(folder: LeaseFolder, { claim, owner }: Fence, now: number): void {
  const sighting = folder.sighting();
  const ageMs = now - (sighting?.claim === claim ? sighting.seenAt : 0);
  if (ageMs < 0 || ageMs >= HELD_MS) return;
  const seconds = String(Math.round(ageMs / 1000));
  throw new AgentRefusal(
    'held',
    `the master ${owner} has the servers of this fleet here, and was heard of ${seconds} s ago`,
  );
}

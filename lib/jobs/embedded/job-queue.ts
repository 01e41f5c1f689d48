import { HIGHEST_PRIORITY } from '../broker.ts';
import { Fifo } from './fifo.ts';
import type { HeldJob } from './records.ts';

/** Somebody who takes jobs. */
export interface JobTaker {
  readonly hasRoom: boolean;
  take(job: HeldJob): void;
}

/** The jobs of one name that wait, and those who take them, in turns. */
export class JobQueue {
  readonly name: string;
  readonly #lanes = Array.from({ length: HIGHEST_PRIORITY + 1 }, () => new Fifo<HeldJob>());
  readonly #takers: JobTaker[] = [];
  #size = 0;

  constructor(name: string) {
    this.name = name;
  }

  get size(): number {
    return this.#size;
  }

  get takerCount(): number {
    return this.#takers.length;
  }

  addTaker(taker: JobTaker): void {
    this.#takers.push(taker);
  }

  removeTaker(taker: JobTaker): void {
    const at = this.#takers.indexOf(taker);
    if (at >= 0) this.#takers.splice(at, 1);
  }

  /** Gives a job to the next who has room for it; otherwise it waits. */
  add(job: HeldJob): void {
    if (this.#giveAway(job)) return;
    this.#laneOf(job).add(job);
    this.#size += 1;
  }

  /** The same for one that was delivered before: it waits in front of the others. */
  putBack(job: HeldJob): void {
    if (this.#giveAway(job)) return;
    this.#laneOf(job).putBack(job);
    this.#size += 1;
  }

  /** The next to be delivered. */
  first(): HeldJob | undefined {
    if (this.#size === 0) return undefined;
    return this.#lanes.findLast((lane) => lane.size > 0)?.first();
  }

  /** False when it does not wait here. */
  remove(job: HeldJob): boolean {
    const isRemoved = this.#laneOf(job).remove(job);
    if (isRemoved) this.#size -= 1;
    return isRemoved;
  }

  // Whoever has room has been given all that waited: nothing is passed over here.
  #giveAway(job: HeldJob): boolean {
    const at = this.#takers.findIndex((taker) => taker.hasRoom);
    const [taker] = at < 0 ? [] : this.#takers.splice(at, 1);
    if (taker === undefined) return false;
    this.#takers.push(taker);
    taker.take(job);
    return true;
  }

  #laneOf(job: HeldJob): Fifo<HeldJob> {
    const lane = this.#lanes[job.head.priority];
    if (lane === undefined) throw new RangeError(`no priority ${job.head.priority}`);
    return lane;
  }
}

/** The queue whose first job goes before those of the others. */
export function chooseQueue(queues: readonly JobQueue[]): JobQueue | undefined {
  let [chosen, best]: [JobQueue | undefined, HeldJob | undefined] = [undefined, undefined];
  for (const queue of queues) {
    const job = queue.first();
    if (job !== undefined && (best === undefined || goesBefore(job, best)))
      [chosen, best] = [queue, job];
  }
  return chosen;
}

function goesBefore(one: HeldJob, other: HeldJob): boolean {
  const byPriority = one.head.priority - other.head.priority;
  return byPriority > 0 || (byPriority === 0 && one.seq < other.seq);
}

import { createDeferred } from '../../util/deferred.ts';
import { FairTurns } from './fair-turns.ts';

interface Task {
  readonly run: () => Promise<unknown>;
  readonly hasRun: () => void;
}

/** How much of a client waits, and which part of what can be done belongs to it. */
interface Line {
  readonly weight: number;
  readonly tasks: Task[];
}

/** Runs so many tasks at a time; when more are waiting, the clients take turns. */
export class FairWindow<Client> {
  readonly #size: number;
  readonly #turns = new FairTurns<Client>();
  readonly #lines = new Map<Client, Line>();
  #running = 0;
  #waiting = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Runs the task in its turn; resolves when it has run. */
  run(client: Client, weight: number, run: () => Promise<unknown>): Promise<void> {
    if (this.#running < this.#size) return this.#start(run);
    this.#waiting += 1;
    const { promise, resolve: hasRun } = createDeferred();
    const line = this.#lines.get(client);
    if (line === undefined) this.#lines.set(client, { weight, tasks: [{ run, hasRun }] });
    else line.tasks.push({ run, hasRun });
    this.#turns.add(client, weight);
    return promise;
  }

  #start(run: () => Promise<unknown>): Promise<void> {
    this.#running += 1;
    return run().then(this.#onEnd, this.#onEnd);
  }

  readonly #onEnd = (): void => {
    this.#running -= 1;
    this.#startNext();
  };

  #startNext(): void {
    const client = this.#turns.take();
    if (client === undefined) return;
    const line = this.#lines.get(client);
    const task = line?.tasks.shift();
    if (line === undefined || line.tasks.length === 0) {
      this.#turns.remove(client);
      this.#lines.delete(client);
    }
    if (task === undefined) return;
    this.#waiting -= 1;
    void this.#start(task.run).then(task.hasRun);
  }
}

import { FairTurns } from './fair-turns.ts';

/** How much of a client waits, and which part of what can be done belongs to it. */
interface Line {
  readonly weight: number;
  readonly tasks: (() => Promise<unknown>)[];
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

  /** Runs the task in its turn; it must not reject. */
  run(client: Client, weight: number, task: () => Promise<unknown>): void {
    if (this.#running < this.#size) {
      this.#start(task);
      return;
    }
    this.#waiting += 1;
    const line = this.#lines.get(client);
    if (line === undefined) this.#lines.set(client, { weight, tasks: [task] });
    else line.tasks.push(task);
    this.#turns.add(client, weight);
  }

  #start(task: () => Promise<unknown>): void {
    this.#running += 1;
    void task().finally(() => {
      this.#running -= 1;
      this.#startNext();
    });
  }

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
    this.#start(task);
  }
}

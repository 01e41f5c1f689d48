import { pause } from '../../bench/support/pause.mjs';
import { eventually } from '../support/eventually.mjs';

const MOST_OPEN = 40;
const PAUSE_MS = 15;
const ENDS_WITHIN_MS = 60_000;

/** One client that submits jobs, and checks that each has the one end that is right for it. */
export class JobTraffic {
  ended = 0;
  broken = [];
  #client;
  #name;
  #open = new Map();
  #number = 0;
  #isOver = false;

  /** @param name - in every value, so that what belongs to another client is seen */
  constructor(client, name) {
    this.#client = client;
    this.#name = name;
    void this.#run();
  }

  /** The other clients use the same ids. */
  #submit() {
    const number = ++this.#number;
    const kind =
      number % 150 === 0
        ? 'poison'
        : number % 7 === 0
          ? 'fail'
          : number % 3 === 0
            ? 'slow'
            : 'echo';
    const args = { from: this.#name, number, ms: 20 + (number % 5) * 40 };
    const job = this.#client.submit(kind, args, { id: `job-${String(number)}` });
    this.#open.set(number, { kind, job });
    job.then(
      (value) => this.#end(number, this.#judgeValue(kind, args, value)),
      (error) => this.#end(number, judgeError(kind, error, args)),
    );
  }

  /** Every job that was sent has its end. */
  async settle() {
    this.#isOver = true;
    // It takes its time until one is put aside.
    for (const { kind, job } of this.#open.values()) if (kind === 'poison') job.cancel();
    await eventually(
      () => `every job has ended, also ${this.#listOpen()}`,
      ENDS_WITHIN_MS,
      () => this.#open.size === 0,
    );
  }

  #listOpen() {
    return [...this.#open].map(([number, { kind }]) => `${kind} ${String(number)}`).join(', ');
  }

  close() {
    this.#isOver = true;
    this.#client.close();
  }

  async #run() {
    while (!this.#isOver) {
      if (this.#open.size < MOST_OPEN) this.#submit();
      await pause(PAUSE_MS);
    }
  }

  #end(number, problem) {
    this.#open.delete(number);
    if (this.#isOver && problem?.includes('closed')) return;
    this.ended += 1;
    if (problem !== null) this.broken.push(problem);
  }

  #judgeValue(kind, args, value) {
    const isOwn = value?.from === this.#name && value.number === args.number;
    const isFitting = kind === 'echo' || kind === 'slow';
    return isOwn && isFitting
      ? null
      : `${kind} ${JSON.stringify(args)} has got ${JSON.stringify(value)}`;
  }
}

const RIGHT_CODES = { fail: ['asked'], poison: ['worker_lost', 'cancelled'], echo: [], slow: [] };

function judgeError(kind, error, args) {
  // A job that happens to run beside faults three times is taken for the one that kills its worker.
  if (RIGHT_CODES[kind].includes(error.code)) return null;
  return `${kind} ${JSON.stringify(args)} has failed: ${String(error.code)}: ${error.message}`;
}

import fc from 'fast-check';
import { manage, type PromisifiedIPCManager } from '../../lib/ipc/promisified-ipc-manager.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { createPair, type PipeEnd, turn } from './channel-pair.ts';

/** What a request must come to, and where it is on its way. */
interface ModelRequest {
  readonly dueAt: number;
  readonly abort: AbortController;
  place: 'to the peer' | 'at the peer' | 'on its way back';
  answer: 'result' | 'failure';
  outcome: string | null;
}

interface Model {
  now: number;
  life: 'open' | 'closed' | 'destroyed';
  readonly requests: ModelRequest[];
}

interface Real {
  readonly near: PipeEnd;
  readonly far: PipeEnd;
  readonly clock: ManualClock;
  readonly manager: PromisifiedIPCManager;
  readonly peer: PromisifiedIPCManager;
  /** Ends the handler of the request. */
  readonly finish: Map<number, (answer: 'result' | 'failure') => void>;
  /** Every settling, to see that there is one for each request. */
  readonly outcomes: string[][];
}

function createReal(): Real {
  const [near, far] = createPair();
  const clock = new ManualClock();
  const finish: Real['finish'] = new Map();
  const peer = manage(
    far,
    {
      ask: (index: number) =>
        new Promise((resolve, reject) => {
          finish.set(index, (answer) => {
            if (answer === 'result') resolve(index);
            else reject(Object.assign(new Error('handler'), { code: 'E_HANDLER' }));
          });
        }),
    },
    { clock },
  );
  return { near, far, clock, manager: manage(near, {}, { clock }), peer, finish, outcomes: [] };
}

function settleInModel(
  model: Model,
  outcome: string,
  which: (request: ModelRequest) => boolean,
): void {
  for (const request of model.requests) {
    if (request.outcome === null && which(request)) request.outcome = outcome;
  }
}

async function check(model: Model, real: Real): Promise<void> {
  await turn();
  expect(real.outcomes).toEqual(
    model.requests.map((request) => (request.outcome === null ? [] : [request.outcome])),
  );
  expect(real.manager.pendingCount).toBe(
    model.requests.filter((request) => request.outcome === null).length,
  );
}

type Command = fc.AsyncCommand<Model, Real>;

class Emit implements Command {
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    const index = model.requests.length;
    const abort = new AbortController();
    const outcome = { open: null, closed: 'ERR_IPC_CLOSED', destroyed: 'ERR_IPC_DESTROYED' }[
      model.life
    ];
    model.requests.push({
      dueAt: model.now + this.timeoutMs,
      abort,
      place: 'to the peer',
      answer: 'result',
      outcome,
    });
    const seen: string[] = [];
    real.outcomes.push(seen);
    void real.manager
      .emit<number>('ask', index, { timeoutMs: this.timeoutMs, signal: abort.signal })
      .then(({ results, error }) =>
        seen.push(error === undefined ? `result ${results[0]}` : String(error.code)),
      );
    await check(model, real);
  }

  toString(): string {
    return `emit(${this.timeoutMs} ms)`;
  }
}

/** Lets everything through in both directions. */
class Deliver implements Command {
  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    for (let round = 0; round < 3 || real.near.waitingCount + real.far.waitingCount > 0; round++) {
      real.near.deliver();
      real.far.deliver();
      await turn();
    }
    if (model.life !== 'open') return;
    model.requests.forEach((request, index) => {
      if (request.place === 'to the peer') request.place = 'at the peer';
      if (request.place !== 'on its way back' || request.outcome !== null) return;
      request.outcome = request.answer === 'result' ? `result ${index}` : 'E_HANDLER';
    });
    await check(model, real);
  }

  toString(): string {
    return 'deliver';
  }
}

class Answer implements Command {
  readonly pick: number;
  readonly answer: 'result' | 'failure';

  constructor(pick: number, answer: 'result' | 'failure') {
    this.pick = pick;
    this.answer = answer;
  }

  check(model: Readonly<Model>): boolean {
    return model.requests.some((request) => request.place === 'at the peer');
  }

  async run(model: Model, real: Real): Promise<void> {
    const there = model.requests.filter((request) => request.place === 'at the peer');
    const request = there[this.pick % there.length]!;
    real.finish.get(model.requests.indexOf(request))?.(this.answer);
    Object.assign(request, { place: 'on its way back', answer: this.answer });
    await check(model, real);
  }

  toString(): string {
    return `answer(${this.pick}, ${this.answer})`;
  }
}

class Advance implements Command {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    model.now += this.ms;
    real.clock.advance(this.ms);
    settleInModel(model, 'ERR_IPC_TIMEOUT', (request) => request.dueAt <= model.now);
    await check(model, real);
  }

  toString(): string {
    return `advance(${this.ms} ms)`;
  }
}

class Abort implements Command {
  readonly pick: number;

  constructor(pick: number) {
    this.pick = pick;
  }

  check(model: Readonly<Model>): boolean {
    return model.requests.length > 0;
  }

  async run(model: Model, real: Real): Promise<void> {
    const request = model.requests[this.pick % model.requests.length]!;
    request.abort.abort();
    settleInModel(model, 'ERR_IPC_ABORTED', (other) => other === request);
    await check(model, real);
  }

  toString(): string {
    return `abort(${this.pick})`;
  }
}

class Close implements Command {
  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    real.near.close();
    real.far.close();
    settleInModel(model, 'ERR_IPC_CLOSED', () => true);
    if (model.life === 'open') model.life = 'closed';
    await check(model, real);
  }

  toString(): string {
    return 'close';
  }
}

class Destroy implements Command {
  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    real.manager.destroy();
    settleInModel(model, 'ERR_IPC_DESTROYED', () => true);
    model.life = 'destroyed';
    await check(model, real);
  }

  toString(): string {
    return 'destroy';
  }
}

const commands = fc.commands(
  [
    fc.integer({ min: 1, max: 1000 }).map((timeoutMs) => new Emit(timeoutMs)),
    fc.integer({ min: 1, max: 1000 }).map((timeoutMs) => new Emit(timeoutMs)),
    fc.constant(new Deliver()),
    fc
      .tuple(fc.nat(), fc.constantFrom<'result' | 'failure'>('result', 'failure'))
      .map(([pick, answer]) => new Answer(pick, answer)),
    fc.integer({ min: 0, max: 400 }).map((ms) => new Advance(ms)),
    fc.nat().map((pick) => new Abort(pick)),
    fc.constant(new Close()),
    fc.constant(new Destroy()),
  ],
  { maxCommands: 60 },
);

describe('PromisifiedIPCManager, against a model of it', () => {
  it('settles each request once, with what the first event in its life says', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (sequence) => {
        let real: Real | undefined;
        await fc.asyncModelRun(() => {
          real = createReal();
          return { model: { now: 0, life: 'open', requests: [] } satisfies Model, real };
        }, sequence);
        real?.manager.destroy();
        real?.peer.destroy();
        expect(real?.near.listenerCount).toBe(0);
        expect(real?.clock.waiting).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

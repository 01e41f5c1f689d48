import { LeaseWatch } from '../../../lib/jobs/amqp/lease-watch.ts';
import { ManualClock } from '../../../lib/testing/manual-clock.ts';

class Held {
  isLeased = false;
  isForfeit = false;
  readonly leases: number[] = [];
  readonly #clock: ManualClock;
  #keptAt: number;

  constructor(clock: ManualClock) {
    this.#clock = clock;
    this.#keptAt = clock.now();
  }

  get keptForMs(): number {
    return this.#clock.now() - this.#keptAt;
  }

  lease(leaseMs: number): Promise<void> {
    this.isLeased = true;
    this.#keptAt = this.#clock.now();
    this.leases.push(leaseMs);
    return Promise.resolve();
  }
}

function arrange() {
  const clock = new ManualClock();
  const held = new Set<Held>();
  const said: string[] = [];
  const watch = new LeaseWatch<Held>({
    clock,
    allowedMs: 9000,
    held: () => held,
    prepare: () => {
      said.push('prepare');
      return Promise.resolve();
    },
    onForfeit: (delivery) => {
      held.delete(delivery);
      said.push('forfeit');
    },
  });
  watch.start();
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 500) {
      clock.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const take = (): Held => {
    const delivery = new Held(clock);
    held.add(delivery);
    return delivery;
  };
  return { watch, pass, take, said };
}

describe('LeaseWatch', () => {
  it('takes a lease after a third of the time allowed, for as long, and renews it three times in that', async () => {
    const { watch, pass, take, said } = arrange();
    const long = take();
    await pass(2500);
    const late = take();
    expect(long.leases).toEqual([]);
    await pass(500);
    expect([long.leases, late.leases, said]).toEqual([[3000], [], ['prepare']]);
    await pass(3000);
    expect(long.leases).toHaveLength(4);
    expect(said).toEqual(['prepare', 'prepare']);
    watch.stop();
    await pass(3000);
    expect(long.leases).toHaveLength(4);
  });

  it('gives up what was forfeited, and renews it no more', async () => {
    const { watch, pass, take, said } = arrange();
    const delivery = take();
    await pass(3000);
    delivery.isForfeit = true;
    await pass(2000);
    expect(said).toEqual(['prepare', 'forfeit']);
    expect(delivery.leases).toHaveLength(1);
    watch.stop();
  });
});

import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { ExitHandlers, type ExitHandlerFailure } from '../../lib/util/exit-handlers.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('exit handlers', () => {
  it('run one after the other, the last first, each with the reason', async () => {
    const handlers = new ExitHandlers(new ManualClock());
    const steps: unknown[] = [];
    for (const name of ['a', 'b']) {
      handlers.add(async (reason) => {
        steps.push(`${name} begins`, reason);
        await settle();
        steps.push(`${name} ends`);
      });
    }
    await handlers.run(false, 1000, () => undefined);
    expect(steps).toEqual(['b begins', false, 'b ends', 'a begins', false, 'a ends']);
    expect(handlers.count).toBe(2);
  });

  it('that fail or are late keep none of the others from running, and are named', async () => {
    const clock = new ManualClock();
    const handlers = new ExitHandlers(clock);
    const failures: ExitHandlerFailure[] = [];
    const error = new Error('failed');
    let ran = false;
    handlers.add(() => {
      ran = true;
    });
    handlers.add(function closeDatabase() {
      throw error;
    });
    handlers.add(() => Promise.reject(error));
    handlers.add(function flushQueue() {
      return new Promise<void>(() => undefined);
    });
    const done = handlers.run(true, 1000, (failure) => failures.push(failure));
    await settle();
    clock.advance(1000);
    await done;
    expect(ran).toBe(true);
    expect(failures).toEqual([
      { kind: 'timedOut', name: 'flushQueue', deadlineMs: 1000 },
      { kind: 'failed', name: 'anonymous', error },
      { kind: 'failed', name: 'closeDatabase', error },
    ]);
    expect(clock.waiting).toBe(0);
  });

  it('added while they run wait for no run', async () => {
    const handlers = new ExitHandlers(new ManualClock());
    let late = false;
    handlers.add(() => {
      handlers.add(() => {
        late = true;
      });
    });
    await handlers.run(true, 1000, () => undefined);
    expect(late).toBe(false);
  });

  it('are functions, or are refused', () => {
    const handlers = new ExitHandlers(new ManualClock());
    const add = (): void => {
      handlers.add('close' as never);
    };
    expect(add).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }));
  });
});

import { IdleWatch } from '../../../lib/jobs/amqp/idle-watch.ts';
import { ManualClock } from '../../../lib/testing/manual-clock.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function arrange() {
  const clock = new ManualClock();
  const server = { isKnown: (): Promise<boolean> => Promise.resolve(false), isIdle: true };
  const unknown: number[] = [];
  let looks = 0;
  const watch = new IdleWatch({
    clock,
    isIdle: () => server.isIdle,
    isKnown: () => {
      looks += 1;
      return server.isKnown();
    },
    onUnknown: () => {
      unknown.push(looks);
    },
  });
  watch.start();
  const look = async (): Promise<void> => {
    clock.advance(10_000);
    await nextTurn();
  };
  return { server, unknown, watch, look, countLooks: () => looks };
}

test('a server that knows of nobody at three looks is left, and again after three more', async () => {
  const { unknown, look } = arrange();
  for (let at = 0; at < 6; at += 1) await look();
  expect(unknown).toEqual([3, 6]);
});

test('one look at which it knows of somebody makes the others count for nothing', async () => {
  const { server, unknown, look } = arrange();
  for (const isKnown of [false, false, true, false, false]) {
    server.isKnown = () => Promise.resolve(isKnown);
    await look();
  }
  expect(unknown).toEqual([]);
});

test('a server that cannot be asked says nothing about it', async () => {
  const { server, unknown, look } = arrange();
  server.isKnown = () => Promise.reject(new Error('away'));
  for (let at = 0; at < 4; at += 1) await look();
  expect(unknown).toEqual([]);
});

test('nothing is asked while something is under way, and nothing after stop', async () => {
  const { server, unknown, watch, look, countLooks } = arrange();
  server.isIdle = false;
  for (let at = 0; at < 4; at += 1) await look();
  expect([unknown, countLooks()]).toEqual([[], 0]);

  server.isIdle = true;
  watch.stop();
  for (let at = 0; at < 4; at += 1) await look();

  expect([unknown, countLooks()]).toEqual([[], 0]);
});

test('an answer that comes after stop is of no use', async () => {
  const { server, unknown, watch, look } = arrange();
  await look();
  await look();
  server.isKnown = () => {
    watch.stop();
    return Promise.resolve(false);
  };

  await look();

  expect(unknown).toEqual([]);
});

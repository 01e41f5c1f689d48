import { StallWatch } from '../../../lib/jobs/amqp/stall-watch.ts';
import { ManualClock } from '../../../lib/testing/manual-clock.ts';

function arrange() {
  const clock = new ManualClock();
  const stalls: number[] = [];
  const onStall = (): void => {
    stalls.push(clock.now());
  };
  return { clock, stalls, watch: new StallWatch({ clock, limitMs: 10_000, onStall }) };
}

test('what is not answered within the limit, and not at a second look, is a stall', () => {
  const { clock, stalls, watch } = arrange();
  const start = clock.now();
  watch.begin();
  clock.advance(10_999);
  expect(stalls).toEqual([]);

  clock.advance(1);

  expect(stalls).toEqual([start + 11_000]);
});

test('an answer that is read between the two looks is none', () => {
  const { clock, stalls, watch } = arrange();
  const asked = watch.begin();
  clock.advance(10_500);
  watch.end(asked);
  watch.begin();

  clock.advance(10_499);

  expect(stalls).toEqual([]);
});

test('one that is not answered is found among others that are', () => {
  const { clock, stalls, watch } = arrange();
  watch.begin();
  for (let at = 0; at < 110; at += 1) {
    const asked = watch.begin();
    clock.advance(100);
    watch.end(asked);
  }

  expect(stalls).toHaveLength(1);
});

test('answers that keep coming are none, however many there are', () => {
  const { clock, stalls, watch } = arrange();
  for (let at = 0; at < 500; at += 1) {
    const asked = watch.begin();
    clock.advance(100);
    watch.end(asked);
  }

  expect(stalls).toEqual([]);
});

test('time in which the server said that it would not answer does not count', () => {
  const { clock, stalls, watch } = arrange();
  watch.begin();
  clock.advance(9000);
  watch.restart();

  clock.advance(9999);

  expect(stalls).toEqual([]);
});

test('nothing is told of after the end', () => {
  const { clock, stalls, watch } = arrange();
  watch.begin();
  watch.stop();

  clock.advance(60_000);

  expect(stalls).toEqual([]);
});

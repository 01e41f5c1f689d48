import { gatherTurn } from '../../../lib/jobs/amqp/gather-turn.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what comes in one turn is handed on together, in its order', async () => {
  const seen: (readonly number[])[] = [];
  const gather = gatherTurn<number>((items) => seen.push(items));

  gather(1);
  gather(2);
  expect(seen).toEqual([]);
  await nextTurn();
  gather(3);
  await nextTurn();

  expect(seen).toEqual([[1, 2], [3]]);
});

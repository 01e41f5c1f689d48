import { Acknowledger } from '../../../lib/jobs/amqp/acknowledger.ts';
import type { Channel } from '../../../lib/jobs/amqp/rabbitmq-adapter.ts';

function openChannel(): { channel: Channel; sent: string[]; close: () => void } {
  const sent: string[] = [];
  const channel = {
    active: true,
    basicAck: ({ deliveryTag, multiple }: { deliveryTag: number; multiple?: boolean }) =>
      sent.push(`ack ${String(deliveryTag)}${multiple === true ? ' and all before' : ''}`),
    basicNack: ({ deliveryTag, requeue }: { deliveryTag: number; requeue?: boolean }) =>
      sent.push(`nack ${String(deliveryTag)} ${requeue === true ? 'back' : 'dead'}`),
  };
  const close = (): void => {
    channel.active = false;
  };
  return { channel: channel as unknown as Channel, sent, close };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function deliver(acknowledger: Acknowledger, count: number): void {
  for (let tag = 1; tag <= count; tag += 1) acknowledger.arrive(tag);
}

test('what is settled in one turn from the oldest on is acknowledged by one message', async () => {
  const { channel, sent } = openChannel();
  const acknowledger = new Acknowledger(channel);
  deliver(acknowledger, 4);

  for (const tag of [3, 1, 2]) acknowledger.ack(tag);
  await nextTurn();

  expect(sent).toEqual(['ack 3 and all before']);
});

test('a delivery that is not settled is not acknowledged with those after it', async () => {
  const { channel, sent } = openChannel();
  const acknowledger = new Acknowledger(channel);
  deliver(acknowledger, 5);

  for (const tag of [1, 3, 4]) acknowledger.ack(tag);
  await nextTurn();
  acknowledger.ack(2);
  await nextTurn();

  expect(sent).toEqual(['ack 1 and all before', 'ack 3', 'ack 4', 'ack 2 and all before']);
});

test('a delivery that is settled twice is acknowledged once', async () => {
  const { channel, sent } = openChannel();
  const acknowledger = new Acknowledger(channel);
  deliver(acknowledger, 1);

  acknowledger.ack(1);
  await nextTurn();
  acknowledger.ack(1);
  acknowledger.nack(1);
  await nextTurn();

  expect(sent).toEqual(['ack 1 and all before']);
});

test("what was given back is in nobody's way, and is not acknowledged", async () => {
  const { channel, sent } = openChannel();
  const acknowledger = new Acknowledger(channel);
  deliver(acknowledger, 3);

  acknowledger.nack(1);
  acknowledger.nack(2, false);
  acknowledger.ack(3);
  await nextTurn();

  expect(sent).toEqual(['nack 1 back', 'nack 2 dead', 'ack 3 and all before']);
});

test('where a delivery was not seen, each is acknowledged by itself', async () => {
  const { channel, sent } = openChannel();
  const acknowledger = new Acknowledger(channel);
  for (const tag of [1, 3]) acknowledger.arrive(tag);

  for (const tag of [1, 3]) acknowledger.ack(tag);
  await nextTurn();

  expect(sent).toEqual(['ack 1', 'ack 3']);
});

test('where deliveries were seen out of their order, each is acknowledged by itself', async () => {
  const { channel, sent } = openChannel();
  const acknowledger = new Acknowledger(channel);
  for (const tag of [2, 1, 3]) acknowledger.arrive(tag);

  for (const tag of [2, 3]) acknowledger.ack(tag);
  await nextTurn();

  expect(sent).toEqual(['ack 2', 'ack 3']);
});

test('a channel that is closed is sent nothing', async () => {
  const { channel, sent, close } = openChannel();
  const acknowledger = new Acknowledger(channel);
  deliver(acknowledger, 2);

  acknowledger.ack(1);
  close();
  acknowledger.nack(2);
  await nextTurn();

  expect(sent).toEqual([]);
});

test('what waits is sent at once when the channel is about to be closed', () => {
  const { channel, sent } = openChannel();
  const acknowledger = new Acknowledger(channel);
  deliver(acknowledger, 2);

  acknowledger.ack(1);
  acknowledger.flush();

  expect(sent).toEqual(['ack 1 and all before']);
});

test('the channel is made ready for several messages before the first of them', async () => {
  const { channel, sent } = openChannel();
  const acknowledger = new Acknowledger(channel, () => {
    sent.push('together');
  });
  deliver(acknowledger, 4);

  for (const tag of [2, 4]) acknowledger.ack(tag);
  await nextTurn();

  expect(sent).toEqual(['together', 'ack 2', 'ack 4']);
});

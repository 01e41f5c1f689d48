import { Connection } from 'rabbitmq-client';
import { TestClient, vigil } from '../jobs-process/start-jobs.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { type RabbitCluster, startRabbit } from './rabbitmq-server.ts';

jest.setTimeout(90_000);

let rabbit: RabbitCluster;

beforeAll(async () => {
  rabbit = await startRabbit();
}, 90_000);

afterAll(async () => {
  await rabbit.end();
  await assertNoLeaks();
}, 60_000);

describe('a worker that knows nothing of Vigil', () => {
  it('answers jobs with what replyTo and correlationId say', async () => {
    const child = vigil(['gateway', '--broker', rabbit.url, '--port', '0']);
    const [, url = ''] = await child.waitForLine(/listens at (\S+)/, 60_000);
    const connection = new Connection(rabbit.url.replace('//', '//guest:guest@'));
    const publisher = connection.createPublisher({ confirm: true });
    const seen: unknown[] = [];
    const consumer = connection.createConsumer(
      {
        queue: 'vigil.jobs.convert',
        queueOptions: { durable: true, arguments: { 'x-queue-type': 'quorum' } },
        queueBindings: [{ exchange: 'vigil.jobs', routingKey: 'convert' }],
        qos: { prefetchCount: 2 },
      },
      async ({ body, replyTo = '', correlationId, headers }) => {
        const args = JSON.parse(String(body)) as { fails: boolean };
        seen.push([args, headers?.['jobId'], headers?.['clientId']]);
        const answer = args.fails
          ? { ok: false, error: { code: 'no_such_file', message: 'it is not there' } }
          : { ok: true, value: { pages: 3 } };
        await publisher.send(
          { routingKey: replyTo, ...(correlationId && { correlationId }) },
          answer,
        );
      },
    );
    await new Promise((resolve) => consumer.once('ready', resolve));
    const [client, stranger] = [await TestClient.connect(url), await TestClient.connect(url)];
    client.send({ type: 'job', id: '1', name: 'convert', args: { fails: false } });
    client.send({ type: 'job', id: '2', name: 'convert', args: { fails: true } });
    stranger.send({ type: 'job', id: '1', name: 'convert', args: { fails: true } });
    await client.until('both', () => (client.of('result').length === 2 ? true : undefined));
    await stranger.until('one', () => stranger.of('result')[0]);
    const failure = { ok: false, error: { code: 'no_such_file', message: 'it is not there' } };
    expect(client.of('result').sort((a, b) => Number(a.id) - Number(b.id))).toEqual([
      { type: 'result', id: '1', ok: true, value: { pages: 3 } },
      { type: 'result', id: '2', ...failure },
    ]);
    expect(stranger.of('result')).toEqual([{ type: 'result', id: '1', ...failure }]);
    const clientId = String(client.of('hello')[0]?.['clientId']);
    expect(seen).toContainEqual([{ fails: false }, `${clientId}/1`, clientId]);
    await Promise.all([client.close(), stranger.close()]);
    await consumer.close();
    await publisher.close();
    await connection.close();
    child.kill('SIGTERM');
    expect((await child.waitForExit(60_000)).code).toBe(0);
  });
});

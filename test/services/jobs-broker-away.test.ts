import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Message, TestClient, vigil } from '../jobs-process/start-jobs.ts';
import { HANDLERS } from '../jobs-process/start-pool.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import type { StartedChild } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { type RabbitCluster, startRabbit } from './rabbitmq-server.ts';

/** 30 s once by hand; what is longer than the pauses of the clients tells the same. */
const AWAY_MS = Number(process.env['AWAY_MS'] ?? 3000);
const ACCEPTED = 200;

jest.setTimeout(180_000);

let rabbit: RabbitCluster;

beforeAll(async () => {
  rabbit = await startRabbit();
}, 90_000);

afterAll(async () => {
  await rabbit.end();
  await assertNoLeaks();
}, 60_000);

async function startGateway(): Promise<{ child: StartedChild; url: string }> {
  const child = vigil(['gateway', '--broker', rabbit.url, '--port', '0']);
  const [, url = ''] = await child.waitForLine(/listens at (\S+)/, 60_000);
  return { child, url };
}

async function startWorkers(): Promise<StartedChild> {
  const args = ['worker', HANDLERS, '--broker', rabbit.url, '--concurrency', '8'];
  const child = vigil(args, await makeTempDirectory());
  await child.waitForLine(/w1 .*consumes/, 60_000);
  return child;
}

function resultsOf(client: TestClient): Map<string, Message[]> {
  const byId = new Map<string, Message[]>();
  for (const message of client.of('result'))
    byId.set(String(message.id), [...(byId.get(String(message.id)) ?? []), message]);
  return byId;
}

/** Sends a job again and again until it is taken, as clients do. */
async function insist(client: TestClient, id: string): Promise<void> {
  for (;;) {
    const heard = client.said.length;
    client.send({ type: 'job', id, name: 'add', args: { a: 1, b: 1 } });
    const answer = await client.until('answer', () =>
      client.said.slice(heard).find((said) => said.id === id && said.type !== 'started'),
    );
    if (answer.type === 'accepted') return;
    expect(answer).toMatchObject({ type: 'error', code: 'broker_unavailable' });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('jobs while RabbitMQ is away', () => {
  it('are refused as broker_unavailable when they are new, and kept when they were accepted', async () => {
    const file = join(await makeTempDirectory(), 'go');
    const [gateway, workers] = [await startGateway(), await startWorkers()];
    const client = await TestClient.connect(gateway.url);
    for (let n = 0; n < ACCEPTED; n += 1)
      client.send({ type: 'job', id: String(n), name: 'until', args: { file } });
    await client.until('accepted', () =>
      client.of('accepted').length === ACCEPTED ? true : undefined,
    );
    const [node] = rabbit.nodes;
    await node?.stop();
    client.send({ type: 'job', id: 'refused', name: 'add', args: { a: 1, b: 1 } });
    const refusal = await client.until('refusal', () => client.of('error')[0]);
    expect(refusal).toMatchObject({ id: 'refused', code: 'broker_unavailable' });
    // Those that run end meanwhile, and their results wait.
    await writeFile(file, '');
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    client.send({ type: 'ping' });
    await client.until('answer', () =>
      client.of('error').find(({ code }) => code === 'bad_message'),
    );
    await node?.restart();
    await insist(client, 'refused');
    await client.until('all results', () =>
      resultsOf(client).size === ACCEPTED + 1 ? true : undefined,
    );
    const results = [...resultsOf(client)];
    expect(results.filter(([, messages]) => messages.length !== 1)).toEqual([]);
    expect(results.filter(([, [result]]) => result?.['ok'] !== true)).toEqual([]);
    await client.close();
    for (const child of [gateway.child, workers]) {
      child.kill('SIGTERM');
      expect((await child.waitForExit(60_000)).code).toBe(0);
    }
  });

  it('do not keep a worker and a gateway from ending when it hangs', async () => {
    const [gateway, workers] = [await startGateway(), await startWorkers()];
    const [node] = rabbit.nodes;
    node?.freeze(true);
    for (const child of [gateway.child, workers]) child.kill('SIGTERM');
    for (const child of [gateway.child, workers])
      expect((await child.waitForExit(60_000)).code).toBe(0);
    node?.freeze(false);
  });
});

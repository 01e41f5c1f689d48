import { startServe, TestClient, vigil } from '../jobs-process/start-jobs.ts';
import { HANDLERS } from '../jobs-process/start-pool.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { childrenOf } from '../support/marked-processes.ts';
import type { StartedChild } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { type RabbitCluster, startRabbit } from './rabbitmq-server.ts';

const CLIENTS = 5;
const JOBS = 2000;

jest.setTimeout(240_000);

let rabbit: RabbitCluster;

beforeAll(async () => {
  rabbit = await startRabbit();
}, 90_000);

afterAll(() => rabbit.end(), 60_000);

afterEach(() => assertNoLeaks());

async function startGateway(): Promise<{ child: StartedChild; url: string }> {
  const limit = `maxJobsPerClient=${String(JOBS)}`;
  const child = vigil(['gateway', '--broker', rabbit.url, '--port', '0', '--set', limit]);
  const [, url = ''] = await child.waitForLine(/listens at (\S+)/, 60_000);
  return { child, url };
}

async function startWorkers(): Promise<StartedChild> {
  const args = ['worker', HANDLERS, '--broker', rabbit.url, '--workers', '2', '--concurrency', '8'];
  const child = vigil(args, await makeTempDirectory());
  await child.waitForLine(/w1 .*consumes/, 60_000);
  await child.waitForLine(/w2 .*consumes/, 60_000);
  return child;
}

/** Acknowledges what comes, and knows it. */
class CountingClient {
  readonly results = new Map<string, unknown>();
  twice = 0;
  #client: TestClient;
  #seen = 0;
  session: string;

  constructor(client: TestClient) {
    this.#client = client;
    this.session = client.session;
  }

  get accepted(): number {
    return this.#client.of('accepted').length;
  }

  submitAll(): void {
    for (let n = 0; n < JOBS; n += 1)
      this.#client.send({ type: 'job', id: String(n), name: 'slow', args: { ms: 2 } });
  }

  count(): number {
    const { said } = this.#client;
    const here = new Set<string>();
    for (; this.#seen < said.length; this.#seen += 1) {
      const { type, id = '', ok, value } = said[this.#seen] ?? { type: '' };
      if (type !== 'result') continue;
      if (here.has(id) || ok !== true) this.twice += 1;
      here.add(id);
      this.results.set(id, value);
      this.#client.send({ type: 'ack', id });
    }
    return this.results.size;
  }

  async moveTo(url: string): Promise<void> {
    await this.#client.close();
    this.count();
    this.#client = await TestClient.connect(url);
    this.#seen = 0;
    this.#client.send({ type: 'resume', session: this.session });
    await this.#client.until('resumed', () => this.#client.of('resumed')[0]);
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

async function until(what: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 200_000;
  while (!what()) {
    if (Date.now() > giveUpAt) throw new Error(`not reached: ${String(what)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('jobs over RabbitMQ', () => {
  it('loses none of 10,000 jobs when a worker and a gateway are killed, and mixes up no results', async () => {
    const [first, second] = [await startGateway(), await startGateway()];
    const workers = await startWorkers();
    const clients: CountingClient[] = [];
    for (let n = 0; n < CLIENTS; n += 1)
      clients.push(new CountingClient(await TestClient.connect(first.url)));
    const total = (): number => clients.reduce((sum, client) => sum + client.count(), 0);
    for (const client of clients) client.submitAll();
    await until(() => clients.every(({ accepted }) => accepted === JOBS));
    await until(() => total() >= 1000);
    process.kill(childrenOf(workers.pid)[0] ?? 0, 'SIGKILL');
    await until(() => total() >= 3000);
    const open = CLIENTS * JOBS - total();
    first.child.kill('SIGKILL');
    await first.child.waitForExit();
    expect(open).toBeGreaterThan(1000);
    for (const client of clients) await client.moveTo(second.url);
    await until(() => total() === CLIENTS * JOBS);
    const owners = clients.map(
      ({ results }) => new Set([...results.values()].map((value) => String(value).split('/')[0])),
    );
    for (const owner of owners) expect(owner.size).toBe(1);
    expect(new Set(owners.map((owner) => [...owner][0])).size).toBe(CLIENTS);
    expect(clients.map(({ twice }) => twice)).toEqual(clients.map(() => 0));
    for (const client of clients) await client.close();
    for (const { child } of [second, { child: workers }]) {
      child.kill('SIGTERM');
      expect((await child.waitForExit(60_000)).code).toBe(0);
    }
  });

  it('runs in one command on RabbitMQ as well', async () => {
    const { child, url } = await startServe(['--broker', rabbit.url]);
    const client = await TestClient.connect(url);
    client.send({ type: 'job', id: '1', name: 'add', args: { a: 1, b: 2 } });
    client.send({ type: 'job', id: '2', name: 'exits' });
    await client.until('both', () => (client.of('result').length === 2 ? true : undefined));
    expect(client.of('result')).toEqual(
      expect.arrayContaining([
        { type: 'result', id: '1', ok: true, value: 3 },
        expect.objectContaining({
          id: '2',
          error: expect.objectContaining({ code: 'worker_lost' }),
        }),
      ]),
    );
    await client.close();
    child.kill('SIGTERM');
    expect((await child.waitForExit(60_000)).code).toBe(0);
  });
});

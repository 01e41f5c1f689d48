import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { runVigil } from '../support/spawn-vigil.ts';
import { startStream } from '../stream-process/start-stream.ts';

jest.setTimeout(60_000);

afterEach(async () => {
  await assertNoLeaks();
});

const LOOPBACK = ['--interface', '127.0.0.1'];

describe('multicast on loopback', () => {
  it('brings the events of a group to its clients, and to no others at the same port', async () => {
    const stream = await startStream(LOOPBACK);
    const [one, other] = [await stream.dial(), await stream.dial()];
    const config = { port: 39_191, batchSize: 1, requests: { '': ['term'] } };
    await one.configure({ ...config, ip: '239.7.7.69' });
    await other.configure({ ...config, ip: '239.7.7.70' });
    const sent = await runVigil(
      ['stream', 'emit', '239.7.7.69:39191', 'Search', 'term=pizza', ...LOOPBACK],
      {},
    );
    expect(sent.code).toBe(0);
    expect(await one.waitForEvents(1)).toEqual([{ name: 'Search', attrs: { term: 'pizza' } }]);
    const counts = (await stream.channels()).map(({ channel, received }) => [channel, received]);
    expect(counts).toEqual([
      ['239.7.7.69:39191', 1],
      ['239.7.7.70:39191', 0],
    ]);
    await stream.stop();
  });

  it('serves the test events of --emit', async () => {
    const stream = await startStream(['--emit', ...LOOPBACK]);
    const client = await stream.dial();
    await client.configure({
      ip: '224.0.0.69',
      port: 9191,
      batchSize: 3,
      requests: { Search: ['term'], Click: ['url'], Ad: ['text'] },
    });
    const [batch] = await client.waitForMessages(1);
    expect(batch?.data.map(({ name }) => name).toSorted()).toEqual(['Ad', 'Click', 'Search']);
    await stream.stop();
  });
});

import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startServe, TestClient } from './start-jobs.ts';

const TOKEN = 'token-of-these-jobs';

jest.setTimeout(60_000);
afterEach(() => assertNoLeaks());

it('the page of jobs is there for everybody, what it shows for who has the token', async () => {
  const settings = ['--set', `token=${TOKEN}`, '--set', 'maxAttempts=1'];
  const serve = await startServe(['--broker', 'memory:', ...settings]);
  const url = serve.url.replace(/^ws:(.*)\/jobs$/, 'http:$1/');
  const client = await TestClient.connect(`${serve.url}?token=${TOKEN}`);
  client.send({ type: 'job', id: 'poison', name: 'exits' });
  await client.until('end of the job', () => client.of('result')[0]);
  client.send({ type: 'job', id: 'long', name: 'obedient' });
  await client.until('progress', () => client.of('progress')[0]);
  const page = await fetch(url);
  expect([page.status, page.headers.get('content-type')]).toEqual([
    200,
    'text/html; charset=utf-8',
  ]);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect((await fetch(`${url}api/overview`)).status).toBe(401);
  const headers = { authorization: `Bearer ${TOKEN}` };
  const overview = await (await fetch(`${url}api/overview`, { headers })).json();
  expect(overview).toMatchObject({
    broker: 'up',
    figures: { clients: 1, open: 1, accepted: 2 },
    queues: expect.arrayContaining([
      { name: 'exits', ready: 0, running: 0, consumers: 1, dead: 1 },
      { name: 'obedient', ready: 0, running: 1, consumers: 1, dead: 0 },
    ]) as unknown,
    workers: [{ worker: 'w1', jobs: [expect.stringMatching(/\/long$/) as string] }],
    clients: [{ open: 1 }],
    dead: { count: 1, isMore: false, last: [{ name: 'exits', code: 'worker_lost' }] },
  });
  client.send({ type: 'cancel', id: 'long' });
  await client.until('end of the other', () => client.of('cancelled')[0]);
  await client.close();
  serve.child.kill('SIGTERM');
  expect((await serve.child.waitForExit(30_000)).code).toBe(0);
});

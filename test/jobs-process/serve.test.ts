import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { childrenOf, isAlive } from '../support/marked-processes.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { HANDLERS } from './start-pool.ts';
import { runVigil, startServe, TestClient, vigil } from './start-jobs.ts';

jest.setTimeout(60_000);
afterEach(() => assertNoLeaks());

describe('vigil jobs serve', () => {
  it('loses no accepted job and gives each result once when all of it is killed and started again', async () => {
    const count = 200;
    const first = await startServe(['--workers', '2']);
    const client = await TestClient.connect(first.url);
    for (let n = 1; n <= count; n += 1)
      client.send({ type: 'job', id: String(n), name: 'slow', args: { ms: 5 } });
    await client.until('accepted', () =>
      client.of('accepted').length === count ? true : undefined,
    );
    await client.until('results', () => (client.of('result').length >= 20 ? true : undefined));
    const workers = childrenOf(first.child.pid);
    first.child.kill('SIGKILL');
    await first.child.waitForExit();
    await client.close();
    await waitUntil(
      async () => (workers.some(isAlive) ? undefined : true),
      () => 'a worker is left',
      15_000,
    );
    const before = new Set(client.of('result').map(({ id }) => id));
    const second = await startServe(['--workers', '2'], first.directory);
    const again = await TestClient.connect(second.url);
    again.send({ type: 'resume', session: client.session });
    await again.until('resumed', () => again.of('resumed')[0]);
    const all = (): Set<string | undefined> =>
      new Set([...before, ...again.of('result').map(({ id }) => id)]);
    await again.until('result of each', () => (all().size === count ? true : undefined));
    const told = again.of('result');
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
    expect(told.every(({ ok }) => ok)).toBe(true);
    await again.close();
    second.child.kill('SIGTERM');
    expect((await second.child.waitForExit(30_000)).code).toBe(0);
  });

  it('goes on with what clients wait for when it is asked to end, and leaves', async () => {
    const serve = await startServe(['--broker', 'memory:', '--concurrency', '1']);
    const client = await TestClient.connect(serve.url);
    const file = join(serve.directory, 'go');
    client.send({ type: 'job', id: '1', name: 'until', args: { file } });
    await client.until('progress', () => client.of('progress')[0]);
    serve.child.kill('SIGTERM');
    await writeFile(file, '');
    await client.until('result', () => client.of('result')[0]);
    client.send({ type: 'ack', id: '1' });
    expect((await serve.child.waitForExit(30_000)).code).toBe(0);
    await client.close();
  });

  it('brings the result of a submit over a kill of the gateway', async () => {
    const port = String(await findFreePorts(1));
    const directory = await makeTempDirectory();
    const file = join(directory, 'go');
    const first = await startServe(['--port', port], directory);
    const args = ['submit', first.url, 'until', JSON.stringify({ file }), '--wait', '--id', 'one'];
    const submit = vigil(args);
    await submit.waitForLine(/started by/);
    first.child.kill('SIGKILL');
    await first.child.waitForExit();
    await submit.waitForLine(/has hung up/);
    const second = await startServe(['--port', port], directory);
    await writeFile(file, '');
    expect((await submit.waitForExit(30_000)).code).toBe(0);
    expect(submit.output.text).toMatch(/^"[\w-]+\/one"$/m);
    second.child.kill('SIGTERM');
    expect((await second.child.waitForExit(30_000)).code).toBe(0);
  });

  it('is used from the command line: submit, explain, the dead letters', async () => {
    const { child, url, directory } = await startServe(['--broker', 'memory:']);
    const submit = (...words: string[]) => runVigil(['submit', url, ...words]);
    expect(await submit('add', '{"a":1,"b":2}', '--wait')).toMatchObject({ code: 0, stdout: '3' });
    expect(await submit('fail', '{"message":"no","code":"mine"}', '--wait')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('mine: no'),
    });
    expect(await submit('add', '{"a":')).toMatchObject({ code: 64 });
    const { code, stdout } = await submit('exits', '--wait', '--id', 'poison');
    expect([code, stdout]).toEqual([1, '']);
    const explained = await runVigil(['explain', 'poison', '--json'], directory);
    expect(JSON.parse(explained.stdout)).toMatchObject({
      id: 'poison',
      name: 'exits',
      state: 'quarantined',
      attempts: 3,
    });
    const hops = (JSON.parse(explained.stdout).timeline as { detail: string }[])
      .map(({ detail }) => /ended in attempt (\d): exit, exit code 3$/.exec(detail)?.[1])
      .filter((attempt) => attempt !== undefined);
    expect(hops).toEqual(['1', '2', '3']);
    const dead = JSON.parse((await runVigil(['dead', 'list', '-u', url, '--json'])).stdout);
    const id = dead[0].job.id as string;
    const place = join(directory, '.vigil', 'jobs');
    const shown = await runVigil(['dead', 'show', 'poison', '--state-dir', place]);
    expect(shown.stdout).toMatch(/worker_lost[^]*exit code 3/);
    expect(await runVigil(['dead', 'replay', id, '-u', url])).toMatchObject({ code: 0 });
    expect(await runVigil(['dead', 'show', 'nobody/1', '-u', url])).toMatchObject({ code: 1 });
    expect(await runVigil(['dead', 'show', 'nobody', '-u', url])).toMatchObject({ code: 1 });
    child.kill('SIGTERM');
    expect((await child.waitForExit(30_000)).code).toBe(0);
  });
});

describe('vigil jobs', () => {
  it.each<[string, readonly string[], number]>([
    ['submit to nobody', ['submit', 'ws://127.0.0.1:1/jobs', 'add'], 69],
    ['submit to what is no address', ['submit', 'nowhere', 'add'], 64],
    ['explain without a gateway', ['explain', 'x', '-u', 'ws://127.0.0.1:1/jobs'], 69],
    ['a worker on memory:', ['worker', HANDLERS, '--broker', 'memory:'], 64],
    ['a worker on a directory', ['worker', HANDLERS, '--broker', 'file:x'], 64],
    ['a worker without a broker', ['worker', HANDLERS], 64],
    ['handlers that are not there', ['serve', 'no-such-file.js'], 64],
    ['no handlers', ['serve'], 64],
    ['an unknown action', ['dead', 'shw'], 64],
    ['a move from nowhere', ['move', '--from', 'file:/no/such', '--to', 'amqp://h'], 64],
  ])('ends with its exit code for %s', async (_name, args, code) => {
    const child = vigil(args);
    expect((await child.waitForExit()).code).toBe(code);
  });

  it('moves what waits in one directory to another broker', async () => {
    const { child, url, directory } = await startServe(['--concurrency', '1']);
    const client = await TestClient.connect(url);
    client.send({ type: 'job', id: 'first', name: 'deaf' });
    await client.until('progress', () => client.of('progress')[0]);
    for (let n = 1; n <= 30; n += 1)
      client.send({ type: 'job', id: String(n), name: 'slow', args: { ms: 1 } });
    await client.until('accepted', () => (client.of('accepted').length === 31 ? true : undefined));
    child.kill('SIGKILL');
    await child.waitForExit();
    await client.close();
    const to = `file:${join(directory, 'other')}`;
    const from = `file:${join(directory, '.vigil/jobs/broker')}`;
    const moved = await runVigil(['move', '--from', from, '--to', to], directory);
    expect(moved).toMatchObject({ code: 0, stdout: expect.stringContaining('moved 31 jobs') });
    expect(await runVigil(['move', '--from', from, '--to', to], directory)).toMatchObject({
      stdout: expect.stringContaining('moved 0 jobs'),
    });
    const second = await startServe(['--broker', to], directory);
    const again = await TestClient.connect(second.url);
    again.send({ type: 'resume', session: client.session });
    await again.until('results', () => (again.of('result').length === 30 ? true : undefined));
    again.send({ type: 'cancel', id: 'first' });
    await again.until('cancelled', () => again.of('cancelled')[0]);
    await again.close();
    second.child.kill('SIGTERM');
    expect((await second.child.waitForExit(30_000)).code).toBe(0);
  });
});

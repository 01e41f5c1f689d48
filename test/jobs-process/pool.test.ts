import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { isAlive } from '../support/marked-processes.ts';
import { startNode } from '../support/start-child.ts';
import { waitUntil } from '../support/wait-until.ts';
import { HANDLERS, startPool } from './start-pool.ts';

jest.setTimeout(60_000);
afterEach(() => assertNoLeaks());

describe('a pool of workers', () => {
  it('runs the job of a killed worker again, and says how the worker ended', async () => {
    const pool = await startPool();
    const file = join(pool.directory, 'go');
    pool.publish('1', 'until', { args: { file } });
    await pool.heard('progress', '1');
    const [worker] = await pool.workers();
    process.kill(worker?.pid ?? 0, 'SIGKILL');
    const exit = await pool.event('worker.exited');
    expect(exit).toMatchObject({
      cause: 'signal',
      expected: false,
      jobs: [{ id: 'c/1', attempt: 1, fate: 'retried' }],
    });
    await writeFile(file, '');
    expect(await pool.result('1')).toEqual({ ok: true, value: 'c/1' });
    expect((await pool.heard('started', '1', 2)).body).toMatchObject({ attempt: 2 });
    await pool.stop();
    expect(pool.said.filter(({ kind }) => kind === 'result')).toHaveLength(1);
  });

  it('puts a job aside that ends its worker each time, with the report, and the others pay nothing', async () => {
    const pool = await startPool();
    const file = join(pool.directory, 'go');
    pool.publish('long', 'until', { args: { file } });
    pool.publish('poison', 'killed');
    pool.publish('other', 'about');
    expect((await pool.heard('death', 'poison')).body).toMatchObject({
      code: 'worker_lost',
      detail: {
        cause: 'signal',
        signal: 'SIGKILL',
        outputTail: expect.arrayContaining(['about to be killed']),
      },
    });
    expect(await pool.result('other')).toMatchObject({ value: { attempt: 1 } });
    await writeFile(file, '');
    expect(await pool.result('long')).toEqual({ ok: true, value: 'c/long' });
    expect((await pool.dead()).map(({ job, attempts }) => [job.id, attempts])).toEqual([
      ['c/poison', 3],
    ]);
    await pool.stop();
  });

  it('knows whose error nobody caught, and keeps its stack', async () => {
    const pool = await startPool();
    const file = join(pool.directory, 'go');
    pool.publish('long', 'until', { args: { file } });
    await pool.heard('progress', 'long');
    pool.publish('poison', 'throwsLater');
    const exit = await pool.event('worker.exited');
    expect(exit).toMatchObject({ cause: 'crash' });
    expect(exit.jobs.map(({ id, fate }) => [id, fate])).toEqual([
      ['c/long', 'returned'],
      ['c/poison', 'retried'],
    ]);
    await writeFile(file, '');
    await pool.result('long');
    await pool.heard('death', 'poison');
    const [letter] = await pool.dead();
    expect(letter?.reason.detail).toMatchObject({
      cause: 'crash',
      error: { message: 'nobody catches this' },
      stack: expect.stringContaining('handlers.cjs'),
    });
    await pool.stop();
  });

  it('ends a blocked worker, says where it is stuck, and starts another', async () => {
    const pool = await startPool({ silenceMs: 1500 });
    pool.publish('stuck', 'blocked');
    const exit = await pool.event('worker.exited');
    expect(exit).toMatchObject({ cause: 'hang', jobs: [{ id: 'c/stuck', fate: 'retried' }] });
    pool.send({ do: 'cancel', id: 'stuck' });
    pool.publish('next', 'add', { args: { a: 1, b: 1 } });
    expect(await pool.result('next')).toEqual({ ok: true, value: 2 });
    pool.child.kill('SIGKILL');
    await pool.child.waitForExit();
    await assertNoLeaks(15_000);
  });

  it('tells a handler that its job is cancelled, and ends the process of one that does not listen', async () => {
    // Long enough for the one that listens.
    const pool = await startPool({ cancelGraceMs: 2000 });
    pool.publish('obedient', 'obedient');
    await pool.heard('progress', 'obedient');
    pool.send({ do: 'cancel', id: 'obedient' });
    expect(await pool.result('obedient')).toMatchObject({ error: { code: 'cancelled' } });
    expect(pool.said.some(({ type }) => type === 'worker.exited')).toBe(false);
    const file = join(pool.directory, 'go');
    pool.publish('beside', 'until', { args: { file } });
    await pool.heard('progress', 'beside');
    pool.publish('deaf', 'deaf');
    await pool.heard('progress', 'deaf');
    pool.send({ do: 'cancel', id: 'deaf' });
    expect(await pool.result('deaf')).toMatchObject({ error: { code: 'cancelled' } });
    const exit = await pool.event('worker.exited');
    expect(exit).toMatchObject({ expected: true, signal: 'SIGTERM' });
    expect(exit.jobs.map(({ id, fate }) => [id, fate])).toEqual([
      ['c/beside', 'returned'],
      ['c/deaf', 'ended'],
    ]);
    await writeFile(file, '');
    expect(await pool.result('beside')).toEqual({ ok: true, value: 'c/beside' });
    expect((await pool.heard('started', 'beside', 2)).body).toMatchObject({ attempt: 1 });
    await pool.stop();
  });

  it('ends a blocked process when its job is cancelled or late', async () => {
    const pool = await startPool();
    // Long enough that a busy machine has begun it by then.
    pool.publish('late', 'blocked', { deadlineMs: 2000 });
    expect(await pool.result('late')).toMatchObject({ error: { code: 'timeout' } });
    expect(await pool.event('worker.exited')).toMatchObject({ signal: 'SIGKILL' });
    await pool.stop();
  });

  it('finishes what it has when it stops, and takes nothing more', async () => {
    const pool = await startPool({ concurrency: 1 });
    const file = join(pool.directory, 'go');
    pool.publish('1', 'until', { args: { file } });
    await pool.heard('progress', '1');
    pool.publish('2', 'add', { args: { a: 1, b: 1 } });
    pool.send({ do: 'stop' });
    // As soon as it is asked, whether or not its process has heard of it.
    expect((await pool.says('stopping'))['counts']).toContainEqual({
      name: 'add',
      ready: 1,
      consumers: 0,
    });
    await writeFile(file, '');
    const { code } = await pool.child.waitForExit();
    expect(code).toBe(0);
    expect(await pool.result('1')).toEqual({ ok: true, value: 'c/1' });
    expect(await pool.event('worker.exited')).toMatchObject({ code: 0, jobs: [] });
    const stopped = pool.said.find(({ kind }) => kind === 'stopped');
    expect(stopped?.['counts']).toContainEqual({ name: 'add', ready: 1, consumers: 0 });
  });

  it('leaves no worker behind when its process is killed, a blocked one neither', async () => {
    const pool = await startPool({ workers: 2, concurrency: 1 });
    pool.publish('1', 'blocked');
    pool.publish('2', 'deaf');
    await pool.heard('progress', '2');
    const pids = (await pool.workers()).map(({ pid }) => pid ?? 0);
    pool.child.kill('SIGKILL');
    await pool.child.waitForExit();
    await waitUntil(
      async () => (pids.some(isAlive) ? undefined : true),
      () => 'a worker is left',
      15_000,
    );
  });

  it('says why handlers cannot be loaded, and ends', async () => {
    const file = HANDLERS.replace('handlers.cjs', 'no-handlers.mjs');
    const settings = JSON.stringify({ handlersFile: file, stateDirectory: '/tmp' });
    const child = startNode([HANDLERS.replace('handlers.cjs', 'drive-pool.cjs'), settings]);
    await child.waitForLine(/exports no function/);
    expect((await child.waitForExit()).code).toBe(1);
  });
});

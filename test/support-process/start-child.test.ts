import { createServer } from 'node:net';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { isAlive, killMarkedProcesses } from '../support/marked-processes.ts';
import { request } from '../support/request.ts';
import { startNode } from '../support/start-child.ts';
import { waitForEvent } from '../support/wait-for-event.ts';

const FIXTURES = join(__dirname, '../fixtures/support');

describe('startNode', () => {
  it('gives the lines, the answers and the exit of a program', async () => {
    const child = startNode([join(FIXTURES, 'echo-server.cjs')]);
    const [, port] = await child.waitForLine(/listening on (\d+)/);
    const answer = await request(`http://127.0.0.1:${port}/x`, { method: 'PUT' });
    expect(answer).toMatchObject({ status: 200, body: 'PUT /x' });
    child.kill('SIGTERM');
    expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
    await assertNoLeaks();
  });

  it('shows the output of a program that ends without the awaited line', async () => {
    const child = startNode(['-e', 'console.error("no such luck")']);
    await expect(child.waitForLine(/luck at last/)).rejects.toThrow(/no such luck/);
    await child.waitForExit();
    await expect(child.waitForLine(/never/)).rejects.toThrow(/ended without/);
    await assertNoLeaks();
  });
});

describe('assertNoLeaks', () => {
  it('finds a process whose parent has ended', async () => {
    const child = startNode([join(FIXTURES, 'orphan-maker.cjs')]);
    const [, pid] = await child.waitForLine(/left (\d+)/);
    await child.waitForExit();
    expect(isAlive(Number(pid))).toBe(true);
    await expect(assertNoLeaks(100)).rejects.toThrow(`process ${pid}`);
    await killMarkedProcesses();
    await assertNoLeaks();
  });

  it('finds a server left open in the process of the test', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await waitForEvent(server, 'listening');
    await expect(assertNoLeaks(100)).rejects.toThrow(/TCPServerWrap/);
    server.close();
    await assertNoLeaks();
  });

  it('finds a warning that Node printed in a child', async () => {
    const child = startNode(['-e', 'process.emitWarning("careful")']);
    await child.waitForExit();
    await expect(assertNoLeaks(100)).rejects.toThrow(/careful/);
  });
});

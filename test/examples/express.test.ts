import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { request } from '../support/request.ts';
import { startNode } from '../support/start-child.ts';
import { portOf } from './port-of.ts';
import { makeProject, VIGIL } from './project-sandbox.ts';

describe('example 01-express', () => {
  it('serves again after a crash, reports it and ends cleanly from the console', async () => {
    const cwd = await makeProject(['express'], '01-express');
    const vigil = startNode([VIGIL, 'run', 'server.js', '--port', '0'], { cwd });
    const first = await portOf(vigil, 1);
    expect((await request(`http://127.0.0.1:${first}/orders/1`)).body).toContain('green tea');

    await expect(request(`http://127.0.0.1:${first}/orders/9`)).rejects.toThrow();
    await vigil.waitForLine(/server #1, .* crashed: TypeError/);
    const second = await portOf(vigil, 2);
    expect((await request(`http://127.0.0.1:${second}/`)).body).toContain('served by process');

    await vigil.waitForLine(/crash report .* \(crash, seen once\)/);
    const reports = await readdir(join(cwd, '.vigil/tea-shop/crashes'));
    expect(reports.filter((name) => name.endsWith('.json'))).not.toEqual([]);
    vigil.write('exit clean');
    expect(await vigil.waitForExit()).toEqual({ code: 0, signal: null });
    await assertNoLeaks();
  });
});

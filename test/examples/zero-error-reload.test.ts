import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startNode } from '../support/start-child.ts';
import { portOf } from './port-of.ts';
import { makeProject, VIGIL } from './project-sandbox.ts';

describe('example 05-zero-error-reload', () => {
  it('brings a new version out and rolls a broken one back, and no client fails', async () => {
    const cwd = await makeProject([], '05-zero-error-reload');
    const bringOut = async (version: string): Promise<number | null> => {
      await copyFile(join(cwd, 'menus', version), join(cwd, 'menu.js'));
      return (await startNode([VIGIL, 'reload'], { cwd }).waitForExit()).code;
    };
    const vigil = startNode([VIGIL, 'run', 'server.js', '--port', '0'], { cwd });
    const clients = startNode(['clients.js', await portOf(vigil, 1)], { cwd });
    await clients.waitForLine(/first answer of its kind: green tea/);

    expect(await bringOut('summer.js')).toBe(0);
    await clients.waitForLine(/first answer of its kind: iced oolong/);
    expect(await bringOut('broken.js')).toBe(1);
    await vigil.waitForLine(/rolled back.*Cannot find module '\.\/teas\.json'/);

    clients.kill('SIGINT');
    await clients.waitForLine(/^\d+ × green tea$/);
    await clients.waitForLine(/^0 failed$/);
    await clients.waitForExit();
    vigil.kill('SIGINT');
    expect(await vigil.waitForExit()).toEqual({ code: 0, signal: null });
    await assertNoLeaks();
  });
});

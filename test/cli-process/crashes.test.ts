import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startSession } from './running-session.ts';

interface Summary {
  readonly id: string;
}

describe('vigil crashes', () => {
  it('lists, shows and clears reports, whether the session runs or not', async () => {
    const session = await startSession();
    await session.ask('/throw');
    await session.vigil.events().waitFor('crash.reported');
    const listed = JSON.parse((await session.run('crashes', 'list', '--json')).stdout) as Summary[];
    expect(listed).toEqual([
      {
        id: expect.any(String),
        at: expect.any(String),
        cause: 'crash',
        fingerprint: expect.any(String),
        occurrences: 1,
      },
    ]);
    const status = await session.run('status');
    expect(status.stdout).toMatch(/^last death +crash \(code 1\)/m);
    expect(status.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    await session.vigil.stop();

    const id = listed[0]?.id ?? '';
    const table = await session.run('crashes');
    expect(table.stdout).toMatch(new RegExp(`^ID +WHEN +CAUSE +SEEN\n${id} +\\S+ +crash +1\n$`));
    const text = await session.run('crashes', 'show', id.slice(0, -2));
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/An uncaught exception ended the server process[^]*server\.cjs/);
    const json = JSON.parse((await session.run('crashes', 'show', id, '--json')).stdout) as object;
    expect(json).toMatchObject({ id, cause: 'crash', code: 1, outputTail: expect.any(Array) });
    const missing = await session.run('crashes', 'show', 'nosuch');
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(await session.run('crashes', 'clear')).toMatchObject({
      code: 0,
      stdout: 'removed 1 crash report\n',
    });
    expect((await session.run('crashes', 'list', '--json')).stdout).toBe('[]\n');
    await assertNoLeaks();
  });
});

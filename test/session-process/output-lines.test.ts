import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { runServer } from './run-server.ts';

const SECRET = 'correct-horse-battery';

describe('the output of the server', () => {
  it('is one JSON object a line with --log json, each with the process that wrote it', async () => {
    const session = await runServer('writes.cjs', {
      flags: ['--log', 'json'],
      env: { DB_PASSWORD: SECRET },
    });
    const { pid } = await session.ready();
    await session.get('/out/hello');
    await session.get(`/err/the key is ${SECRET}`.replaceAll(' ', '%20'));
    await session.get('/long/1000000');
    await session.vigil.waitForLine(/end"/);
    await session.act('/die/last%20words');
    const { pid: second } = await session.ready(2);
    await session.get('/out/again');
    await session.vigil.waitForLine(/again/);
    expect(await session.stop()).toMatchObject({ code: 0 });

    const lines = session.vigil.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.every(({ at }) => !Number.isNaN(Date.parse(String(at))))).toBe(true);
    const server = lines.filter(({ stream }) => stream !== 'monitor');
    const first = { pid, generation: 1 };
    expect(server[0]).toMatchObject({ ...first, stream: 'stdout', line: 'hello' });
    expect(server).toContainEqual(
      expect.objectContaining({
        ...first,
        stream: 'stderr',
        line: 'the key is [DB_PASSWORD masked]',
      }),
    );
    const pieces = server.filter(({ line }) => /^x*(end)?$/.test(String(line)));
    const whole = pieces.map(({ line }) => line).join('');
    // Compared like this, a fault does not print a megabyte.
    expect([whole.length, whole === `${'x'.repeat(1_000_000)}end`]).toEqual([1_000_003, true]);
    expect(pieces.map(({ partial }) => partial)).toEqual([
      ...pieces.slice(1).map(() => true),
      undefined,
    ]);
    expect(server.at(-2)).toMatchObject({ ...first, stream: 'stdout', line: 'last words' });
    expect(server.at(-1)).toMatchObject({ pid: second, generation: 2, line: 'again' });
    // On disk it is text, whoever wrote it.
    const log = readFileSync(join(session.vigil.stateDirectory, 'server.log'), 'utf8');
    expect(log).toMatch(/^hello\n[^]*end\nlast words\nagain\n$/);
    await assertNoLeaks();
  });

  it('has time and name before each line with logs.prefix, and is as it is without', async () => {
    const prefixed = await runServer('writes.cjs', { set: ['logs.prefix=true'] });
    await prefixed.ready();
    await prefixed.get('/out/hello');
    await prefixed.get('/err/oh');
    await prefixed.vigil.waitForLine(/^\d\d:\d\d:\d\d __server__ hello$/);
    await prefixed.vigil.waitForLine(/^\d\d:\d\d:\d\d __server__ oh$/);
    expect(await prefixed.stop()).toMatchObject({ code: 0 });

    const plain = await runServer('writes.cjs');
    await plain.ready();
    await plain.get('/out/hello');
    await plain.vigil.waitForLine(/^hello$/);
    expect(await plain.stop()).toMatchObject({ code: 0 });
    await assertNoLeaks();
  });

  it('is left out with showServerOutput false, as JSON too', async () => {
    const session = await runServer('writes.cjs', {
      flags: ['--log', 'json'],
      set: ['showServerOutput=false'],
    });
    await session.ready();
    await session.get('/out/secretly');
    expect(await session.stop()).toMatchObject({ code: 0 });
    expect(session.vigil.lines.join('\n')).not.toContain('secretly');
    await assertNoLeaks();
  });
});

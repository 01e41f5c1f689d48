import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { type Session, runServer } from './run-server.ts';

const SERVER = `
  const { createServer } = require('node:http');
  const value = require('./lib/value.js');
  createServer((request, response) => response.end(value))
    .listen(Number(process.env.serverPort), '127.0.0.1');`;

async function runWatched(
  value: string,
  set: readonly string[] = [],
): Promise<{ session: Session; folder: string; change: (code: string) => Promise<void> }> {
  const folder = await makeTempDirectory({ 'server.js': SERVER, 'lib/value.js': value });
  const session = await runServer(join(folder, 'server.js'), {
    cwd: folder,
    set: ['watch=["lib","server.js"]', ...set],
  });
  await session.vigil.waitForLine(/watching \d+ files/);
  return {
    session,
    folder,
    change: (code) => writeFile(join(folder, 'lib/value.js'), code),
  };
}

afterEach(async () => {
  await assertNoLeaks();
});

describe('a change of a watched file', () => {
  it('has the server replaced by one that has read it', async () => {
    const { session, change } = await runWatched(`module.exports = 'one';`);
    await session.ready();
    expect(await session.get()).toMatchObject({ body: 'one' });
    await change(`module.exports = 'two';`);
    expect(await session.event('files.changed')).toMatchObject({ paths: ['lib/value.js'] });
    await session.event('reload.succeeded');
    expect(await session.get()).toMatchObject({ body: 'two' });
    expect(await session.exited()).toMatchObject({ cause: 'reload', expected: true });
    await session.stop();
  });

  it('that makes it unable to start leaves the old one, and the next change mends it', async () => {
    const { session, change } = await runWatched(`module.exports = 'one';`);
    const { pid } = await session.ready();
    await change(`throw new Error('half written');`);
    await session.event('reload.rolledBack');
    expect(await session.get()).toMatchObject({ body: 'one' });
    await change(`module.exports = 'mended';`);
    await session.event('reload.succeeded');
    expect(await session.get()).toMatchObject({ body: 'mended' });
    expect((await session.ofType('worker.exited')).at(-1)).toMatchObject({ pid });
    await session.stop();
  });

  it('starts at once what waits for its next start', async () => {
    const waits = ['restart.backoff.baseSeconds=600', 'restart.backoff.maxSeconds=600'];
    const { session, change } = await runWatched(`throw new Error('broken');`, waits);
    await session.event('restart.scheduled', ({ delayMs }) => Number(delayMs) > 1000);
    await change(`module.exports = 'mended';`);
    await session.event('worker.ready');
    expect(await session.get()).toMatchObject({ body: 'mended' });
    await session.stop();
  });

  it('is seen also where the folder appears only later', async () => {
    const { session, folder } = await runWatched(`module.exports = 'one';`, ['watch=routes']);
    await session.vigil.waitForLine(/"watch" names .*routes, which does not exist/);
    await session.ready();
    await mkdir(join(folder, 'routes/deep'), { recursive: true });
    await writeFile(join(folder, 'routes/deep/a.js'), '');
    expect(await session.event('files.changed')).toMatchObject({ paths: ['routes/deep/a.js'] });
    await session.event('reload.succeeded');
    await writeFile(join(folder, 'routes/deep/b.js'), '');
    await session.event('files.changed', ({ paths }) => String(paths).includes('b.js'));
    await session.event('reload.succeeded', 3);
    await session.stop();
  });
});

import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { openControl } from '../support/open-control.ts';
import { mountSmallDisk, onFullDisk } from '../support/small-disk.ts';
import { runVigil } from '../support/spawn-vigil.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { runServer } from './run-server.ts';

describe('the event log', () => {
  it('begins its own line after a part of one, and goes on when it is emptied or moved away', async () => {
    const stateDirectory = await makeTempDirectory({ 'events.jsonl': '{"type":"worker.for' });
    const log = join(stateDirectory, 'events.jsonl');
    const session = await runServer('acts.cjs', { flags: ['--state-dir', stateDirectory] });
    await waitUntil(
      () => /worker\.ready.*\n$/.test(readFileSync(log, 'utf8')) || undefined,
      () => 'no worker.ready in the log',
    );
    const client = await openControl(stateDirectory);
    const torn = readFileSync(log, 'utf8').split('\n');
    expect(torn[0]).toBe('{"type":"worker.for');
    expect(JSON.parse(torn[1] ?? '')).toMatchObject({ type: 'session.started', seq: 1 });

    writeFileSync(log, '');
    await client.request('POST', '/set', { path: 'polling.intervalSeconds', value: 1 });
    await session.event('config.changed', ({ value }) => value === 1);
    expect(readFileSync(log, 'utf8')).toMatch(/^\{"type":"config\.changed".*\}\n$/);

    renameSync(log, `${log}.1`);
    await client.request('POST', '/set', { path: 'polling.intervalSeconds', value: 2 });
    await session.event('config.changed', ({ value }) => value === 2);
    session.vigil.child.kill('SIGTERM');
    await session.vigil.waitForExit();
    appendFileSync(log, '{"torn\n');
    const { stdout, stderr } = await runVigil([
      ...['events', '--json', '-n', '100', '--state-dir', stateDirectory],
    ]);
    const types = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types.slice(0, 2)).toEqual(['config.changed', 'config.changed']);
    expect(types.at(-1)).toBe('session.ended');
    expect(stderr).toBe('vigil: 1 line of the event log could not be read: left out\n');
    await assertNoLeaks();
  });

  onFullDisk('is written again, and whole, when a full disk has room', async () => {
    const disk = await mountSmallDisk(2_000_000);
    try {
      const session = await runServer('acts.cjs', { flags: ['--state-dir', disk.directory] });
      const { pid } = await session.ready();
      const client = await openControl(disk.directory);
      disk.fill();
      for (let value = 1; value <= 50; value += 1)
        await client.request('POST', '/set', { path: 'polling.intervalSeconds', value });
      await session.vigil.child.waitForLine(/the event log cannot be written.*ENOSPC/);
      expect((await session.get()).status).toBe(200);
      disk.empty();
      await session.event('config.changed', ({ value }) => value === 50);
      expect(await client.request('GET', '/status')).toMatchObject({ worker: { pid } });
      await session.stop();
    } finally {
      disk.unmount();
    }
    await assertNoLeaks();
  });
});

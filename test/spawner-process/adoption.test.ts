import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { isAlive, TEST_MARKER } from '../support/marked-processes.ts';
import { request } from '../support/request.ts';
import { waitUntil } from '../support/wait-until.ts';
import { finish, portOf } from './spawner-end.ts';
import { type RunningSpawner, startSpawner } from './start-spawner.ts';

afterEach(async () => {
  await assertNoLeaks();
});

interface RecordFile {
  spawns: {
    id: string;
    pid: number;
    startTime: string;
    spawnTime: number;
    port: number;
    wasReady: boolean;
  }[];
}

const recordOf = ({ directory }: RunningSpawner): string => join(directory, 'state/spawns.json');

async function readRecord(spawner: RunningSpawner): Promise<RecordFile> {
  // It is written in its own time.
  const text = await readFile(recordOf(spawner), 'utf8').catch(() => '{"spawns":[]}');
  return JSON.parse(text) as RecordFile;
}

/** Kills the spawner once it has written down that so many are ready. */
async function killSpawner(spawner: RunningSpawner, ready: number): Promise<void> {
  await waitUntil(
    async () => {
      const { spawns } = await readRecord(spawner);
      return spawns.filter(({ wasReady }) => wasReady).length === ready ? true : undefined;
    },
    () => 'the record is not written',
  );
  spawner.child.kill('SIGKILL');
  await spawner.child.waitForExit();
}

describe('a spawner that was killed', () => {
  it('is followed by one that takes its servers over, and those whom nobody waits for any more end', async () => {
    const former = await startSpawner({ ports: { max: 3 } });
    const kept = await former.spawn();
    const lost = await former.spawn();
    const call = former.spawn({ behave: 'never-ready' }).catch(() => null);
    await waitUntil(
      async () => ((await readRecord(former)).spawns.length === 3 ? true : undefined),
      () => 'the third is not recorded',
    );
    await killSpawner(former, 2);
    expect(await call).toBeNull();
    const before = await readRecord(former);
    const times = before.spawns.map(({ spawnTime }) => new Date(spawnTime).toISOString());
    // One crashes while nobody looks.
    await request(`http://127.0.0.1:${portOf(lost.endpoint)}/crash`);
    const pidOf = (id: string): number => before.spawns.find((row) => row.id === id)?.pid ?? 0;
    await waitUntil(
      () => (isAlive(pidOf(lost.id)) ? undefined : true),
      () => 'it lives',
    );
    const begin = Math.min(...before.spawns.map(({ port }) => port));
    const later = await startSpawner(
      { ports: { begin, max: 3 }, startDeadlineSeconds: 2 },
      { directory: former.directory },
    );
    expect(later.child.output.text).toContain('servers taken over from the spawner before: 3');
    // Its servers know where it was.
    expect(later.url).toBe(former.url);
    const rows = await later.rows();
    expect(rows.find(({ id }) => id === kept.id)).toMatchObject({
      state: 'ready',
      adopted: true,
      pid: pidOf(kept.id),
      port: portOf(kept.endpoint),
    });
    expect(rows.map(({ spawnTime }) => spawnTime).sort()).toEqual(times.sort());
    const gone = await later.waitForState(lost.id, 'dead');
    expect(gone.endedBecause).toBe('nothing is known of its end');
    const orphan = before.spawns.find(({ wasReady }) => !wasReady);
    await later.waitForState(orphan?.id ?? '', 'dead');
    await waitUntil(
      async () => {
        const { usedSpawnPorts, availableSpawnPorts } = await later.status();
        return usedSpawnPorts === 1 && availableSpawnPorts === 2 ? true : undefined;
      },
      () => 'not all ports but one are back',
    );
    // It goes on reporting, and can be ended.
    const { lastUpdateTime } = rows.find(({ id }) => id === kept.id) as unknown as {
      lastUpdateTime: string;
    };
    await waitUntil(
      async () => {
        const row = (await later.rows()).find(({ id }) => id === kept.id);
        return JSON.stringify(row).includes(lastUpdateTime) ? undefined : true;
      },
      () => 'nothing more is heard of it',
    );
    await later.ask('DELETE', `/api/spawns/${kept.id}`);
    await finish(later);
    expect(isAlive(pidOf(kept.id))).toBe(false);
  });

  it.each([
    ['is damaged', (path: string) => writeFile(path, '{"version":1,')],
    ['was not written', (path: string) => rm(path)],
  ])('has its servers taken over, although the record %s', async (_title, spoil) => {
    const former = await startSpawner({ ports: { max: 2 }, livelinessIntervalSeconds: 0.2 });
    const kept = await former.spawn();
    const call = former.spawn({ behave: 'never-ready' }).catch(() => null);
    const before = await waitUntil(
      async () => {
        const { spawns } = await readRecord(former);
        return spawns.length === 2 ? spawns : undefined;
      },
      () => 'the second is not recorded',
    );
    await killSpawner(former, 1);
    expect(await call).toBeNull();
    await spoil(recordOf(former));
    const begin = Math.min(...before.map(({ port }) => port));
    const later = await startSpawner(
      { ports: { begin, max: 2 }, livelinessIntervalSeconds: 0.2, startDeadlineSeconds: 2 },
      { directory: former.directory },
    );
    expect(later.child.output.text).toContain('servers taken over from the spawner before: 2');
    expect(later.url).toBe(former.url);
    const row = await later.waitForState(kept.id, 'ready');
    const { port, pid } = before.find(({ id }) => id === kept.id) ?? {};
    expect(row).toMatchObject({ adopted: true, port, pid });
    const silent = before.find(({ id }) => id !== kept.id);
    await later.waitForState(silent?.id ?? '', 'dead');
    expect(isAlive(silent?.pid ?? 0)).toBe(false);
    await later.ask('DELETE', `/api/spawns/${kept.id}`);
    await finish(later);
    expect(isAlive(pid ?? 0)).toBe(false);
  });

  it('has left the pid of a server to a stranger, who is never touched', async () => {
    const former = await startSpawner();
    const { endpoint } = await former.spawn();
    await killSpawner(former, 1);
    await request(`http://127.0.0.1:${portOf(endpoint)}/crash`);
    const stranger = spawn('sleep', ['60'], {
      env: { PATH: process.env['PATH'], ...TEST_MARKER },
      stdio: 'ignore',
      detached: true,
    });
    const record = await readRecord(former);
    const [only] = record.spawns;
    const changed = { ...record, spawns: [{ ...only, pid: stranger.pid }] };
    await writeFile(recordOf(former), JSON.stringify(changed));
    const later = await startSpawner(
      { ports: { begin: portOf(endpoint) } },
      { directory: former.directory },
    );
    await later.waitForState(only?.id ?? '', 'dead');
    await finish(later);
    expect(isAlive(stranger.pid ?? 0)).toBe(true);
    stranger.kill('SIGKILL');
    await new Promise((resolve) => stranger.once('exit', resolve));
  });

  it('may have left a record that cannot be read: that is told, and it starts', async () => {
    const former = await startSpawner();
    await finish(former);
    await writeFile(recordOf(former), '{"version":1,"spawns":[{"pid":');
    const later = await startSpawner({}, { directory: former.directory });
    await later.child.waitForLine(/the record of the servers cannot be used/);
    const { id } = await later.spawn();
    await expect(startSpawner({}, { directory: former.directory })).rejects.toThrow(
      'another spawner',
    );
    await later.ask('DELETE', `/api/spawns/${id}`);
    await finish(later);
  });
});

import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CrashStore } from '../../lib/report/crash-store.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { crashReport } from './facts.ts';

async function storeIn(keep?: number): Promise<{ store: CrashStore; directory: string }> {
  const directory = join(await makeTempDirectory(), 'crashes');
  return {
    directory,
    store: new CrashStore({ directory, ...(keep === undefined ? {} : { keep }) }),
  };
}

function reportAt(
  second: number,
  cause: 'crash' | 'rejection' = 'crash',
): ReturnType<typeof crashReport> {
  return crashReport({ at: `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`, cause });
}

describe('CrashStore', () => {
  it('gives back what was added, readable by the owner alone', async () => {
    const { store, directory } = await storeIn();
    const { report } = await store.add(reportAt(1));
    expect(await store.show(report.id)).toEqual(report);
    const [file = ''] = await readdir(directory);
    expect((await stat(join(directory, file))).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('counts the occurrences of a fingerprint, also over a restart of the monitor', async () => {
    const { store, directory } = await storeIn();
    await Promise.all([
      store.add(reportAt(1)),
      store.add(reportAt(2)),
      store.add(reportAt(3, 'rejection')),
    ]);
    const next = new CrashStore({ directory });
    await next.add(reportAt(4));
    const { reports } = await next.list();
    expect(reports.map(({ cause, occurrences }) => [cause, occurrences])).toEqual([
      ['crash', 3],
      ['rejection', 1],
      ['crash', 2],
      ['crash', 1],
    ]);
  });

  it('keeps the newest reports and goes on counting', async () => {
    const { store } = await storeIn(2);
    for (const second of [1, 2, 3, 4]) await store.add(reportAt(second));
    const { reports } = await store.list();
    expect(reports.map(({ occurrences }) => occurrences)).toEqual([4, 3]);
  });

  it('shows a report by the beginning of its id and refuses one that fits several', async () => {
    const { store } = await storeIn();
    const { report } = await store.add(reportAt(1));
    await store.add(reportAt(2));
    expect((await store.show('20260101-000001')).id).toBe(report.id);
    await expect(store.show('2026')).rejects.toMatchObject({ code: 'ERR_REPORT_NOT_FOUND' });
    await expect(store.show('../../etc/passwd')).rejects.toMatchObject({
      code: 'ERR_REPORT_NOT_FOUND',
    });
  });

  it.each([
    ['nothing', '', 'is not JSON'],
    ['half a report', '{"id":"x","at"', 'is not JSON'],
    ['another value', '[]', 'is not a JSON object'],
    ['a report without a cause', '{"id":"x","at":"y","fingerprint":"z"}', 'has no usable "cause"'],
  ])('passes over a file with %s and names it', async (_what, content, reason) => {
    const { store, directory } = await storeIn();
    await store.add(reportAt(1));
    await writeFile(join(directory, '20250101-broken.json'), content);
    const { reports, skipped } = await store.list();
    expect(reports).toHaveLength(1);
    expect(skipped).toEqual([{ file: '20250101-broken.json', reason }]);
    await expect(store.show('2025')).rejects.toMatchObject({ code: 'ERR_REPORT_STORE' });
  });

  it('counts on when the reports of a defect are gone, also after the monitor was replaced', async () => {
    const directory = await makeTempDirectory();
    const keepOne = (): CrashStore => new CrashStore({ directory, keep: 1 });
    await keepOne().add(reportAt(1));
    await keepOne().add({ ...reportAt(2), fingerprint: 'another' });
    expect((await keepOne().add(reportAt(3))).report.occurrences).toBe(2);
    await writeFile(join(directory, 'occurrences'), '[["another"],7,');
    expect((await keepOne().add(reportAt(4))).report.occurrences).toBe(3);
  });

  it('removes with a report what was kept beside it', async () => {
    const directory = await makeTempDirectory();
    const ids = ['01', '02', '03'].map((day) => `202601${day}-000000-000-0a0b0c`);
    const store = new CrashStore({ directory, keep: 2 });
    for (const id of ids) {
      await mkdir(join(directory, id));
      await writeFile(join(directory, id, 'heap.heapsnapshot'), '{}');
      await store.add({ ...reportAt(1), id });
    }
    const folders = async () => (await readdir(directory)).filter((name) => !/json|occ/.test(name));
    expect(await folders()).toEqual(ids.slice(1));
    await store.clear();
    expect(await readdir(directory)).toEqual([]);
  });

  it('tells a directory that cannot be written and still counts', async () => {
    const { store, directory } = await storeIn();
    await writeFile(directory, 'a file where the directory should be');
    const first = await store.add(reportAt(1));
    const second = await store.add(reportAt(2));
    expect(first.error).toMatchObject({ code: 'ERR_REPORT_STORE' });
    expect(second.report.occurrences).toBe(2);
  });

  it('leaves nothing half-written behind on a full disk', async () => {
    const { store, directory } = await storeIn();
    await mkdir(directory, { recursive: true });
    // A name that is too long stands in for the disk: the write fails in the same place.
    const { error } = await store.add({ ...reportAt(1), id: 'x'.repeat(300) });
    expect(error).toMatchObject({ code: 'ERR_REPORT_STORE' });
    expect(await readdir(directory)).toEqual([]);
  });

  it('is empty without a directory, and after clear', async () => {
    const { store, directory } = await storeIn();
    expect(await store.list()).toEqual({ reports: [], skipped: [] });
    expect(await store.clear()).toBe(0);
    await store.add(reportAt(1));
    expect(await store.clear()).toBe(1);
    expect((await store.add(reportAt(2))).report.occurrences).toBe(1);
    const names = await readdir(directory);
    expect(names).toEqual([expect.stringMatching(/\.json$/), 'occurrences']);
    const file = await readFile(join(directory, names[0] ?? ''), 'utf8');
    expect(file.endsWith('}\n')).toBe(true);
    await chmod(directory, 0o700);
  });
});

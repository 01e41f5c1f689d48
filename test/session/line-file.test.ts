import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { LineFile, type LineFileOptions } from '../../lib/session/monitor/line-file.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { mountSmallDisk, onFullDisk } from '../support/small-disk.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

interface OpenedFile {
  readonly log: LineFile;
  readonly file: string;
  readonly clock: ManualClock;
  readonly problems: string[];
  readonly gaps: number[];
}

async function openLines(options: Partial<LineFileOptions> = {}): Promise<OpenedFile> {
  const file = options.file ?? join(await makeTempDirectory(), 'state/lines');
  const clock = new ManualClock();
  const problems: string[] = [];
  const gaps: number[] = [];
  const log = new LineFile({
    maxBytes: 1_000_000,
    keep: 2,
    onProblem: ({ message }) => problems.push(message),
    onGap: (lines) => gaps.push(lines),
    ...options,
    clock,
    file,
  });
  return { log, file, clock, problems, gaps };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It may be moved away at this moment.
    return '';
  }
}

/** Time passes, as far as the disk is concerned, until then. */
async function until(isReached: () => boolean): Promise<void> {
  await waitUntil(
    () => isReached() || undefined,
    () => 'the file is not as it should be',
  );
}

/** Many lines, each with its number. */
function numbered(from: number, count: number, length = 0): string[] {
  return Array.from({ length: count }, (_, index) => `${from + index} `.padEnd(length, '.'));
}

describe('LineFile', () => {
  it('makes the folder of its file, open to its owner alone', async () => {
    const { log, file } = await openLines();
    log.append('one');
    await log.close();
    expect(read(file)).toBe('one\n');
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('keeps every line of a burst, those that come while it writes included', async () => {
    const { log, file } = await openLines();
    const lines = numbered(0, 3000);
    for (const [index, line] of lines.entries()) {
      log.append(line);
      if (index % 100 === 0) await new Promise(setImmediate);
    }
    await log.close();
    expect(read(file)).toBe(`${lines.join('\n')}\n`);
  });

  it('does not write on to a part of a line that a killed writer left', async () => {
    const directory = await makeTempDirectory({ lines: '{"whole":1}\n{"to' });
    const { log, file } = await openLines({ file: join(directory, 'lines') });
    log.append('next');
    await log.close();
    expect(read(file)).toBe('{"whole":1}\n{"to\nnext\n');
  });

  it('goes on in a file that was cut short, at its end or within a line', async () => {
    const { log, file } = await openLines();
    log.append('one');
    await until(() => read(file) === 'one\n');
    truncateSync(file, 0);
    log.append('two');
    await until(() => read(file) === 'two\n');
    truncateSync(file, 1);
    log.append('three');
    await log.close();
    expect(read(file)).toBe('t\nthree\n');
  });

  it('begins a new file when the old one was moved away or removed', async () => {
    const { log, file, problems } = await openLines();
    log.append('one');
    await until(() => read(file) === 'one\n');
    renameSync(file, `${file}-20260101`);
    log.append('two');
    await until(() => read(file) === 'two\n');
    rmSync(join(file, '..'), { recursive: true });
    log.append('three');
    await log.close();
    expect(read(file)).toBe('three\n');
    expect(problems).toEqual([]);
  });

  it('keeps as many older files as it may, whole lines in each', async () => {
    const { log, file } = await openLines({ maxBytes: 100, keep: 2 });
    for (const line of numbered(1_000_000_000, 40)) {
      log.append(line);
      await until(() => [file, `${file}.1`].some((name) => read(name).endsWith(`${line}\n`)));
    }
    await log.close();
    expect(readdirSync(join(file, '..'))).toEqual(expect.arrayContaining(['lines.1', 'lines.2']));
    expect(existsSync(`${file}.3`)).toBe(false);
    const kept = [`${file}.2`, `${file}.1`, file].map(read).join('');
    const numbers = kept.trim().split(/\s+/).map(Number);
    expect(numbers).toEqual(numbered(1_000_000_040 - numbers.length, numbers.length).map(Number));
    expect(numbers.length).toBeGreaterThanOrEqual(20);
  });

  it('tells once that it cannot be written, keeps what comes meanwhile, and tries again', async () => {
    const directory = await makeTempDirectory({ state: 'a file where a folder should be' });
    const { log, file, clock, problems, gaps } = await openLines({
      file: join(directory, 'state/lines'),
    });
    for (let n = 0; n < 3; n += 1) {
      log.append(`line ${n}`);
      await until(() => clock.waiting === 1);
      clock.advance(1000);
      await until(() => clock.waiting === 1);
    }
    expect(problems).toEqual([expect.stringContaining('state')]);
    rmSync(join(directory, 'state'));
    clock.advance(1000);
    await until(() => read(file) === 'line 0\nline 1\nline 2\n');
    log.append('line 3');
    await log.close();
    expect(read(file)).toBe('line 0\nline 1\nline 2\nline 3\n');
    expect(gaps).toEqual([]);
  });

  it('leaves nothing that waits when it is closed as its first try fails', async () => {
    const directory = await makeTempDirectory({ state: 'a file where a folder should be' });
    const { log, file, clock, problems } = await openLines({
      file: join(directory, 'state/lines'),
    });
    log.append('line');
    await log.close();
    expect(problems).toHaveLength(1);
    expect(clock.waiting).toBe(0);
    rmSync(join(directory, 'state'));
    clock.advance(60_000);
    expect(existsSync(file)).toBe(false);
  });

  it('counts what it cannot keep while it cannot be written', async () => {
    const directory = await makeTempDirectory({ state: '' });
    const { log, file, clock, gaps } = await openLines({
      file: join(directory, 'state/lines'),
      maxBytes: 10_000_000,
    });
    for (const line of numbered(0, 3000, 1000)) log.append(line);
    log.append('one for which there is room, but that would hide the gap');
    await until(() => clock.waiting === 1);
    rmSync(join(directory, 'state'));
    clock.advance(1000);
    await until(() => gaps.length === 1);
    log.append('after');
    await log.close();
    const kept = numbered(0, 3001 - (gaps[0] ?? 0), 1000);
    expect(kept.length).toBeGreaterThan(1000);
    // Compared as one value: a difference of so many lines nobody reads.
    expect(read(file) === `${[...kept, 'after'].join('\n')}\n`).toBe(true);
    expect(statSync(file).size).toBeLessThan(1_100_000);
  });

  onFullDisk(
    'leaves no part of a line on a full disk, and writes what it kept when there is room',
    async () => {
      const disk = await mountSmallDisk(2_000_000);
      try {
        const { log, file, clock, problems, gaps } = await openLines({
          file: join(disk.directory, 'lines'),
          maxBytes: 10_000_000,
        });
        log.append('first');
        await until(() => read(file) === 'first\n');
        disk.fill();
        const lines = numbered(0, 3000, 1000);
        for (const line of lines) {
          log.append(line);
          if (problems.length === 0) await new Promise(setImmediate);
        }
        await until(() => clock.waiting === 1);
        expect(problems).toEqual([expect.stringMatching(/^ENOSPC/)]);
        expect(read(file).endsWith('\n')).toBe(true);
        disk.empty();
        clock.advance(1000);
        await until(() => gaps.length === 1);
        log.append('after');
        await log.close();
        const kept = 3000 - (gaps[0] ?? 0);
        expect(kept).toBeGreaterThan(1000);
        const whole = `${['first', ...lines.slice(0, kept), 'after'].join('\n')}\n`;
        expect(read(file) === whole).toBe(true);
      } finally {
        disk.unmount();
      }
    },
  );
});

import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LogFile } from '../../lib/session/monitor/log-file.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const failTest = (error: Error): void => {
  throw error;
};

describe('LogFile', () => {
  it('makes the folder of its file, open to its owner alone', async () => {
    const directory = await makeTempDirectory();
    const file = join(directory, 'logs/shop/server.log');
    const log = new LogFile({ file, maxBytes: 1000, keep: 1 }, failTest);
    log.append(Buffer.from('a line\n'));
    await log.close();
    expect(readFileSync(file, 'utf8')).toBe('a line\n');
    expect(statSync(join(directory, 'logs')).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is moved aside when it is full, and nothing is lost or out of order', async () => {
    const file = join(await makeTempDirectory(), 'server.log');
    const log = new LogFile({ file, maxBytes: 1000, keep: 3 }, failTest);
    for (let n = 0; n < 400; n += 1) log.append(Buffer.from(`${String(n).padStart(8, '0')}\n`));
    await log.close();
    const texts = ['.3', '.2', '.1', ''].map((end) => readFileSync(`${file}${end}`, 'utf8'));
    const numbers = texts.join('').trimEnd().split('\n').map(Number);
    expect(numbers.at(-1)).toBe(399);
    expect(numbers).toEqual(numbers.map((_number, index) => (numbers[0] ?? 0) + index));
    for (const text of texts.slice(0, 3)) expect(text).toHaveLength(1008);
    expect(readdirSync(join(file, '..'))).toHaveLength(4);
  });

  it('keeps none beside it with keep 0', async () => {
    const file = join(await makeTempDirectory(), 'server.log');
    const log = new LogFile({ file, maxBytes: 10, keep: 0 }, failTest);
    for (const line of ['the first line\n', 'last\n']) log.append(Buffer.from(line));
    await log.close();
    expect(readFileSync(file, 'utf8')).toBe('last\n');
  });

  it('goes on with the file of an earlier session', async () => {
    const file = join(await makeTempDirectory({ 'server.log': 'earlier\n' }), 'server.log');
    const log = new LogFile({ file, maxBytes: 1000, keep: 1 }, failTest);
    log.append(Buffer.from('later\n'));
    await log.close();
    expect(readFileSync(file, 'utf8')).toBe('earlier\nlater\n');
  });

  it('drops and counts what a disk cannot take, tells of it once, and goes on when it can', async () => {
    const directory = await makeTempDirectory({ logs: 'a file where the folder should be' });
    const problems: string[] = [];
    const file = join(directory, 'logs/server.log');
    const log = new LogFile({ file, maxBytes: 1000, keep: 1 }, ({ message }) => {
      problems.push(message);
    });
    log.append(Buffer.from('one\n'));
    await log.close();
    log.append(Buffer.from('two\n'));
    await log.close();
    expect(log.dropped).toBe(8);
    expect(problems).toHaveLength(1);
    rmSync(join(directory, 'logs'));
    log.append(Buffer.from('three\n'));
    await log.close();
    expect(readFileSync(file, 'utf8')).toBe('three\n');
    expect(log.dropped).toBe(8);
  });

  it('drops and counts what comes faster than the disk takes it', async () => {
    const file = join(await makeTempDirectory(), 'server.log');
    const log = new LogFile({ file, maxBytes: 1e9, keep: 1 }, failTest);
    for (let n = 0; n < 10; n += 1) log.append(Buffer.alloc(1024 * 1024, 'x'));
    await log.close();
    expect(log.dropped).toBe(6 * 1024 * 1024);
    expect(statSync(file).size).toBe(4 * 1024 * 1024);
  });
});

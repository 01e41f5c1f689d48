import { readFileSync, statSync } from 'node:fs';
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
});

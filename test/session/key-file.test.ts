import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeKeyFile, writeKeyFile } from '../../lib/session/monitor/key-file.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vigil-key-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('the file with the session key', () => {
  it('is for this user alone, and goes with the session', async () => {
    const path = await writeKeyFile(directory, 'a key');
    expect(readFileSync(path, 'utf8')).toBe('a key\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    removeKeyFile(directory, 'a key');
    expect(existsSync(path)).toBe(false);
    expect(() => removeKeyFile(directory, 'a key')).not.toThrow();
  });

  it('stays when the monitor that took over has written its own key', async () => {
    await writeKeyFile(directory, 'the old key');
    const path = await writeKeyFile(directory, 'the new key');
    removeKeyFile(directory, 'the old key');
    expect(readFileSync(path, 'utf8')).toBe('the new key\n');
  });

  it('cannot be written where there is no directory', async () => {
    await expect(writeKeyFile(join(directory, 'none'), 'a key')).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});

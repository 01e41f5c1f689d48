import { closeSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRingFile } from '../../../lib/session/worker/flight-recorder/ring-file.ts';
import { makeTempDirectory } from '../../support/temp-directory.ts';

describe('the file of a flight recorder', () => {
  it('is made for this user alone, and never in the place of what is there', async () => {
    const directory = await makeTempDirectory({ 'shm/precious': 'kept', 'state/other': '' });
    const [shm, state] = [join(directory, 'shm'), join(directory, 'state')];
    symlinkSync(join(shm, 'precious'), join(shm, 'link.ring'));
    writeFileSync(join(shm, 'file.ring'), 'kept');
    for (const name of ['link.ring', 'file.ring', 'new.ring']) {
      const { descriptor, path } = createRingFile([shm, state], name);
      closeSync(descriptor);
      expect(path).toBe(join(name === 'new.ring' ? shm : state, name));
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    expect(readFileSync(join(shm, 'precious'), 'utf8')).toBe('kept');
    expect(readFileSync(join(shm, 'file.ring'), 'utf8')).toBe('kept');
    expect(() => createRingFile([shm, state], 'link.ring')).toThrow(
      expect.objectContaining({ code: 'EEXIST' }),
    );
  });
});

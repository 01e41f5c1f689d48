import { statSync } from 'node:fs';
import { join } from 'node:path';
import { SpawnLogFiles } from '../../lib/spawner/spawn-log-files.ts';
import { createSpawnRecords } from '../../lib/spawner/spawn-record.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('the files of a spawner', () => {
  it('are for their owner alone', async () => {
    const stateDirectory = join(await makeTempDirectory(), 'state');
    const directory = join(stateDirectory, 'logs');
    const logs = new SpawnLogFiles({ directory, maxBytes: 1000, keep: 1 });
    const records = createSpawnRecords({
      stateDirectory,
      read: () => ({ port: null, spawns: [] }),
      onProblem: (error) => {
        throw error;
      },
    });
    await records.save();
    expect([modeOf(stateDirectory), modeOf(directory)]).toEqual([0o700, 0o700]);
    expect(modeOf(join(stateDirectory, 'spawns.json'))).toBe(0o600);
    expect(logs.tail('nobody', 5)).toEqual([]);
  });
});

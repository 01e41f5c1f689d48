import { join } from 'node:path';
import { FolderWatchers } from '../../lib/session/monitor/folder-watchers.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

describe('watchers of folders', () => {
  it('pass over a folder that has gone, and tell of one that cannot be watched', async () => {
    const directory = await makeTempDirectory();
    const troubles: (string | undefined)[] = [];
    const watchers = new FolderWatchers({
      onHint: () => undefined,
      onTrouble: ({ code }) => troubles.push(code),
    });
    watchers.add(directory);
    watchers.add(directory);
    watchers.add(join(directory, 'gone'));
    expect(troubles).toEqual([]);
    watchers.add('no\0path');
    watchers.close();
    expect(troubles).toEqual(['ERR_INVALID_ARG_VALUE']);
  });
});

import { join } from 'node:path';
import { findOwnPackage } from '../../lib/session/find-own-package.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

describe('the package, as an entry file finds it by its name', () => {
  it('is null where there is none', async () => {
    const directory = await makeTempDirectory({ 'server.js': '' });
    expect(findOwnPackage(join(directory, 'server.js'))).toBeNull();
  });

  it('is null where it is another copy', async () => {
    const directory = await makeTempDirectory({
      'server.js': '',
      'node_modules/server-vigil/index.js': '',
    });
    expect(findOwnPackage(join(directory, 'server.js'))).toBeNull();
  });
});

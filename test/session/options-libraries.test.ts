import { makeDirectory, removeDirectories } from './options-directory.ts';

afterAll(removeDirectories);

describe('loadSessionOptions without a file', () => {
  it('loads no third-party library', () => {
    const cwd = makeDirectory();
    jest.isolateModules(() => {
      for (const library of ['valibot', 'jsonc-parser']) {
        jest.doMock(library, () => {
          throw new Error(`${library} was loaded`);
        });
      }
      const fresh = jest.requireActual<typeof import('../../lib/session/options.ts')>(
        '../../lib/session/options.ts',
      );
      expect(() => fresh.loadSessionOptions({ cwd })).not.toThrow();
      expect(() => fresh.loadSessionOptions({ cwd, config: { standby: true } })).toThrow(
        'valibot was loaded',
      );
    });
  });
});

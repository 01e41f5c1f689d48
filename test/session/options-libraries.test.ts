import { makeDirectory, removeDirectories } from './options-directory.ts';

afterAll(removeDirectories);

describe('loadSessionOptions', () => {
  it('loads no third-party library for values that are seen to fit without', () => {
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
      const plain = { standby: true, ports: { server: 8080 }, polling: { route: '/health' } };
      expect(() => fresh.loadSessionOptions({ cwd, config: plain })).not.toThrow();
      const listed = { watch: ['lib'] };
      expect(() => fresh.loadSessionOptions({ cwd, config: listed })).toThrow('valibot was loaded');
    });
  });
});

import { readConfig } from '../../../lib/fleet/application/read-config.ts';
import { makeTempDirectory } from '../../support/temp-directory.ts';

const env = 'production';

describe('readConfig', () => {
  it('takes the part under the name of the environment, or all of it', async () => {
    const base = await makeTempDirectory({
      'config/a.json': '{"production":{"x":1},"development":{"x":2}}',
      'config/b.json': '{"x":3}',
    });
    expect(readConfig({ base, env }, 'config/a.json')).toEqual({ x: 1 });
    expect(readConfig({ base, env }, 'config/b.json')).toEqual({ x: 3 });
  });

  it('looks in the folder of the environment next, and finds nothing where there is none', async () => {
    const base = await makeTempDirectory({ 'config/production/a.json': '[1]' });
    expect(readConfig({ base, env }, 'config/a.json')).toEqual([1]);
    expect(readConfig({ base, env }, 'config/b.json')).toBeUndefined();
  });

  it('reads comments and trailing commas, and leaves texts that look like them', async () => {
    const text =
      '\uFEFF{ // one\n "url": "http://x/*y*/", /* two\n */ "list": [1, 2, /* last */ ], }';
    const base = await makeTempDirectory({ 'config/a.json': text });
    expect(readConfig({ base, env }, 'config/a.json')).toEqual({
      url: 'http://x/*y*/',
      list: [1, 2],
    });
  });

  it('names file, line and column of what is no JSON', async () => {
    const base = await makeTempDirectory({
      'config/a.json': '{\n  // a comment\n  "x": 1 "y": 2 }',
    });
    expect(() => readConfig({ base, env }, 'config/a.json')).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIG_READ',
        message: expect.stringMatching(/^\/.*config\/a\.json:3:10: /),
      }),
    );
  });
});

import { LoadedSecrets } from '../../lib/session/worker/loaded-secrets.ts';

describe('LoadedSecrets', () => {
  const atStart = { API_KEY: 'from-the-start', HOME: '/home' };

  it('gives the variables that have come since the start and look like secrets, once', () => {
    const loaded = new LoadedSecrets(atStart);
    const now = { ...atStart, DB_PASS: 'fresh-one', COLOR: 'red', URL: 'redis://u:hidden-pw@host' };
    expect(loaded.take(now)).toEqual([
      { name: 'DB_PASS', value: 'fresh-one' },
      { name: 'URL', value: 'redis://u:hidden-pw@host' },
    ]);
    expect(loaded.take(now)).toEqual([]);
  });

  it('gives a variable again whose value has changed', () => {
    const loaded = new LoadedSecrets(atStart);
    expect(loaded.take({ API_KEY: 'another-value' })).toEqual([
      { name: 'API_KEY', value: 'another-value' },
    ]);
  });

  it('leaves out what is too large for a note, and gives at most a hundred at once', () => {
    const loaded = new LoadedSecrets({});
    const many = Array.from({ length: 150 }, (_, i) => [`KEY_${String(i)}`, `value-${String(i)}`]);
    const now = { BIG_KEY: 'x'.repeat(9000), ...Object.fromEntries(many) };
    expect(loaded.take(now)).toHaveLength(100);
    expect(loaded.take(now)).toHaveLength(50);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startProgram } from './start-program.ts';

describe('the session key', () => {
  it('is masked in events and reports, also when the monitor has logged before it was known', async () => {
    const program = await startProgram('tells-key.cjs');
    const { id } = await program.events.waitFor('crash.reported');
    await program.stop();
    const directory = join(program.directory, 'state');
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    const report = files.filter((file) => file.endsWith(`${String(id)}.json`));
    const told = [...report, 'events.jsonl'].map((file) =>
      readFileSync(join(directory, file), 'utf8'),
    );
    expect(told).toEqual([
      expect.stringContaining('lost [session key masked]'),
      expect.stringContaining('lost [session key masked]'),
    ]);
    expect(told.join()).not.toContain('the key of the shop');
    await assertNoLeaks();
  });
});

describe('a secret that the server has loaded by itself', () => {
  it.each([
    ['before', 'throw'],
    ['after', 'throw'],
    ['after', 'exit'],
  ])(
    'is masked in events and reports when it came %s it listened, and it ends by %s',
    async (way, ending) => {
      const program = await startProgram('loads-secrets.cjs', {
        args: [way, ending],
        config: { restart: { policy: 'temporary' } },
      });
      const { id } = await program.events.waitFor('crash.reported');
      await program.exitCode();
      const directory = join(program.directory, 'state');
      const report = readFileSync(join(directory, `crashes/${String(id)}.json`), 'utf8');
      const events = readFileSync(join(directory, 'events.jsonl'), 'utf8');
      expect(report).toContain('refused: [SHOP_TOKEN masked]');
      expect(report + events).not.toContain('loaded-by-the-server');
      await assertNoLeaks();
    },
  );
});

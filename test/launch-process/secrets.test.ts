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

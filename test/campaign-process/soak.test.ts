import { readdirSync } from 'node:fs';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startNode, type StartedChild } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const WITHIN_MS = 180_000;

afterEach(async () => {
  await assertNoLeaks();
});

function soak(directory: string, ...words: readonly string[]): StartedChild {
  return startNode(['campaign/soak.mjs', '--only', 'session', ...words], {
    env: { TMPDIR: directory },
  });
}

describe('the soak', () => {
  it(
    'tells a server that grows from one that does not, and leaves nothing behind',
    async () => {
      const directory = await makeTempDirectory();
      // What a process has at its beginning is far below it, what the leak makes is far above.
      const allowed = ['--seconds', '8', '--allow-mb', '40'];
      const [steady, leaking] = [
        soak(directory, ...allowed),
        soak(directory, ...allowed, '--leak-mb', '40'),
      ];
      expect(await steady.waitForExit(WITHIN_MS)).toEqual({ code: 0, signal: null });
      expect(steady.output.text).toMatch(/^monitor of the session, handles: \d/m);
      expect(steady.output.text).toContain('soak: nothing grows');
      expect(await leaking.waitForExit(WITHIN_MS)).toEqual({ code: 1, signal: null });
      expect(leaking.output.text).toMatch(/^GROWS server of the session, memory: /m);
      expect(leaking.output.text).not.toContain('GROWS monitor');
      expect(readdirSync(directory)).toEqual([]);
    },
    WITHIN_MS,
  );

  it('refuses what it does not have', async () => {
    const refused = startNode(['campaign/soak.mjs', '--only', 'everything']);
    expect((await refused.waitForExit()).code).toBe(64);
  });
});

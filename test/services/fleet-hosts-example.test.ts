import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { itWhere } from '../support/it-where.ts';
import { startNode } from '../support/start-child.ts';
import { CAN_MAKE_HOSTS } from './ssh-hosts.ts';

const EXAMPLE = join(__dirname, '../../examples/08-fleet-hosts/run.mjs');
const itThere = itWhere(CAN_MAKE_HOSTS, 'example 08: root, network namespaces and sshd are needed');

describe('example 08-fleet-hosts', () => {
  itThere(
    'cuts a host off, has the same processes afterwards, and stops all',
    async () => {
      const example = startNode([EXAMPLE]);
      expect(await example.waitForExit(120_000)).toEqual({ code: 0, signal: null });
      const lines = example.output.all.map(({ text }) => text);
      expect(lines).toContainEqual(expect.stringMatching(/^page-2 .* unknown$/));
      const pids = lines.flatMap((line) => /^pids before (.+), and after (.+)$/.exec(line) ?? []);
      expect(pids[1]).toBe(pids[2]);
      expect(lines.at(-1)).toBe('the fleet has ended with 0');
      await assertNoLeaks();
    },
    180_000,
  );
});

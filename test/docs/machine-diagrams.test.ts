import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applicationTable } from '../../lib/fleet/application/application-machine.ts';
import { hostTable } from '../../lib/fleet/hosts/host-machine.ts';
import { serverTable } from '../../lib/fleet/master/server-machine.ts';
import { jobTable } from '../../lib/jobs/job-machine.ts';
import { spawnTable } from '../../lib/spawner/spawn-machine.ts';
import { childLifeTable } from '../../lib/supervision/child-life-machine.ts';
import { slotTable } from '../../lib/supervision/slot-machine.ts';
import { ROOT } from './code-blocks.ts';

interface Maker {
  replaceMachines(page: string, machines: object): string;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- a script, not a module of ours
const maker = require('../../scripts/make-machine-diagrams.cjs') as Maker;

describe('docs/explanation/state-machines.md', () => {
  const page = readFileSync(join(ROOT, 'docs/explanation/state-machines.md'), 'utf8');

  it('shows the tables as they are (npm run build && node scripts/make-machine-diagrams.mjs)', () => {
    const machines = {
      childLife: { table: childLifeTable, initial: 'starting' },
      slot: { table: slotTable, initial: 'idle' },
      spawn: { table: spawnTable, initial: 'launching' },
      application: { table: applicationTable, initial: 'inited' },
      fleetServer: { table: serverTable, initial: 'down' },
      fleetHost: { table: hostTable, initial: 'unknown' },
      job: { table: jobTable, initial: 'publishing' },
    };
    expect(maker.replaceMachines(page, machines)).toBe(page);
  });
});

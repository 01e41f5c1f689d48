// Writes the pictures of the state machines into docs/explanation/state-machines.md, from the built tables.
import { readFile, writeFile } from 'node:fs/promises';
import maker from './make-machine-diagrams.cjs';
import childLife from '../dist/supervision/child-life-machine.js';
import slot from '../dist/supervision/slot-machine.js';
import job from '../dist/jobs/job-machine.js';
import application from '../dist/fleet/application/application-machine.js';
import fleetServer from '../dist/fleet/master/server-machine.js';
import fleetHost from '../dist/fleet/hosts/host-machine.js';
import spawn from '../dist/spawner/spawn-machine.js';

const PAGE = new URL('../docs/explanation/state-machines.md', import.meta.url);

const machines = {
  childLife: { table: childLife.childLifeTable, initial: 'starting' },
  slot: { table: slot.slotTable, initial: 'idle' },
  spawn: { table: spawn.spawnTable, initial: 'launching' },
  application: { table: application.applicationTable, initial: 'inited' },
  fleetServer: { table: fleetServer.serverTable, initial: 'down' },
  fleetHost: { table: fleetHost.hostTable, initial: 'unknown' },
  job: { table: job.jobTable, initial: 'publishing' },
};
await writeFile(PAGE, maker.replaceMachines(await readFile(PAGE, 'utf8'), machines));

import { VigilError } from '../errors.ts';
import { loadFleetPlan } from '../fleet/plan/load-fleet-plan.ts';
import { stateDirectoryOf } from '../fleet/plan/read-master.ts';
import { isAlive, type LockHolder, readLockHolder } from '../session/monitor/session-lock.ts';
import { type Clock, waitFor } from '../util/clock.ts';
import { EXIT } from './exit-codes.ts';
import { DIRECTORY_FLAG, findFleetBase, findFleetMain } from './fleet-base.ts';
import { findFleetEnv } from './fleet-env.ts';
import { startInForeground } from './fleet-start.ts';
import type { Verb } from './verb.ts';

const LOOK_EVERY_MS = 250;

/** `vigil fleet masterha`. @lazy */
export const fleetMasterhaVerb: Verb = {
  name: 'fleet masterha',
  describe: 'stands by on the machine of a master: takes its servers over when it dies',
  flags: [
    {
      name: 'env',
      alias: 'e',
      kind: 'text',
      value: 'ENV',
      describe: 'environment (default: the one that runs)',
    },
    DIRECTORY_FLAG,
  ],
  examples: ['vigil fleet masterha -e production'],
  async run(call) {
    const { output, clock } = call;
    const base = findFleetBase(call);
    const main = findFleetMain(base);
    if (main === null) throw new VigilError('ERR_USAGE', `there is no app.js in ${base}`);
    const env = findFleetEnv(base, call.arguments.text('env'));
    if (env === 'development')
      throw new VigilError(
        'ERR_USAGE',
        'in development servers end with their master: there is nothing to take over',
      );
    const stateDirectory = stateDirectoryOf({ base, env });
    for (;;) {
      const holder = readLockHolder(stateDirectory);
      if (holder === null)
        throw new VigilError('ERR_FLEET_NO_MASTER', `no master of the fleet "${env}" runs here`);
      output.print(`standing by for the master with pid ${String(holder.pid)}`);
      if (!(await waitForDeath(holder, stateDirectory, clock))) {
        output.print('the fleet was stopped: there is nothing to take over');
        return EXIT.ok;
      }
      output.print(`the master with pid ${String(holder.pid)} has died: taking its servers over`);
      const plan = loadFleetPlan({ base, env });
      const code = await startInForeground(call, plan, { main, words: ['type=all'] });
      // Another one that stood by was sooner.
      if (code !== EXIT.alreadyRunning) return code;
    }
  },
};

/** @returns false when it has ended in order: then it has given up its lock */
async function waitForDeath(
  holder: LockHolder,
  stateDirectory: string,
  clock: Clock,
): Promise<boolean> {
  while (isAlive(holder)) await waitFor(clock, LOOK_EVERY_MS);
  return readLockHolder(stateDirectory) !== null;
}

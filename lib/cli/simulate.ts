import { parseScript } from '../session/simulation/parse-script.ts';
import { SimulatedSession } from '../session/simulation/simulated-session.ts';
import { loadOptions } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { JSON_FLAG, SESSION_FLAGS, SET_FLAG } from './session-flags.ts';
import { formatSimulation } from './simulation-text.ts';
import type { Verb } from './verb.ts';

/** `vigil simulate`. @lazy */
export const simulateVerb: Verb = {
  name: 'simulate',
  describe: 'shows what the policy would do, "crash*3,20s,hang"',
  words: [
    {
      name: 'script',
      completes: 'simulation',
      describe:
        'what happens: crash, exit:N, hang, health, start-failed, start-timeout, ' +
        'ok:SECONDS (or 20s: runs well); WORD*3 is three times',
    },
  ],
  flags: [SET_FLAG, ...SESSION_FLAGS, JSON_FLAG],
  examples: [
    "vigil simulate 'crash*3,20s,hang'",
    'vigil simulate health --set polling.failureTolerance=5',
  ],
  async run(call) {
    const script = parseScript(call.arguments.text('script') ?? '');
    const options = loadOptions(call);
    const simulation = await new SimulatedSession(script, options).run();
    if (call.arguments.isOn('json')) call.output.printJson(simulation.steps);
    else call.output.print(formatSimulation(simulation, options));
    return EXIT.ok;
  },
};

import { JOBS_FLAGS, JOBS_PORT_FLAG } from './jobs-flags.ts';
import { HANDLERS_WORD, readWorkerOptions, runJobServer, WORKER_FLAGS } from './jobs-run.ts';
import type { Verb } from './verb.ts';

/** `vigil jobs serve`. @lazy */
export const jobsServeVerb: Verb = {
  name: 'jobs serve',
  describe: 'runs a gateway, workers and a broker in one',
  words: [HANDLERS_WORD],
  flags: [JOBS_PORT_FLAG, ...WORKER_FLAGS, ...JOBS_FLAGS],
  examples: [
    'vigil jobs serve handlers.js',
    'vigil jobs serve handlers.js --workers 2 --concurrency 8',
    'vigil jobs serve handlers.js --broker memory:',
  ],
  run: (call) => runJobServer(call, readWorkerOptions(call), false),
};

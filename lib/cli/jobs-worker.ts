import { JOBS_FLAGS } from './jobs-flags.ts';
import { HANDLERS_WORD, readWorkerOptions, runJobServer, WORKER_FLAGS } from './jobs-run.ts';
import { readSharedBroker } from './jobs-shared-broker.ts';
import type { Verb } from './verb.ts';

/** `vigil jobs worker`. @lazy */
export const jobsWorkerVerb: Verb = {
  name: 'jobs worker',
  describe: 'runs jobs of a broker that others share',
  words: [HANDLERS_WORD],
  flags: [...WORKER_FLAGS, ...JOBS_FLAGS],
  examples: ['vigil jobs worker handlers.js --broker amqp://host1,host2,host3'],
  async run(call) {
    const options = readWorkerOptions(call);
    readSharedBroker('worker', options);
    return runJobServer(call, options, true);
  },
};

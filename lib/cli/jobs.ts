import type { VerbGroup } from './verb.ts';

/** `vigil jobs`. @lazy */
export const jobsVerbs: VerbGroup = {
  name: 'jobs',
  describe: 'takes jobs over WebSockets to workers, and back',
  flags: [],
  verbs: {
    gateway: () =>
      (require('./jobs-gateway') as typeof import('./jobs-gateway.ts')).jobsGatewayVerb,
  },
};

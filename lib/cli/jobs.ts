import type { VerbGroup } from './verb.ts';

/** `vigil jobs`. @lazy */
export const jobsVerbs: VerbGroup = {
  name: 'jobs',
  describe: 'takes jobs over WebSockets to workers, and back',
  flags: [],
  verbs: {
    serve: () => (require('./jobs-serve') as typeof import('./jobs-serve.ts')).jobsServeVerb,
    gateway: () =>
      (require('./jobs-gateway') as typeof import('./jobs-gateway.ts')).jobsGatewayVerb,
    worker: () => (require('./jobs-worker') as typeof import('./jobs-worker.ts')).jobsWorkerVerb,
    submit: () => (require('./jobs-submit') as typeof import('./jobs-submit.ts')).jobsSubmitVerb,
    explain: () =>
      (require('./jobs-explain') as typeof import('./jobs-explain.ts')).jobsExplainVerb,
    dead: () => (require('./jobs-dead') as typeof import('./jobs-dead.ts')).jobsDeadVerb,
    move: () => (require('./jobs-move') as typeof import('./jobs-move.ts')).jobsMoveVerb,
  },
};

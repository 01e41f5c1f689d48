import type { VerbGroup } from './verb.ts';

/** `vigil stream`. @lazy */
export const streamVerbs: VerbGroup = {
  name: 'stream',
  describe: 'sends, receives, keeps and serves LWES events',
  flags: [],
  verbs: {
    serve: () => (require('./stream-serve') as typeof import('./stream-serve.ts')).streamServeVerb,
    emit: () => (require('./stream-emit') as typeof import('./stream-emit.ts')).streamEmitVerb,
  },
};

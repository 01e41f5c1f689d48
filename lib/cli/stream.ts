import type { VerbGroup } from './verb.ts';

/** `vigil stream`. @lazy */
export const streamVerbs: VerbGroup = {
  name: 'stream',
  describe: 'sends, receives, keeps and serves LWES events',
  flags: [],
  verbs: {
    serve: () => (require('./stream-serve') as typeof import('./stream-serve.ts')).streamServeVerb,
    emit: () => (require('./stream-emit') as typeof import('./stream-emit.ts')).streamEmitVerb,
    listen: () =>
      (require('./stream-listen') as typeof import('./stream-listen.ts')).streamListenVerb,
    replay: () =>
      (require('./stream-replay') as typeof import('./stream-replay.ts')).streamReplayVerb,
    check: () => (require('./stream-check') as typeof import('./stream-check.ts')).streamCheckVerb,
  },
};

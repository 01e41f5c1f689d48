import type { DeadLetter, DeadLetters } from '../broker.ts';
import { type AskBroker, DEAD, type DeadRequest } from './broker-messages.ts';

/** The dead letters of a broker at the other end of a channel. */
export function createIpcDeadLetters(ask: AskBroker): DeadLetters {
  const request = (verb: DeadRequest['verb'], jobId: string): Promise<unknown> =>
    ask(DEAD, { verb, jobId, limit: null });
  return {
    list: async ({ limit } = {}) =>
      (await ask(DEAD, { verb: 'list', jobId: '', limit: limit ?? null })) as readonly DeadLetter[],
    find: async (jobId) => ((await request('find', jobId)) as DeadLetter | null) ?? undefined,
    replay: async (jobId) => (await request('replay', jobId)) === true,
    remove: async (jobId) => (await request('remove', jobId)) === true,
  };
}

import type { ServerEntry } from '../plan/server-entry.ts';
import type { ServerEnd, ServerRetry, ServerStateBody } from './fleet-event.ts';
import type { ServerSignal, ServerState } from './server-machine.ts';

interface ServerNow {
  readonly entry: ServerEntry;
  readonly state: ServerState;
  readonly pid: number | null;
}

/** The event that tells of the state a server has come into. */
export function createStateBody(
  { entry: { id, serverType, host }, state, pid }: ServerNow,
  signal: ServerSignal,
  {
    end,
    retry,
    adopted,
  }: {
    readonly end: ServerEnd | null;
    readonly retry: ServerRetry | null;
    readonly adopted: boolean;
  },
): ServerStateBody {
  const waits = state === 'waiting' || state === 'broken';
  const { delayMs = 0, attempt = 0 } = retry ?? {};
  return {
    type: `server.${state}`,
    id,
    serverType,
    host,
    pid,
    adopted,
    ...(end === null || signal !== 'ended' ? {} : { end }),
    ...(waits && retry !== null ? { retry: { delayMs, attempt } } : {}),
  };
}

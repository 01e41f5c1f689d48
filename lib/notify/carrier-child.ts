import type { CarrierRequest, CarrierResult } from './carrier-protocol.ts';
import type { Outcome } from './carrier.ts';

/** Hands one message to the server. Must not reject; `signal` fires when the monitor is gone. */
export type Deliver<M, R extends CarrierRequest<M>> = (
  message: M,
  request: R,
  signal: AbortSignal,
) => Promise<Outcome>;

/**
 * The life of a sending process: it gets one request over IPC, sends its messages one after the other, reports each
 * outcome and ends. It exists so that the monitor neither holds what sending takes in its memory nor waits for a server.
 */
export function serveCarrier<M extends { readonly id: string }, R extends CarrierRequest<M>>(
  deliver: Deliver<M, R>,
): void {
  const abort = new AbortController();
  process.once('disconnect', () => {
    abort.abort();
  });
  process.once('message', (request) => {
    void serve(request as R, deliver, abort.signal);
  });
  // Ctrl-C reaches the whole process group; what is sent at the ending is sent all the same. The monitor ends this process when it must.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => undefined);
  }
}

async function serve<M extends { readonly id: string }, R extends CarrierRequest<M>>(
  request: R,
  deliver: Deliver<M, R>,
  signal: AbortSignal,
): Promise<void> {
  for (const message of request.messages) {
    if (signal.aborted) break;
    const outcome = await deliver(message, request, signal);
    await report({ id: message.id, outcome });
    if (outcome.kind === 'unreachable' || outcome.kind === 'gone') break;
  }
  if (process.connected) process.disconnect();
}

function report(result: CarrierResult): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) {
      resolve();
      return;
    }
    process.send(result, undefined, undefined, () => {
      resolve();
    });
  });
}

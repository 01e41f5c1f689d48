import { chooseSession } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import {
  connectSession,
  isNotRunning,
  type SessionConnection,
  waitUntilGone,
} from './session-connection.ts';
import { withProgress } from './with-progress.ts';
import type { Clock } from '../util/clock.ts';
import type { VerbCall } from './verb.ts';

/** What asks the monitor to end. */
export interface EndingRequest {
  readonly path: '/stop' | '/kill';
  readonly body?: { readonly force: boolean };
  /** What is told when the session has ended: `stopped`, `killed`. */
  readonly done: string;
}

/** Ends a session and waits until its monitor is gone. @throws ERR_SESSION_NOT_RUNNING, ERR_CONTROL */
export async function endSession(call: VerbCall, request: EndingRequest): Promise<number> {
  const session = chooseSession(call);
  const { client, status, holder } = await connectSession(session, call.clock);
  const work = askAndWait(request, { client, holder, clock: call.clock });
  await withProgress(call, { verb: request.path.slice(1), client, work });
  const { name, monitorPid } = status;
  if (call.arguments.isOn('json'))
    call.output.printJson({ [request.done]: true, name, monitorPid });
  else call.output.print(`${request.done}: session "${name}", monitor pid ${monitorPid}`);
  return EXIT.ok;
}

async function askAndWait(
  { path, body }: EndingRequest,
  {
    client,
    holder,
    clock,
  }: Pick<SessionConnection, 'client' | 'holder'> & { readonly clock: Clock },
): Promise<void> {
  try {
    await client.request('POST', path, body);
  } catch (error) {
    // It was there a moment ago: it ends already, and had no time left to answer.
    if (!isNotRunning(error)) throw error;
  }
  await waitUntilGone(holder, clock);
}

import { chooseSession } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { connectSession, isNotRunning, waitUntilGone } from './session-connection.ts';
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
  try {
    await client.request('POST', request.path, request.body);
  } catch (error) {
    // It was there a moment ago: it ends already, and had no time left to answer.
    if (!isNotRunning(error)) throw error;
  }
  await waitUntilGone(holder, call.clock);
  const { name, monitorPid } = status;
  if (call.arguments.isOn('json'))
    call.output.printJson({ [request.done]: true, name, monitorPid });
  else call.output.print(`${request.done}: session "${name}", monitor pid ${monitorPid}`);
  return EXIT.ok;
}

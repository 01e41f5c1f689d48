import type { PromisifiedIPCManager } from '../../ipc/promisified-ipc-manager.ts';
import { restartMessage, statusMessage } from '../contract.ts';
import type { OperatedSession } from './operated-session.ts';

/** Answers what a server process asks of the session that it is part of. */
export function answerServer(
  ipc: Pick<PromisifiedIPCManager, 'on'>,
  session: Pick<OperatedSession, 'supervisor' | 'status'>,
): void {
  ipc.on(statusMessage.name, () => session.status);
  ipc.on(restartMessage.name, () => {
    // The answer goes out before the process that waits for it is told to end.
    setImmediate(() => {
      session.supervisor.slot.restart(false);
    });
    return true;
  });
}

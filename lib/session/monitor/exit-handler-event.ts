import { toErrorLike } from '../../ipc/error-like.ts';
import type { ExitHandlerFailure } from '../../util/exit-handlers.ts';
import type { SessionEventBody } from '../session-event.ts';

/** The event of an exit handler that failed or was late. */
export function createExitHandlerEvent(failure: ExitHandlerFailure): SessionEventBody {
  const { kind, name } = failure;
  return kind === 'timedOut'
    ? { type: 'exitHandler.timedOut', name, deadlineMs: failure.deadlineMs }
    : { type: 'exitHandler.failed', name, error: toErrorLike(failure.error) };
}

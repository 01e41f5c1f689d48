import { VigilError } from '../errors.ts';

/** The error the monitor answered with; the `cause` of an ERR_CONTROL. */
export interface AnsweredError extends Error {
  readonly code: string;
  readonly status: number;
}

const NOBODY_THERE = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTDIR']);

/** When the socket cannot be reached, or is lost before the answer is whole. */
export function createConnectionError(
  cause: NodeJS.ErrnoException,
  sessionName: string,
  socketPath: string,
): VigilError {
  const code = cause.code ?? '';
  if (NOBODY_THERE.has(code)) {
    const text = `the session "${sessionName}" is not running: no monitor answers at ${socketPath}. Start it with "vigil run", or name another with --name or --state-dir`;
    return new VigilError('ERR_SESSION_NOT_RUNNING', text, { cause });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const text = `the control socket of the session "${sessionName}" at ${socketPath} belongs to another user`;
    return new VigilError('ERR_CONTROL', text, { cause });
  }
  const text = `the session "${sessionName}" ended before it had answered (${cause.message})`;
  return new VigilError('ERR_SESSION_NOT_RUNNING', text, { cause });
}

/** When the monitor accepts the request and is silent. */
export function createDeadlineError(sessionName: string, timeoutMs: number): VigilError {
  const text = `the monitor of the session "${sessionName}" has not answered within ${timeoutMs / 1000} s; it may be stopped or overloaded`;
  return new VigilError('ERR_CONTROL', text);
}

/** When the monitor answers with an error. */
export function createAnswerError(answer: unknown, status: number): VigilError {
  const told = (answer as { error?: { code?: unknown; message?: unknown } } | null)?.error;
  const code = typeof told?.code === 'string' ? told.code : 'ERR_CONTROL';
  const message =
    typeof told?.message === 'string' ? told.message : `the monitor answered with status ${status}`;
  const cause: AnsweredError = Object.assign(new Error(message), { code, status });
  return new VigilError('ERR_CONTROL', message, { cause });
}

/** The code the monitor answered with, if `error` came from an answer of its. */
export function readAnsweredCode(error: unknown): string | undefined {
  const cause =
    error instanceof VigilError ? (error.cause as Partial<AnsweredError> | undefined) : undefined;
  return typeof cause?.status === 'number' ? cause.code : undefined;
}

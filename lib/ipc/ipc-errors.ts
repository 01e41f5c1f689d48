import { VigilError, type VigilErrorCode } from '../errors.ts';
import { type ErrorLike, toErrorLike } from './error-like.ts';

// Failures a caller gets as `{ error }` are plain data without a stack: ten thousand of them may be made at once.

/** When the peer has not answered by the deadline of the request. */
export function describeTimeout(name: string, peer: string, timeoutMs: number): ErrorLike {
  return failure(
    'ERR_IPC_TIMEOUT',
    `"${name}": ${peer} did not answer within ${String(timeoutMs)} ms; raise timeoutMs, or look why its handler is slow`,
  );
}

/** When the peer died or disconnected while the request waited, or before it was sent. */
export function describeClosed(name: string, peer: string): ErrorLike {
  return failure(
    'ERR_IPC_CLOSED',
    `"${name}": ${peer} is gone, so no answer can come; start it again and repeat`,
  );
}

/** When the caller's abort signal fired. */
export function describeAborted(name: string, reason: unknown): ErrorLike {
  const text = `"${name}": the caller's signal was aborted before the answer came`;
  return { ...failure('ERR_IPC_ABORTED', text), cause: toErrorLike(reason) };
}

/** When the manager was destroyed while the request waited, or is used after that. */
export function describeDestroyed(name: string, peer: string): ErrorLike {
  return failure(
    'ERR_IPC_DESTROYED',
    `"${name}": the IPC manager for ${peer} was destroyed; manage the channel again`,
  );
}

/** When the channel refused the message. */
export function describeUnsent(name: string, peer: string, cause: ErrorLike): ErrorLike {
  return {
    ...failure(
      'ERR_IPC_SEND',
      `"${name}": the message to ${peer} could not be written: ${cause.message}`,
    ),
    cause,
  };
}

/** When more bytes wait for the peer than the queue may hold. */
export function describeQueueFull(name: string, peer: string, maxQueuedBytes: number): ErrorLike {
  return failure(
    'ERR_IPC_SEND',
    `"${name}": more than ${String(maxQueuedBytes)} bytes would wait for ${peer}; send less, or wait for whenFlushed()`,
  );
}

/** When a value cannot be copied to another process. */
export function valueError(what: string, cause?: unknown): VigilError {
  return new VigilError(
    'ERR_IPC_VALUE',
    `a message holds ${what}, which cannot be sent; send data only`,
    { cause },
  );
}

/** When a channel is given to a second manager. */
export function managedError(peer: string): VigilError {
  return new VigilError(
    'ERR_IPC_MANAGED',
    `the channel to ${peer} already has a manager; destroy that one first, or use it`,
  );
}

/** When an argument is of the wrong type or out of range. */
export function argumentError(what: string, found: unknown): VigilError {
  return new VigilError(
    'ERR_ARGUMENT',
    `${what}; found ${found === null ? 'null' : `${typeof found} ${shortText(found)}`}`,
  );
}

function failure(code: VigilErrorCode, message: string): ErrorLike {
  return { name: 'VigilError', code, message };
}

function shortText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number'
    ? JSON.stringify(value).slice(0, 60)
    : '';
}

import { VigilError } from '../errors.ts';

export function awayError(cause?: unknown): VigilError {
  return new VigilError('ERR_BROKER_AWAY', 'the broker cannot be reached', { cause });
}

export function closedError(): VigilError {
  return new VigilError('ERR_BROKER_CLOSED', 'the broker was closed');
}

export function fullError(what: string): VigilError {
  return new VigilError('ERR_BROKER_FULL', `the broker is full: ${what}`);
}

export function storeError(directory: string, cause: unknown): VigilError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new VigilError('ERR_BROKER_STORE', `nothing can be kept in ${directory}: ${reason}`, {
    cause,
  });
}

export function lockedError(directory: string, cause: unknown): VigilError {
  return new VigilError(
    'ERR_BROKER_LOCKED',
    `${directory} is in use by another process; each broker needs a directory of its own`,
    { cause },
  );
}

export function peerMissingError(name: string, scheme: string, cause: unknown): VigilError {
  return new VigilError(
    'ERR_PEER_MISSING',
    `a broker of "${scheme}" needs the package ${name}: npm install ${name}`,
    { cause },
  );
}

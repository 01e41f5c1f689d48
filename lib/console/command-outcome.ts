import { VigilError } from '../errors.ts';

/** What a command line came to: text to print, or an error to print. It is plain data, fit for a socket. */
export type CommandOutcome =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly error: CommandError };

export interface CommandError {
  /** The error's own code, else one of ERR_COMMAND_*. */
  readonly code: string;
  readonly message: string;
  /** Where it was thrown; not for a refusal of our own. */
  readonly stack?: string;
}

/** Makes a failed outcome of whatever an action threw. It never throws itself. */
export function createFailure(reason: unknown): CommandOutcome & { ok: false } {
  const read = (key: 'code' | 'message' | 'stack'): string | undefined => {
    try {
      const value = (reason as Partial<Record<typeof key, unknown>> | null | undefined)?.[key];
      return typeof value === 'string' && value !== '' ? value : undefined;
    } catch {
      return undefined; // a getter of the user's that throws
    }
  };
  const stack = reason instanceof VigilError ? undefined : read('stack');
  return {
    ok: false,
    error: {
      code: read('code') ?? 'ERR_COMMAND_FAILED',
      message: read('message') ?? describe(reason),
      ...(stack === undefined ? {} : { stack }),
    },
  };
}

function describe(reason: unknown): string {
  try {
    return `the command failed: ${String(reason)}`;
  } catch {
    return 'the command failed with a value that cannot be shown';
  }
}

import { inspect } from 'node:util';

/** How a job ended, as JSON text: `{ok: true, value}` or `{ok: false, error: {code, message}}`. */
export type JobReply = string;

/** In characters of JSON. */
export const LONGEST_VALUE = 8 * 1024 * 1024;
const LONGEST_CODE = 100;
const LONGEST_MESSAGE = 10_000;

/** The reply that says what a handler returned, or that it cannot be sent. */
export function createValueReply(value: unknown): JobReply {
  try {
    const text = (JSON.stringify(value) as string | undefined) ?? 'null';
    if (text.length <= LONGEST_VALUE) return `{"ok":true,"value":${text}}`;
    const length = `${String(text.length)} characters of JSON`;
    return createFailureReply(
      'handler_failed',
      `the handler returned ${length}; ${String(LONGEST_VALUE)} are allowed`,
    );
  } catch (error) {
    const reason = describeThrown(error);
    return createFailureReply(
      'handler_failed',
      `what the handler returned cannot be sent as JSON: ${reason}`,
    );
  }
}

/** The reply that says what a handler threw. */
export function createThrownReply(thrown: unknown): JobReply {
  return createFailureReply(readCode(thrown) ?? 'handler_failed', describeThrown(thrown));
}

export function createFailureReply(code: string, message: string): JobReply {
  return JSON.stringify({
    ok: false,
    error: { code: code.slice(0, LONGEST_CODE), message: message.slice(0, LONGEST_MESSAGE) },
  });
}

function readCode(thrown: unknown): string | null {
  try {
    const code = (thrown as { code?: unknown } | null | undefined)?.code;
    return typeof code === 'string' && code !== '' ? code : null;
  } catch {
    return null;
  }
}

function describeThrown(thrown: unknown): string {
  try {
    if (typeof thrown === 'string') return thrown;
    const message = (thrown as { message?: unknown } | null | undefined)?.message;
    return typeof message === 'string' && message !== '' ? message : inspect(thrown, { depth: 2 });
  } catch {
    return 'an error that cannot be shown';
  }
}

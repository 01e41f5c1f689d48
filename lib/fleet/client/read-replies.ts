import { VigilError } from '../../errors.ts';
import { errorTextOf } from '../protocol/admin-message.ts';
import { isPlainRecord, type PlainRecord, textOf } from '../protocol/plain-record.ts';
import type { AdminReply } from './admin-client.ts';

/**
 * What a master has answered in the affirmative.
 *
 * @throws ERR_FLEET_COMMAND with what it says instead
 */
export function readReply({ error, body }: AdminReply): unknown {
  const text = errorTextOf(error);
  if (text !== null && (body === null || body === undefined)) {
    // Handlers of the older kind answer with their data in the place of the error.
    if (isPlainRecord(error) && textOf(error, 'message') === null) return error;
    throw refused(text);
  }
  if (text !== null) throw refused(text);
  return body;
}

/** What became of a rolling restart. */
export interface RestartOutcome {
  readonly restarted: readonly string[];
  readonly failed: readonly { readonly id: string; readonly reason: string | null }[];
  /** Those that were not touched. */
  readonly left: readonly string[];
}

/** Reads the answer of our masters as well as that of the older kind: a list of those that failed. */
export function readRestart(reply: unknown): RestartOutcome {
  if (Array.isArray(reply)) {
    const failed = textsOf(reply).map((id) => ({ id, reason: null }));
    return { restarted: [], failed, left: [] };
  }
  const outcome: PlainRecord = isPlainRecord(reply) ? reply : {};
  const failure = outcome['failed'];
  const id = isPlainRecord(failure) ? textOf(failure, 'id') : null;
  return {
    restarted: textsOf(outcome['restarted']),
    failed:
      isPlainRecord(failure) && id !== null ? [{ id, reason: textOf(failure, 'reason') }] : [],
    left: textsOf(outcome['left']),
  };
}

/** The servers that a `kill` has left behind. */
export function readRemained(reply: unknown): readonly string[] {
  return isPlainRecord(reply) && reply['code'] === 'remained' ? textsOf(reply['serverIds']) : [];
}

/** What a command has come to on behalf of one server. */
export interface ExecResult {
  readonly id: string;
  /** Null when it did not end by itself. */
  readonly code: number | null;
  readonly output: string;
  /** Why it could not be run, or was ended. */
  readonly error: string | null;
}

/** @throws ERR_FLEET_COMMAND when it is no such answer */
export function readExec(reply: unknown): readonly ExecResult[] {
  const results = isPlainRecord(reply) ? reply['results'] : null;
  if (!Array.isArray(results)) throw refused('the master has answered something else to exec');
  return results.flatMap((result: unknown) => {
    const id = isPlainRecord(result) ? textOf(result, 'id') : null;
    if (!isPlainRecord(result) || id === null) return [];
    const { code } = result;
    return [
      {
        id,
        code: typeof code === 'number' ? code : null,
        output: textOf(result, 'output') ?? '',
        error: textOf(result, 'error'),
      },
    ];
  });
}

export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function refused(text: string): VigilError {
  return new VigilError('ERR_FLEET_COMMAND', text);
}

import type { Mail } from '../broker.ts';
import { codeOfEnd, type JobSignal, type JobState } from '../job-machine.ts';
import type { JobOutcome } from './gateway-job.ts';

/** What a letter means for its job. */
export interface ReadLetter {
  readonly signal: JobSignal;
  readonly outcome: JobOutcome;
}

/** Reads a letter of the kind `result` or `death`, whoever wrote it. */
export function readLetter({ kind, body }: Pick<Mail, 'kind' | 'body'>): ReadLetter {
  const value = parse(body);
  if (kind === 'death') return readDeath(value);
  if (value['ok'] === true) return { signal: 'succeeded', outcome: succeed(value['value']) };
  if (value['ok'] !== false)
    return { signal: 'failed', outcome: fail('handler_failed', 'the worker sent no result') };
  const { code, message } = readError(value['error']);
  return { signal: 'failed', outcome: fail(code, message) };
}

export function fail(code: string, message: string): JobOutcome {
  return { ok: false, error: { code, message } };
}

/** What is told of an end that nobody has put into words. */
export function outcomeOfEnd(state: JobState): JobOutcome {
  const code = codeOfEnd(state) ?? 'cancelled';
  return fail(code, MESSAGES[code] ?? code);
}

const MESSAGES: Readonly<Record<string, string>> = {
  expired: 'its deadline passed before it was run',
  timeout: 'its deadline passed while it was running',
  rejected: 'the worker has refused it',
  worker_lost: 'its workers were lost, one after the other',
  cancelled: 'it was cancelled',
};

function succeed(value: unknown): JobOutcome {
  return { ok: true, value: value === undefined ? null : value };
}

function readDeath({ code, message }: Record<string, unknown>): ReadLetter {
  const signal = DEATHS[String(code)] ?? 'diedRejected';
  const known = DEATHS[String(code)] === undefined ? 'rejected' : String(code);
  const text = typeof message === 'string' ? message : (MESSAGES[known] ?? known);
  return { signal, outcome: fail(known, text) };
}

const DEATHS: Readonly<Record<string, JobSignal>> = {
  expired: 'diedExpired',
  rejected: 'diedRejected',
  worker_lost: 'diedLost',
};

function readError(error: unknown): { code: string; message: string } {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return {
    code: typeof code === 'string' && code !== '' ? code : 'handler_failed',
    message: typeof message === 'string' ? message : '',
  };
}

function parse(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

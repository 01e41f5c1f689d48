import { DEFAULT_PRIORITY, HIGHEST_PRIORITY, isJobName } from '../broker.ts';

/** What a client may say. */
export type ClientMessage =
  | JobRequest
  | { readonly type: 'cancel' | 'ack'; readonly id: string }
  | { readonly type: 'resume'; readonly session: string };

export interface JobRequest {
  readonly type: 'job';
  readonly id: string;
  readonly name: string;
  /** JSON text; `null` when the client gave none. */
  readonly args: string;
  readonly priority: number;
  /** From now; null: for ever. */
  readonly timeoutMs: number | null;
}

/** Why a message of a client was not understood; the connection stays. */
export interface BadMessage {
  readonly type: 'bad';
  readonly code: 'bad_message';
  /** Names the field. */
  readonly message: string;
  /** The job it was about, where that could be read. */
  readonly id: string | null;
}

/** Ids of clients, in bytes. The broker carries them together with the client's own id. */
const LONGEST_ID_BYTES = 128;
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
const LONGEST_TOKEN = 256;

/** Reads what a client has sent. */
export function parseClientMessage(text: string): ClientMessage | BadMessage {
  const value = parseObject(text);
  if (value === null) return bad('expected a JSON object');
  const id = isId(value['id']) ? value['id'] : null;
  switch (value['type']) {
    case 'job':
      return parseJob(value, id);
    case 'cancel':
    case 'ack':
      return id === null ? bad(ID_WANTED) : { type: value['type'], id };
    case 'resume':
      return parseResume(value['session']);
    default:
      return bad('"type" must be "job", "cancel", "ack" or "resume"', id);
  }
}

/** For a frame that is no text. */
export function binaryFrame(): BadMessage {
  return bad('messages are JSON in text frames; this one was binary');
}

const ID_WANTED = `"id" must be a string of 1 to ${String(LONGEST_ID_BYTES)} bytes`;

function parseJob(value: Record<string, unknown>, id: string | null): JobRequest | BadMessage {
  if (id === null) return bad(ID_WANTED);
  const { name, args = null, priority = DEFAULT_PRIORITY, timeoutMs = null } = value;
  if (typeof name !== 'string' || !isJobName(name))
    return bad('"name" must be 1 to 100 letters, digits or _ . : -, and not "dead"', id);
  if (!isWhole(priority, HIGHEST_PRIORITY))
    return bad(`"priority" must be a whole number from 1 to ${String(HIGHEST_PRIORITY)}`, id);
  if (timeoutMs !== null && !isWhole(timeoutMs, LONGEST_TIMEOUT_MS))
    return bad('"timeoutMs" must be a whole number of milliseconds from 1', id);
  return { type: 'job', id, name, args: JSON.stringify(args), priority, timeoutMs };
}

function parseResume(session: unknown): ClientMessage | BadMessage {
  const isToken = typeof session === 'string' && session !== '' && session.length <= LONGEST_TOKEN;
  return isToken ? { type: 'resume', session } : bad('"session" must be the token of a "hello"');
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

// A lone half of a surrogate pair would come back as another character: two ids could become one.
function isId(id: unknown): id is string {
  if (typeof id !== 'string' || id === '') return false;
  return Buffer.byteLength(id) <= LONGEST_ID_BYTES && !/\p{Surrogate}/u.test(id);
}

function isWhole(value: unknown, highest: number): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= highest;
}

function bad(message: string, id: string | null = null): BadMessage {
  return { type: 'bad', code: 'bad_message', message, id };
}

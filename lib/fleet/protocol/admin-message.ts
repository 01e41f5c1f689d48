import { VigilError } from '../../errors.ts';
import { isPlainRecord, type PlainRecord, textOf } from './plain-record.ts';

/** What a payload says, once it is registered who sends it. */
export type AdminMessage =
  | AdminRequest
  | AdminNotice
  | AdminCommand
  /** What travels in `error` may be data: handlers of the older kind answer `answer(data)`. */
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly error: unknown;
      readonly body: unknown;
    };

export interface AdminRequest {
  readonly kind: 'request';
  readonly id: number;
  readonly moduleId: string;
  readonly body: unknown;
}

export interface AdminNotice {
  readonly kind: 'notice';
  readonly moduleId: string;
  readonly body: unknown;
}

export interface AdminCommand {
  readonly kind: 'command';
  /** Null when no answer is wanted. */
  readonly id: number | null;
  readonly command: string;
  readonly moduleId: string | null;
  readonly body: unknown;
}

/** The longest message that is sent, and taken of somebody who is registered; bytes. */
export const MOST_MESSAGE_BYTES = 16 * 1024 * 1024;

const MOST_NAME_LENGTH = 256;
const MOST_TOPIC_BYTES = 64;

/**
 * What a payload holds: JSON, or JSON within a text of JSON.
 *
 * @throws ERR_FLEET_MESSAGE when it is no JSON
 */
export function readPayload(payload: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'));
    return typeof value === 'string' ? (JSON.parse(value) as unknown) : value;
  } catch (cause) {
    throw new VigilError('ERR_FLEET_MESSAGE', 'a message is no JSON', { cause });
  }
}

/** @returns null when it says nothing that could be meant */
export function parseAdminMessage(value: unknown): AdminMessage | null {
  if (!isPlainRecord(value)) return null;
  const answered = idOf(value, 'respId');
  if (answered !== null)
    return { kind: 'answer', id: answered, error: value['error'], body: value['body'] };
  const id = idOf(value, 'reqId');
  const body = value['body'];
  const moduleId = nameOf(value, 'moduleId');
  const command = nameOf(value, 'command');
  if (command !== null) return { kind: 'command', id, command, moduleId, body };
  if (moduleId === null) return null;
  return id === null ? { kind: 'notice', moduleId, body } : { kind: 'request', id, moduleId, body };
}

/**
 * The payload of a message. Requests, answers and commands are a text that holds JSON, notices are JSON.
 *
 * @throws ERR_FLEET_MESSAGE when it cannot be written as JSON, or is too long
 */
export function composeAdminMessage(message: AdminMessage): Buffer {
  switch (message.kind) {
    case 'request': {
      const { id, moduleId, body } = message;
      return doubled({ reqId: id, moduleId, body });
    }
    case 'answer': {
      const { id, error, body } = message;
      return doubled({ respId: id, error: plainError(error), body });
    }
    case 'command': {
      const { id, command, moduleId, body } = message;
      return doubled({ ...(id === null ? {} : { reqId: id }), command, moduleId, body });
    }
    case 'notice': {
      const { moduleId, body } = message;
      return composePlain({ moduleId, body });
    }
  }
}

/**
 * The payload of a value that is no text.
 *
 * @throws ERR_FLEET_MESSAGE when it cannot be written as JSON
 */
export function composePlain(value: unknown): Buffer {
  return checkLength(Buffer.from(stringify(value)));
}

/** The text of what came in `error`, or null when there was none. */
export function errorTextOf(error: unknown): string | null {
  if (error === null || error === undefined || error === '' || error === false) return null;
  if (typeof error === 'string') return error;
  const message = isPlainRecord(error) ? textOf(error, 'message') : null;
  return message ?? stringify(error);
}

function doubled(value: PlainRecord): Buffer {
  return checkLength(Buffer.from(JSON.stringify(stringify(value))));
}

function checkLength(payload: Buffer): Buffer {
  if (payload.length + MOST_TOPIC_BYTES <= MOST_MESSAGE_BYTES) return payload;
  const text = `a message of ${String(payload.length)} bytes is too long for a fleet`;
  throw new VigilError('ERR_FLEET_MESSAGE', text);
}

function stringify(value: unknown): string {
  try {
    return toJson(value) ?? 'null';
  } catch (cause) {
    throw new VigilError('ERR_FLEET_MESSAGE', 'a message cannot be written as JSON', { cause });
  }
}

/** Nothing for what JSON has no words for, such as a function. */
function toJson(value: unknown): string | undefined {
  return JSON.stringify(value);
}

/** An Error would be an empty object; where it was raised is nobody's business at the other end. */
function plainError(error: unknown): unknown {
  if (error === undefined) return null;
  return error instanceof Error ? { message: error.message } : error;
}

function idOf(record: PlainRecord, key: string): number | null {
  const value = Object.hasOwn(record, key) ? record[key] : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}

function nameOf(record: PlainRecord, key: string): string | null {
  const text = textOf(record, key);
  return text !== null && text !== '' && text.length <= MOST_NAME_LENGTH ? text : null;
}

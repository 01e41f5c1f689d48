import type { JobMessage, LetterKind } from '../broker.ts';

/** A job that an embedded broker has, in its queue or in the hands of a worker. */
export interface HeldJob {
  /** Its place among all that is kept. */
  readonly seq: number;
  readonly head: JobHead;
  /** Null: to be read from the store. */
  args: string | null;
  /** Characters of the arguments. */
  readonly size: number;
  /** Deliveries that failed. */
  failures: number;
  /** It has been answered, or buried. */
  isOver: boolean;
}

export type JobHead = Omit<JobMessage, 'args'>;

/** A letter in a mailbox. */
export interface HeldLetter {
  readonly seq: number;
  readonly address: string;
  readonly kind: LetterKind;
  readonly correlationId: string;
  /** Null: to be read from the store. */
  body: string | null;
  readonly size: number;
  redelivered: boolean;
}

/** Keys in the order in which they are read: what a job needs is there before it. */
export const keyOf = {
  failures: (seq: number): string => `a!${padded(seq)}`,
  mailbox: (address: string): string => `b!${address}`,
  dead: (seq: number): string => `d!${padded(seq)}`,
  job: (seq: number): string => `j!${padded(seq)}`,
  letter: (seq: number): string => `m!${padded(seq)}`,
  queue: (name: string): string => `q!${name}`,
};

export interface StoreKey {
  readonly kind: string;
  readonly rest: string;
  /** NaN where the rest is a name. */
  readonly seq: number;
}

export function parseKey(key: string): StoreKey {
  const rest = key.slice(2);
  return { kind: key.slice(0, 2), rest, seq: parseInt(rest, RADIX) };
}

export function encodeJob(head: JobHead, args: string): string {
  return `${JSON.stringify(head)}\n${args}`;
}

/** Null for what is no job. */
export function parseJob(text: string): { head: JobHead; args: string } | null {
  const [head, args] = splitRecord(text);
  if (!isRecord(head)) return null;
  const { id, name, priority, replyTo, correlationId } = head;
  const isJob = [id, name, replyTo, correlationId].every((value) => typeof value === 'string');
  return isJob && typeof priority === 'number' ? { head: head as unknown as JobHead, args } : null;
}

export function encodeLetter(letter: HeldLetter): string {
  const { address, kind, correlationId, body } = letter;
  return `${JSON.stringify({ address, kind, correlationId })}\n${body ?? ''}`;
}

export type LetterHead = Pick<HeldLetter, 'address' | 'kind' | 'correlationId'>;

/** Null for what is no letter. */
export function parseLetter(text: string): { head: LetterHead; body: string } | null {
  const [head, body] = splitRecord(text);
  if (!isRecord(head)) return null;
  const { address, kind, correlationId } = head;
  const isLetter = [address, kind, correlationId].every((value) => typeof value === 'string');
  return isLetter ? { head: head as unknown as LetterHead, body } : null;
}

/** The text of a record without what comes before it. */
export function textOf(record: string): string {
  return record.slice(record.indexOf('\n') + 1);
}

const RADIX = 36;

function padded(seq: number): string {
  return seq.toString(RADIX).padStart(11, '0');
}

function splitRecord(text: string): [unknown, string] {
  try {
    return [JSON.parse(text.slice(0, text.indexOf('\n'))), textOf(text)];
  } catch {
    return [null, ''];
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

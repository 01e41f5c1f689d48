import { isUtf8 } from 'node:buffer';
import type { LwesFault } from './lwes-decode-error.ts';

/** How the bytes of string values are read: UTF-8 with ISO-8859-1 for what is none, or as `enc` says. */
export type LwesText = 'either' | 'latin1' | 'utf8';

const NAME_SLOTS = 1024;
const LONGEST_KEPT_NAME = 64;

/** Up to this length a string is made faster here than by a call out of JavaScript. */
const SHORT_TEXT = 16;

/**
 * Names seen before, by a hash of their bytes: what has the same hash takes the place, so the table
 * never grows. Making a string of bytes costs more than comparing them.
 */
const knownNames = new Array<string>(NAME_SLOTS).fill('');

/**
 * A place in the bytes of an event, and the readers that move it. They never throw: what cannot be
 * read sets `fault`, moves to the end and gives an empty value.
 */
export class LwesCursor {
  bytes: Buffer = Buffer.alloc(0);
  offset = 0;
  end = 0;
  fault: LwesFault | null = null;
  text: LwesText = 'either';

  open(bytes: Buffer, text: LwesText): void {
    this.bytes = bytes;
    this.offset = 0;
    this.end = bytes.length;
    this.fault = null;
    this.text = text;
  }

  /** Moves over so many bytes and gives where they began; -1 when there are not so many. */
  take(count: number): number {
    const start = this.offset;
    if (count > this.end - start) return this.fail('truncated');
    this.offset = start + count;
    return start;
  }

  /** The first fault is the one that counts. */
  fail(fault: LwesFault): -1 {
    this.fault ??= fault;
    return -1;
  }

  readByte(): number {
    const start = this.take(1);
    return start < 0 ? 0 : this.bytes.readUInt8(start);
  }

  readCount(): number {
    const start = this.take(2);
    return start < 0 ? 0 : this.bytes.readUInt16BE(start);
  }

  readName(): string {
    const length = this.readByte();
    const start = this.take(length);
    if (start < 0) return '';
    const { bytes } = this;
    const stop = start + length;
    if (length > LONGEST_KEPT_NAME) return bytes.toString('utf8', start, stop);
    let hash = length;
    for (let at = start; at < stop; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
    const slot = hash & (NAME_SLOTS - 1);
    const known = knownNames[slot] ?? '';
    if (known.length === length && isAt(known, bytes, start)) return known;
    const name = bytes.toString('utf8', start, stop);
    knownNames[slot] = name;
    return name;
  }

  readText(length: number): string {
    const start = this.take(length);
    if (start < 0) return '';
    const stop = start + length;
    const { bytes, text } = this;
    if (isAscii(bytes, start, stop)) {
      return length <= SHORT_TEXT
        ? shortText(bytes, start, stop)
        : bytes.toString('latin1', start, stop);
    }
    const isLatin1 =
      text === 'latin1' || (text === 'either' && !isUtf8(bytes.subarray(start, stop)));
    return bytes.toString(isLatin1 ? 'latin1' : 'utf8', start, stop);
  }
}

function isAt(known: string, bytes: Buffer, start: number): boolean {
  for (let at = 0; at < known.length; at++) {
    if (known.charCodeAt(at) !== bytes[start + at]) return false;
  }
  return true;
}

function isAscii(bytes: Buffer, start: number, stop: number): boolean {
  let seen = 0;
  for (let at = start; at < stop; at++) seen |= bytes[at] ?? 0;
  return seen < 0x80;
}

function shortText(bytes: Buffer, start: number, stop: number): string {
  const { fromCharCode } = String;
  let text = '';
  let at = start;
  for (; at + 4 <= stop; at += 4) {
    text += fromCharCode(
      code(bytes, at),
      code(bytes, at + 1),
      code(bytes, at + 2),
      code(bytes, at + 3),
    );
  }
  for (; at < stop; at++) text += fromCharCode(code(bytes, at));
  return text;
}

function code(bytes: Buffer, at: number): number {
  return bytes[at] ?? 0;
}

import { MAX_COUNT, MAX_EVENT_BYTES, MAX_NAME_BYTES, MAX_STRING_BYTES } from './lwes-limits.ts';

/**
 * The bytes of an event as they are written. What cannot be written leaves a `problem`, the first of
 * which counts; what is written after it is thrown away with the rest.
 */
export class LwesWriter {
  readonly bytes: Buffer = Buffer.allocUnsafeSlow(MAX_EVENT_BYTES);
  offset = 0;
  problem: string | null = null;
  isLatin1 = false;

  open(isLatin1: boolean): void {
    this.offset = 0;
    this.problem = null;
    this.isLatin1 = isLatin1;
  }

  refuse(problem: string): void {
    this.problem ??= problem;
  }

  /** Moves over so many bytes and gives where they begin. */
  room(count: number): number {
    const start = this.offset;
    if (count > MAX_EVENT_BYTES - start) {
      this.refuse(`makes the event longer than the ${MAX_EVENT_BYTES} bytes of a datagram`);
      return 0;
    }
    this.offset = start + count;
    return start;
  }

  writeByte(value: number): void {
    this.bytes.writeUInt8(value, this.room(1));
  }

  writeCount(value: number): void {
    if (value > MAX_COUNT) this.refuse(`has ${value} items; the most is ${MAX_COUNT}`);
    else this.bytes.writeUInt16BE(value, this.room(2));
  }

  writeName(name: string): void {
    const length = Buffer.byteLength(name);
    if (length < 1 || length > MAX_NAME_BYTES) {
      this.refuse(`has a name of ${length} bytes; a name has 1 to ${MAX_NAME_BYTES}`);
      return;
    }
    this.writeByte(length);
    this.#write(name, length, 'utf8');
  }

  writeText(text: string): void {
    const encoding = this.isLatin1 ? 'latin1' : 'utf8';
    const length = Buffer.byteLength(text, encoding);
    if (length > MAX_STRING_BYTES) {
      this.refuse(`has a string of ${length} bytes; the longest is ${MAX_STRING_BYTES}`);
    } else if (this.isLatin1 && !isLatin1Text(text)) {
      this.refuse('has a character that is not in ISO-8859-1, which its "enc" asks for');
    } else {
      this.writeCount(length);
      this.#write(text, length, encoding);
    }
  }

  #write(text: string, length: number, encoding: 'latin1' | 'utf8'): void {
    const start = this.room(length);
    if (this.problem === null) this.bytes.write(text, start, length, encoding);
  }
}

function isLatin1Text(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0xff) return false;
  return true;
}

export interface CutLine {
  readonly text: string;
  /** It goes on in the next one: the whole is longer than a line may be. */
  readonly isPartial: boolean;
}

const NEWLINE = 0x0a;
const LONGEST_BYTES = 64 * 1024;

/** Cuts bytes into lines, without their ends; one that is longer than 64 KB into pieces, so that none has to wait. */
export class LineCutter {
  #rest: Buffer = Buffer.alloc(0);

  /** The lines that `chunk` completes, and the pieces of one that is too long. */
  push(chunk: Buffer): CutLine[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const lines: CutLine[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      start = cutLong(bytes.subarray(0, end), start, lines);
      lines.push({ text: withoutReturn(bytes.toString('utf8', start, end)), isPartial: false });
      start = end + 1;
    }
    start = cutLong(bytes, start, lines);
    // A small rest must not keep a large block of memory alive.
    this.#rest = Buffer.from(bytes.subarray(start));
    return lines;
  }

  /** The last line, if it has no end of its own. */
  end(): CutLine[] {
    const text = this.#rest.toString();
    this.#rest = Buffer.alloc(0);
    return text === '' ? [] : [{ text, isPartial: false }];
  }
}

/** @returns where the part begins that is short enough */
function cutLong(bytes: Buffer, from: number, lines: CutLine[]): number {
  let start = from;
  while (bytes.length - start > LONGEST_BYTES) {
    const cut = beginningOfCharacter(bytes, start + LONGEST_BYTES);
    lines.push({ text: bytes.toString('utf8', start, cut), isPartial: true });
    start = cut;
  }
  return start;
}

function beginningOfCharacter(bytes: Buffer, index: number): number {
  // A character has four bytes at the most; what has more of such bytes is no text.
  for (let at = index; at > index - 4; at -= 1) {
    if (((bytes[at] ?? 0) & 0xc0) !== 0x80) return at;
  }
  return index;
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

import { closeSync, openSync, readSync } from 'node:fs';

/**
 * A key that nobody can guess, in the form of a UUID of version 4 (RFC 9562, section 5.4).
 *
 * Taken from the system's own source where that is a file: to load node:crypto, as randomUUID does,
 * takes the start of a monitor two milliseconds.
 */
export function createRandomKey(): string {
  const bytes = readSystemSource();
  if (bytes === null) {
    const { randomUUID } = require('node:crypto') as typeof import('node:crypto');
    return randomUUID();
  }
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const text = bytes.toString('hex');
  const ends = [8, 12, 16, 20, 32];
  return ends.map((end, at) => text.slice(ends[at - 1] ?? 0, end)).join('-');
}

const LENGTH = 16;

/** Null where there is no such file. */
function readSystemSource(): Buffer | null {
  let file: number | null = null;
  try {
    file = openSync('/dev/urandom', 'r');
    const bytes = Buffer.alloc(LENGTH);
    return readSync(file, bytes) === LENGTH ? bytes : null;
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}

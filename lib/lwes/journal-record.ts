import type { LwesDatagram } from './lwes-listener.ts';

/** One datagram of a journal. */
export interface LwesJournalRecord extends LwesDatagram {
  /** A number of the place that kept it. */
  readonly siteId: number;
}

/** Bytes before each event: its size, when and whence it came, the place that kept it, and four that are 0. */
const JOURNAL_HEADER_BYTES = 22;

const AT = { size: 0, time: 2, ip: 10, port: 14, site: 16 } as const;
const LATEST_TIME = 253_402_300_800_000n;

/** Writes a record as the journals of the C library have it. */
export function writeJournalRecord({ bytes, ...record }: LwesJournalRecord): Buffer {
  const written = Buffer.alloc(JOURNAL_HEADER_BYTES + bytes.length);
  written.writeUInt16BE(bytes.length, AT.size);
  written.writeBigUInt64BE(BigInt(record.receivedAtMs), AT.time);
  for (const [index, part] of record.senderIP.split('.').entries())
    written[AT.ip + 3 - index] = Number(part);
  written.writeUInt16BE(record.senderPort, AT.port);
  written.writeUInt16BE(record.siteId, AT.site);
  written.set(bytes, JOURNAL_HEADER_BYTES);
  return written;
}

/**
 * Reads the record at `offset`.
 *
 * @returns `cut` when the bytes end before it does; `damaged` when no record begins so
 */
export function readJournalRecord(
  bytes: Buffer,
  offset: number,
): LwesJournalRecord | 'cut' | 'damaged' {
  if (bytes.length - offset < JOURNAL_HEADER_BYTES) return 'cut';
  const time = bytes.readBigUInt64BE(offset + AT.time);
  // A stretch of zeros, as a crash of the machine leaves it, would be records without end.
  if (time === 0n || time >= LATEST_TIME) return 'damaged';
  const start = offset + JOURNAL_HEADER_BYTES;
  const end = start + bytes.readUInt16BE(offset + AT.size);
  if (end > bytes.length) return 'cut';
  return {
    bytes: bytes.subarray(start, end),
    receivedAtMs: Number(time),
    senderIP: [3, 2, 1, 0].map((index) => bytes[offset + AT.ip + index]).join('.'),
    senderPort: bytes.readUInt16BE(offset + AT.port),
    siteId: bytes.readUInt16BE(offset + AT.site),
  };
}

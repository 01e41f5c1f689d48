import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { readLwesJournal } from '../../lib/lwes/journal-reader.ts';
import { type LwesJournalRecord, readJournalRecord } from '../../lib/lwes/journal-record.ts';
import { VigilError } from '../../lib/errors.ts';
import { makeDirectory, removeDirectories } from '../session/options-directory.ts';
import { fuzzParser } from './fuzz-parser.ts';

const path = join(makeDirectory(), 'events.log');

afterAll(removeDirectories);

describe('a journal', () => {
  fuzzParser({
    name: 'journals',
    words: ['\u0000', '\u00ff', '\u001f\u008b\u0008', '\u0000\u000b', '\u0001O'],
    runs: 500,
    read: async (bytes) => {
      writeFileSync(path, bytes);
      const held: LwesJournalRecord[] = [];
      let failure: unknown = null;
      try {
        for await (const record of readLwesJournal(path)) held.push(record);
      } catch (error) {
        failure = error;
      }
      if (failure !== null) {
        expect(failure).toBeInstanceOf(VigilError);
        expect(failure).toMatchObject({ code: 'ERR_LWES_JOURNAL' });
      }
      // Whatever stands behind them, what is whole at the beginning is kept.
      expect(held).toEqual(wholeRecords(unpack(bytes)));
    },
  });
});

function wholeRecords(bytes: Buffer): LwesJournalRecord[] {
  const records: LwesJournalRecord[] = [];
  let offset = 0;
  for (;;) {
    const record = readJournalRecord(bytes, offset);
    if (typeof record === 'string') return records;
    records.push(record);
    offset += 22 + record.bytes.length;
  }
}

function isPacked(bytes: Buffer): boolean {
  return bytes.subarray(0, 3).toString('hex') === '1f8b08';
}

/** Of what is damaged as much as stands before it: of any beginning without it all can be unpacked. */
function unpack(bytes: Buffer): Buffer {
  if (!isPacked(bytes)) return bytes;
  let [whole, damaged] = [0, bytes.length + 1];
  while (damaged - whole > 1) {
    const middle = (whole + damaged) >> 1;
    if (tryToUnpack(bytes.subarray(0, middle)) === null) damaged = middle;
    else whole = middle;
  }
  return tryToUnpack(bytes.subarray(0, whole)) ?? Buffer.alloc(0);
}

function tryToUnpack(bytes: Buffer): Buffer | null {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return null;
  }
}

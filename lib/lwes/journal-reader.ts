import { VigilError } from '../errors.ts';
import { readJournalBytes } from './journal-bytes.ts';
import { type LwesJournalRecord, readJournalRecord } from './journal-record.ts';

/**
 * Reads a journal, packed or not, record by record, whatever its size.
 *
 * @throws ERR_LWES_JOURNAL when it cannot be read, or is cut or damaged; what was whole before that has been given then
 */
export async function* readLwesJournal(
  path: string,
): AsyncGenerator<LwesJournalRecord, void, undefined> {
  let count = 0;
  let rest: Buffer = Buffer.alloc(0);
  const fail = (what: string, cause?: unknown): VigilError => {
    const text = `${path} ${what}; ${count} whole records were read before`;
    return new VigilError('ERR_LWES_JOURNAL', text, { cause });
  };
  for await (const chunk of readExplained(path, fail)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let offset = 0;
    for (;;) {
      const record = readJournalRecord(bytes, offset);
      if (record === 'damaged') throw fail('is damaged: what follows is no record');
      if (record === 'cut') break;
      count += 1;
      offset = record.bytes.byteOffset - bytes.byteOffset + record.bytes.length;
      yield record;
    }
    rest = bytes.subarray(offset);
  }
  if (rest.length > 0) throw fail(`is cut: it ends with ${rest.length} bytes of a record`);
}

type Fail = (what: string, cause?: unknown) => VigilError;

async function* readExplained(path: string, fail: Fail): AsyncGenerator<Buffer> {
  try {
    yield* readJournalBytes(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw fail('is cut: what is packed in it has no end', cause);
    if (code?.startsWith('Z_') === true) throw fail(`is damaged: ${message}`, cause);
    throw fail(`cannot be read: ${message}`, cause);
  }
}

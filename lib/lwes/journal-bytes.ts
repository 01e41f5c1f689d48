import { open, type FileHandle } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { createDeferred } from '../util/deferred.ts';

// What 16 KiB come to when they are unpacked is at the most 16 MiB.
const CHUNK_BYTES = 16 * 1024;
// No record begins so: with these as its first bytes it would be of a time in the far future.
const GZIP_MARK = Buffer.from([0x1f, 0x8b, 0x08]);

/**
 * The bytes of a journal, unpacked when it is packed, piece by piece.
 *
 * @throws the error of the file system, or of what is packed, after everything that could be read before it
 */
export async function* readJournalBytes(path: string): AsyncGenerator<Buffer, void, undefined> {
  const handle = await open(path, 'r');
  try {
    const mark = await readAt(handle, 0, GZIP_MARK.length);
    yield* mark.equals(GZIP_MARK) ? unpackAll(handle) : readChunks(handle);
  } finally {
    await handle.close();
  }
}

async function* unpackAll(handle: FileHandle): AsyncGenerator<Buffer> {
  let given = 0;
  let packed = 0;
  const count = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of readChunks(handle)) {
      packed += chunk.length;
      yield chunk;
    }
  };
  try {
    for await (const bytes of unpack(count())) {
      given += bytes.length;
      yield bytes;
    }
  } catch (error) {
    yield* unpackBeforeDamage(handle, {
      given,
      lastChunkAt: packed - 1 - ((packed - 1) % CHUNK_BYTES),
    });
    throw error;
  }
}

/** Of a chunk that is damaged somewhere nothing is unpacked, not even what stands before: so it is taken byte by byte. */
async function* unpackBeforeDamage(
  handle: FileHandle,
  { given, lastChunkAt }: { readonly given: number; readonly lastChunkAt: number },
): AsyncGenerator<Buffer> {
  let unpacked = 0;
  try {
    for await (const bytes of unpack(readChunks(handle, lastChunkAt))) {
      const isNewFrom = Math.max(given - unpacked, 0);
      unpacked += bytes.length;
      if (isNewFrom < bytes.length) yield bytes.subarray(isNewFrom);
    }
  } catch {
    // It is told by whoever has met it first.
  }
}

/** @param singlyFrom - from there on byte by byte */
async function* readChunks(handle: FileHandle, singlyFrom = Infinity): AsyncGenerator<Buffer> {
  for (let at = 0; ;) {
    const chunk = await readAt(handle, at, CHUNK_BYTES);
    if (chunk.length === 0) return;
    if (at < singlyFrom) yield chunk;
    else for (let byte = 0; byte < chunk.length; byte++) yield chunk.subarray(byte, byte + 1);
    at += chunk.length;
  }
}

async function readAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}

/** Step by step: piped into each other, streams throw away what they have not handed over when one meets an error. */
async function* unpack(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  // Over it can be before all is written: zeros behind it, as a crash of the machine leaves them, it does not take.
  const state = { isOver: false, failure: null as Error | null };
  let unpacked: Buffer[] = [];
  let step = createDeferred();
  gunzip.on('data', (bytes: Buffer) => unpacked.push(bytes));
  gunzip.on('error', (error) => {
    state.failure = error;
    step.resolve();
  });
  gunzip.once('end', () => {
    state.isOver = true;
    step.resolve();
  });
  const take = async function* (): AsyncGenerator<Buffer> {
    if (!state.isOver && state.failure === null) await step.promise;
    yield* unpacked;
    unpacked = [];
    step = createDeferred();
    if (state.failure !== null) throw state.failure;
  };
  for await (const chunk of chunks) {
    if (state.isOver) return;
    gunzip.write(chunk, () => {
      step.resolve();
    });
    yield* take();
  }
  gunzip.end();
  yield* take();
}

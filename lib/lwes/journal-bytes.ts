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
    const first = await readChunk(handle);
    const isPacked = first.subarray(0, GZIP_MARK.length).equals(GZIP_MARK);
    const chunks = readChunks(first, handle);
    yield* isPacked ? unpack(chunks) : chunks;
  } finally {
    await handle.close();
  }
}

async function* readChunks(first: Buffer, handle: FileHandle): AsyncGenerator<Buffer> {
  for (let chunk = first; chunk.length > 0; chunk = await readChunk(handle)) yield chunk;
}

async function readChunk(handle: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES);
  return buffer.subarray(0, bytesRead);
}

/** Step by step: piped into each other, streams throw away what they have not handed over when one meets an error. */
async function* unpack(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  let failure: Error | undefined;
  let unpacked: Buffer[] = [];
  let step = createDeferred();
  gunzip.on('data', (bytes: Buffer) => unpacked.push(bytes));
  gunzip.on('error', (error) => {
    failure = error;
    step.resolve();
  });
  const take = async function* (): AsyncGenerator<Buffer> {
    await step.promise;
    yield* unpacked;
    unpacked = [];
    step = createDeferred();
    if (failure !== undefined) throw failure;
  };
  for await (const chunk of chunks) {
    gunzip.write(chunk, () => {
      step.resolve();
    });
    yield* take();
  }
  gunzip.once('end', () => {
    step.resolve();
  });
  gunzip.end();
  yield* take();
}

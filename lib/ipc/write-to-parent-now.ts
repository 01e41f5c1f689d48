import { writeSync } from 'node:fs';

/**
 * Writes a message to the parent process before it returns. For the very end of a process: what is handed to
 * `process.send` then, and exceeds the buffer of the socket, is lost with the event loop that should write it.
 *
 * It waits for a parent that is slow to read, but not for ever, and needs to see that nothing else is half written;
 * both the queue and the encoding of the channel are internals of Node, so it is careful to find them as expected.
 *
 * @returns false when it is not possible; nothing was written then
 */
export function writeToParentNow(message: unknown): boolean {
  const channel = findChannel();
  if (channel?.writeQueueSize !== 0 || channel.fd < 0 || !isJsonChannel(channel)) return false;
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  let written = 0;
  let waits = 0;
  while (written < bytes.length && waits < MAX_WAITS) {
    const count = writeSome(channel.fd, bytes, written);
    if (count === 0) waits++;
    written += count;
  }
  return written > 0;
}

interface ChannelHandle {
  readonly fd: number;
  readonly writeQueueSize: number;
}

const WAIT_MS = 1;
const MAX_WAITS = 2_000;

function findChannel(): ChannelHandle | null {
  const channel = ownSymbolMember(process, 'kChannelHandle') as Partial<ChannelHandle> | undefined;
  return typeof channel?.fd === 'number' && typeof channel.writeQueueSize === 'number'
    ? (channel as ChannelHandle)
    : null;
}

function isJsonChannel(channel: ChannelHandle): boolean {
  return typeof ownSymbolMember(channel, 'kJSONBuffer') === 'string';
}

function ownSymbolMember(target: object, description: string): unknown {
  const symbol = Object.getOwnPropertySymbols(target).find(
    (known) => known.description === description,
  );
  return symbol && (target as Record<symbol, unknown>)[symbol];
}

function writeSome(fd: number, bytes: Buffer, from: number): number {
  try {
    return writeSync(fd, bytes, from);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return bytes.length - from;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
    return 0;
  }
}

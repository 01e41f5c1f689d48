import type { Duplex } from 'node:stream';
import type { RawWebSocket } from './web-socket-connection.ts';

/** What the library's socket says beside that. */
interface OpenWebSocket extends RawWebSocket {
  readonly readyState: number;
}

interface Message {
  readonly data: string | Uint8Array;
  readonly size: number;
  readonly sent: (error?: Error) => void;
}

/**
 * What is sent in one turn of the event loop goes out in one piece: many short messages cost one call of the operating
 * system, and are written once.
 *
 * @param raw - of a server, without extensions
 * @param stream - what it writes to
 */
export function sendTogether(raw: OpenWebSocket, stream: Duplex): RawWebSocket {
  let messages: Message[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (messages.length === 0) return;
    const together = messages;
    messages = [];
    bytes = 0;
    if (raw.readyState !== OPEN) return;
    stream.write(writeFrames(together), (error) => {
      for (const { sent } of together) sent(error ?? undefined);
    });
  };
  return {
    get bufferedAmount() {
      return raw.bufferedAmount + bytes;
    },
    protocol: raw.protocol,
    send: (data, _options, sent) => {
      const size = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
      if (messages.length === 0) setImmediate(flush);
      messages.push({ data, size, sent });
      bytes += size;
    },
    ping: () => {
      flush();
      raw.ping();
    },
    pong: (data) => {
      flush();
      raw.pong(data);
    },
    close: (code, reason) => {
      flush();
      raw.close(code, reason);
    },
    terminate: () => {
      raw.terminate();
    },
    on: raw.on.bind(raw),
  };
}

const OPEN = 1;
const TEXT = 0x81;
const TWO_BYTES = 126;
const EIGHT_BYTES = 127;
const LONGEST_SHORT = 125;
const LONGEST_MIDDLE = 0xffff;

function writeFrames(messages: readonly Message[]): Buffer {
  let total = 0;
  for (const { size } of messages) total += headSizeOf(size) + size;
  const frames = Buffer.allocUnsafe(total);
  let at = 0;
  for (const { data, size } of messages) {
    at = writeHead(frames, at, size);
    if (typeof data === 'string') frames.write(data, at, size, 'utf8');
    else frames.set(data, at);
    at += size;
  }
  return frames;
}

function headSizeOf(size: number): number {
  if (size <= LONGEST_SHORT) return 2;
  return size <= LONGEST_MIDDLE ? 4 : 10;
}

/** @returns where the text begins */
function writeHead(frames: Buffer, at: number, size: number): number {
  frames[at] = TEXT;
  if (size <= LONGEST_SHORT) {
    frames[at + 1] = size;
    return at + 2;
  }
  if (size <= LONGEST_MIDDLE) {
    frames[at + 1] = TWO_BYTES;
    return frames.writeUInt16BE(size, at + 2);
  }
  frames[at + 1] = EIGHT_BYTES;
  frames.writeUInt32BE(0, at + 2);
  return frames.writeUInt32BE(size, at + 6);
}

import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '../util/clock.ts';
import type { LineSource } from './control-route.ts';
import {
  JSON_LINES,
  type LineFormat,
  SERVER_SENT_EVENTS,
  wantsEventStream,
} from './line-format.ts';

export interface LineStreamOptions {
  readonly clock: Clock;
  /** How much may wait for a slow reader before it is let go, bytes. */
  readonly maxQueuedBytes: number;
  /** How long a reader that was let go has to take what waits for it, milliseconds. */
  readonly farewellMs: number;
  readonly onDrop: () => void;
}

/** Shorter than the patience of any proxy. */
const SIGN_OF_LIFE_MS = 15_000;

/**
 * Writes a source to a response as JSON lines, or as server-sent events to who accepts them.
 *
 * A reader slower than its events is not waited for: its last line is `{"type":"stream.dropped"}` and its connection
 * is closed, so that it costs a bounded amount of memory and can come again.
 */
export async function writeLines(
  response: ServerResponse,
  source: LineSource,
  options: LineStreamOptions,
): Promise<void> {
  const format = wantsEventStream(response.req.headers.accept) ? SERVER_SENT_EVENTS : JSON_LINES;
  response.writeHead(200, { 'content-type': format.contentType, 'cache-control': 'no-store' });
  if (response.req.method === 'HEAD') {
    response.end();
    return;
  }
  response.flushHeaders();
  const signs = showLife(response, format, options.clock);
  try {
    if (format.opening !== '') response.write(format.opening);
    for (const value of source.first) response.write(format.encode(value));
    await copyFollowing({ response, format, following: source.following }, options);
  } catch (error) {
    // The status line has gone out; a last line is the only place left to tell it.
    response.write(format.encode({ type: 'stream.failed', reason: (error as Error).message }));
  }
  signs.stop();
  endWithin(response, options);
}

interface OpenStream {
  readonly response: ServerResponse;
  readonly format: LineFormat;
  readonly following: AsyncIterator<unknown> | undefined;
}

async function copyFollowing(
  { response, format, following }: OpenStream,
  options: LineStreamOptions,
): Promise<void> {
  while (following !== undefined && !response.destroyed) {
    const result = await following.next();
    if (result.done === true) return;
    response.write(format.encode(result.value));
    const queuedBytes = response.writableLength;
    if (queuedBytes <= options.maxQueuedBytes) continue;
    options.onDrop();
    response.write(
      format.encode({
        type: 'stream.dropped',
        reason: 'the reader is slower than the events',
        queuedBytes,
      }),
    );
    await following.return?.();
    return;
  }
}

/** Keeps a proxy from giving a quiet stream up. */
function showLife(
  response: ServerResponse,
  { signOfLife }: LineFormat,
  clock: Clock,
): { stop(): void } {
  let timer: Timer | null = null;
  const arm = (): void => {
    timer = clock.setTimer(SIGN_OF_LIFE_MS, () => {
      if (response.destroyed) return;
      if (response.writableLength === 0) response.write(signOfLife);
      arm();
    });
    timer.unref();
  };
  if (signOfLife !== null) arm();
  return { stop: () => timer?.cancel() };
}

function endWithin(response: ServerResponse, { clock, farewellMs }: LineStreamOptions): void {
  if (response.destroyed) return;
  const timer = clock.setTimer(farewellMs, () => response.destroy());
  timer.unref();
  response.once('close', () => {
    timer.cancel();
  });
  response.end();
}

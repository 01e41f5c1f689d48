import type { ServerResponse } from 'node:http';
import type { Clock } from '../util/clock.ts';
import type { LineSource } from './control-route.ts';

export interface LineStreamOptions {
  readonly clock: Clock;
  /** How much may wait for a slow reader before it is let go, bytes. */
  readonly maxQueuedBytes: number;
  /** How long a reader that was let go has to take what waits for it, milliseconds. */
  readonly farewellMs: number;
  readonly onDrop: () => void;
}

/**
 * Writes a source to a response as JSON lines.
 *
 * A reader slower than its events is not waited for: its last line is `{"type":"stream.dropped"}` and its connection
 * is closed, so that it costs a bounded amount of memory and can come again.
 */
export async function writeLines(
  response: ServerResponse,
  source: LineSource,
  options: LineStreamOptions,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  response.flushHeaders();
  try {
    for (const value of source.first) response.write(encodeLine(value));
    await copyFollowing(response, source.following, options);
  } catch (error) {
    // The status line has gone out; a last line is the only place left to tell it.
    response.write(encodeLine({ type: 'stream.failed', reason: (error as Error).message }));
  }
  endWithin(response, options);
}

async function copyFollowing(
  response: ServerResponse,
  following: AsyncIterator<unknown> | undefined,
  options: LineStreamOptions,
): Promise<void> {
  while (following !== undefined && !response.destroyed) {
    const result = await following.next();
    if (result.done === true) return;
    response.write(encodeLine(result.value));
    const queuedBytes = response.writableLength;
    if (queuedBytes <= options.maxQueuedBytes) continue;
    options.onDrop();
    response.write(
      encodeLine({
        type: 'stream.dropped',
        reason: 'the reader is slower than the events',
        queuedBytes,
      }),
    );
    await following.return?.();
    return;
  }
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

const linesOfEvents = new WeakMap<object, string>();

/** A thousand readers of one event share its text. */
function encodeLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `${JSON.stringify(value)}\n`;
  let line = linesOfEvents.get(value);
  if (line === undefined) {
    line = `${JSON.stringify(value)}\n`;
    linesOfEvents.set(value, line);
  }
  return line;
}

import { waitFor, type Clock } from '../util/clock.ts';
import type { LwesJournalRecord } from './journal-record.ts';
import type { LwesSink } from './lwes-emitter.ts';

export interface LwesReplayOptions {
  /** Where the records go, as they were received. */
  readonly sink: LwesSink;
  /** 1 as fast as they came, 10 ten times faster, Infinity without a pause. */
  readonly speed: number;
  readonly clock: Clock;
  /** Ends the replay early, without an error. */
  readonly signal?: AbortSignal;
}

/** How many are sent before the process gets to do something else. */
const BATCH = 64;

/**
 * Sends the records of a journal again, with the pauses that lay between them.
 *
 * @returns how many were sent
 * @throws what reading the journal throws; the records before that have been sent
 */
export async function replayLwesJournal(
  records: AsyncIterable<LwesJournalRecord>,
  { sink, speed, clock, signal }: LwesReplayOptions,
): Promise<number> {
  const startedAt = clock.now();
  let firstAtMs: number | undefined;
  let sent = 0;
  for await (const { bytes, receivedAtMs } of records) {
    firstAtMs ??= receivedAtMs;
    const waitMs = startedAt + (receivedAtMs - firstAtMs) / speed - clock.now();
    if (waitMs >= 1) await waitFor(clock, waitMs, signal);
    if (signal?.aborted === true) break;
    sink.emitBytes(bytes);
    sent += 1;
    if (sent % BATCH > 0) continue;
    await sink.flush();
    await new Promise(setImmediate);
  }
  await sink.flush();
  return sent;
}

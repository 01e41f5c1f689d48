import type { ControlClient } from '../http/control-client.ts';
import type { SessionExplanation } from '../session/monitor/explanation.ts';
import { waitFor } from '../util/clock.ts';
import { describeProgress } from './progress-text.ts';
import type { VerbCall } from './verb.ts';

// What takes no longer is no waiting.
const FIRST_MS = 1000;
const NEXT_MS = 500;

export interface Awaited<T> {
  /** The command, as the line begins. */
  readonly verb: string;
  readonly client: Pick<ControlClient, 'request'>;
  readonly work: Promise<T>;
}

/**
 * Waits for something that an operator has asked for. On a terminal one line says what it waits for, and is
 * gone when it has come.
 */
export async function withProgress<T>(
  call: VerbCall,
  { verb, client, work }: Awaited<T>,
): Promise<T> {
  const { output, clock } = call;
  if (!output.showsProgress || call.arguments.isOn('json')) return work;
  const over = new AbortController();
  const began = clock.now();
  const show = async (): Promise<void> => {
    await waitFor(clock, FIRST_MS, over.signal);
    while (!over.signal.aborted) {
      const session = await askSession(client);
      const elapsedMs = clock.now() - began;
      // It may have come while the monitor was asked.
      if (isOver(over)) return;
      output.showProgress(describeProgress({ verb, elapsedMs, session }, output.progressWidth));
      await waitFor(clock, NEXT_MS, over.signal);
    }
  };
  void show();
  try {
    return await work;
  } finally {
    over.abort();
    output.showProgress('');
  }
}

function isOver({ signal }: AbortController): boolean {
  return signal.aborted;
}

async function askSession(client: Awaited<unknown>['client']): Promise<SessionExplanation | null> {
  try {
    return (await client.request('GET', '/explain')) as SessionExplanation;
  } catch {
    return null;
  }
}

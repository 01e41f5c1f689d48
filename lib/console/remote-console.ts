import type { Clock } from '../util/clock.ts';
import { waitFor } from '../util/clock.ts';
import type { CommandOutcome } from './command-outcome.ts';
import { createFailure } from './command-outcome.ts';
import type { ConsoleStream } from './console-input.ts';
import type { ConsoleCompletion } from './line-runner.ts';
import { Repl } from './repl.ts';
import type { ConsoleHistory } from './terminal-input.ts';

/** The other end of a control socket. */
export interface ConsoleClient {
  request(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
  /** Lines that end when the session does. */
  lines(path: string, signal: AbortSignal): AsyncIterable<unknown>;
}

export interface RemoteConsoleOptions {
  readonly input: ConsoleStream;
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean | undefined };
  readonly clock: Clock;
  readonly prompt?: string;
  readonly history?: ConsoleHistory;
  /** May the terminal be read? Default asks the system. */
  readonly isForeground?: () => boolean;
}

/** How an attached console ended. */
export interface RemoteConsoleEnd {
  /** Whether every command succeeded. */
  readonly isSuccess: boolean;
  /** Whether the session ended before the input did. */
  readonly isSessionGone: boolean;
}

/**
 * Attaches a terminal, or lines from a pipe, to the console of a running session.
 *
 * Ends at end-of-file, on Ctrl-C, or when the session has gone, which it says. The session goes on in the first two.
 */
export async function attachConsole(
  client: ConsoleClient,
  options: RemoteConsoleOptions,
): Promise<RemoteConsoleEnd> {
  let isSessionGone = false;
  const watching = new AbortController();
  const repl = new Repl({
    ...options,
    holdsProcess: true,
    onInterrupt: () => {
      repl.close();
    },
    runner: {
      run: async (line) => {
        const outcome = await runRemotely(client, line);
        if (!outcome.ok && outcome.error.code === 'ERR_SESSION_NOT_RUNNING') leave();
        return outcome;
      },
      complete: (line) => completeRemotely(client, line),
    },
  });
  const leave = (): void => {
    if (isSessionGone || watching.signal.aborted) return;
    isSessionGone = true;
    options.output.write('the session has ended\n');
    repl.close();
  };
  repl.start();
  // A person at a prompt should see at once that nobody is there any more.
  const watch =
    options.input.isTTY === true
      ? watchSession(client, options.clock, watching.signal).then(leave)
      : undefined;
  const { failed } = await repl.ended;
  watching.abort();
  await watch;
  return { isSuccess: failed === 0 && !isSessionGone, isSessionGone };
}

const WATCH_AGAIN_MS = 2_000;

async function runRemotely(client: ConsoleClient, line: string): Promise<CommandOutcome> {
  try {
    return parseOutcome(await client.request('POST', '/command', { line }));
  } catch (reason) {
    return createFailure(reason);
  }
}

async function completeRemotely(client: ConsoleClient, line: string): Promise<ConsoleCompletion> {
  const answer = await client.request('GET', `/complete?line=${encodeURIComponent(line)}`);
  const [hits, text] = answer as [unknown, unknown];
  if (!Array.isArray(hits) || typeof text !== 'string') return [[], line];
  return [hits.filter((hit) => typeof hit === 'string'), text];
}

function parseOutcome(answer: unknown): CommandOutcome {
  const { ok, output, error } = answer as {
    ok?: unknown;
    output?: unknown;
    error?: { code?: unknown; message?: unknown };
  };
  if (ok === true) return { ok, output: typeof output === 'string' ? output : '' };
  return createFailure(error);
}

/** Resolves when the session has gone, or the signal fires. */
async function watchSession(
  client: ConsoleClient,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const isAborted = (): boolean => signal.aborted;
  while (!isAborted()) {
    try {
      await readToEnd(client.lines('/events?follow=1&n=0', signal));
      if (isAborted()) return;
      // An end alone may mean that this reader was let go for being slow.
      await client.request('GET', '/status');
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ERR_SESSION_NOT_RUNNING') return;
    }
    await waitFor(clock, WATCH_AGAIN_MS, signal);
  }
}

async function readToEnd(lines: AsyncIterable<unknown>): Promise<void> {
  const iterator = lines[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

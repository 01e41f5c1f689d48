import type { Duplex } from 'node:stream';
import { VigilError } from '../errors.ts';
import type { Clock } from '../util/clock.ts';
import { AnswerReader } from './answer-reader.ts';

/** What a poll of the health route saw. */
export type ProbeOutcome =
  | { readonly ok: true; readonly status: number; readonly latencyMs: number }
  | { readonly ok: false; readonly reason: string; readonly latencyMs: number };

export interface ProbeTarget {
  readonly route: string;
  readonly protocol: 'http:' | 'https:';
  /** Opens the connection the request is sent over. */
  readonly connect: () => Duplex;
}

export interface ProbeOptions {
  readonly timeoutMs: number;
  /** Inclusive range of good status codes. */
  readonly expectStatus: readonly [number, number];
}

/** Asks a route once; never rejects. The answer must be complete within the deadline. */
export async function probeOnce(
  clock: Clock,
  options: ProbeOptions,
  ask: (signal: AbortSignal) => Promise<number>,
): Promise<ProbeOutcome> {
  const startedAt = clock.now();
  const aborter = new AbortController();
  const timer = clock.setTimer(options.timeoutMs, () => {
    aborter.abort();
  });
  timer.unref();
  const timedOut = new Promise<never>((_resolve, reject) => {
    aborter.signal.addEventListener('abort', () => {
      reject(
        new VigilError(
          'ERR_PROBE_FAILED',
          `no complete answer within ${String(options.timeoutMs)} ms`,
        ),
      );
    });
  });
  try {
    const status = await Promise.race([ask(aborter.signal), timedOut]);
    return judgeStatus(status, options.expectStatus, clock.now() - startedAt);
  } catch (error) {
    return { ok: false, reason: describe(error), latencyMs: clock.now() - startedAt };
  } finally {
    timer.cancel();
  }
}

/** The default way to ask: one request over a connection that the caller provides. */
export function askOverConnection(target: ProbeTarget, signal: AbortSignal): Promise<number> {
  const reader = new AnswerReader();
  return new Promise<number>((resolve, reject) => {
    // Nothing but visible characters may get into the line of a request.
    if (/[^\x21-\x7e]/.test(target.route)) {
      throw new VigilError('ERR_PROBE_FAILED', `bad route ${JSON.stringify(target.route)}`);
    }
    const connection = target.connect();
    const settle = (read: () => void): void => {
      try {
        read();
      } catch (error) {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as it was thrown
        reject(error);
        connection.destroy();
      }
      if (reader.completeStatus === null) return;
      resolve(reader.completeStatus);
      // Not destroyed: to the server that would look like a client that went away.
      connection.end();
    };
    const end = (): void => {
      settle(() => {
        reader.end();
      });
    };
    signal.addEventListener('abort', () => connection.destroy(), { once: true });
    connection.on('error', reject);
    connection.on('data', (chunk: Buffer) => {
      settle(() => {
        reader.accept(chunk);
      });
    });
    connection.on('end', end);
    connection.on('close', end);
    connection.write(formatRequest(target.route));
  });
}

function formatRequest(route: string): string {
  const fields = ['Host: localhost', 'User-Agent: vigil-probe', 'Connection: close'];
  return `GET ${route} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`;
}

function judgeStatus(
  status: number,
  [lowest, highest]: readonly [number, number],
  latencyMs: number,
): ProbeOutcome {
  if (status >= lowest && status <= highest) return { ok: true, status, latencyMs };
  const reason = `status ${String(status)}, expected ${String(lowest)} to ${String(highest)}`;
  return { ok: false, reason, latencyMs };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return `${code.startsWith('ERR_PROBE') ? '' : code}${error.message}`.slice(0, 500);
}

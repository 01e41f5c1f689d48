import type { Duplex } from 'node:stream';
import { VigilError } from '../errors.ts';
import type { Clock } from '../util/clock.ts';

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

/** The default way to ask: `node:http` over a connection that the caller provides. */
export function askOverConnection(target: ProbeTarget, signal: AbortSignal): Promise<number> {
  const http = require('node:http') as typeof import('node:http');
  return new Promise((resolve, reject) => {
    const request = http.get({
      path: target.route,
      headers: { host: 'localhost', 'user-agent': 'vigil-probe', connection: 'close' },
      createConnection: () => target.connect(),
      signal,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      response.on('error', reject);
      response.on('end', () => {
        resolve(response.statusCode ?? 0);
      });
      response.on('close', () => {
        reject(new VigilError('ERR_PROBE_FAILED', 'the answer was cut off'));
      });
      response.resume();
    });
  });
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

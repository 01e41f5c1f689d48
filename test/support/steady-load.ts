import { get, type RequestOptions } from 'node:http';

/** What became of requests, by status or error code, and the longest wait for an answer, milliseconds. */
export interface LoadReport {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly longestMs: number;
}

export interface SteadyLoad {
  readonly report: LoadReport;
  /** How many were sent and have no outcome yet. */
  readonly underWay: number;
  /** Sends no more, and waits for what is under way. */
  end(): Promise<LoadReport>;
}

const GIVE_UP_MS = 10_000;

/** Sends requests at a steady pace, each on a connection of its own, whatever becomes of the others. */
export function startSteadyLoad(target: RequestOptions, everyMs = 5): SteadyLoad {
  const outcomes: Record<string, number> = {};
  const underWay = new Set<Promise<void>>();
  let longestMs = 0;
  const send = (): void => {
    const startedAt = performance.now();
    const request = ask(target).then((outcome) => {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      longestMs = Math.max(longestMs, performance.now() - startedAt);
      underWay.delete(request);
    });
    underWay.add(request);
  };
  const timer = setInterval(send, everyMs);
  return {
    get report() {
      return { outcomes, longestMs };
    },
    get underWay() {
      return underWay.size;
    },
    end: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      return { outcomes, longestMs };
    },
  };
}

function ask(target: RequestOptions): Promise<string> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', ...target, agent: false }, (response) => {
      response.resume();
      response.on('error', (error) => {
        resolve(error.message);
      });
      response.on('end', () => {
        const retryAfter = response.headers['retry-after'];
        resolve(`${response.statusCode}${retryAfter === undefined ? '' : ' with Retry-After'}`);
      });
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
    request.setTimeout(GIVE_UP_MS, () => request.destroy(new Error('no answer')));
  });
}

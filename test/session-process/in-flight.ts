import { Agent, get } from 'node:http';
import { type Session } from './run-server.ts';

/** Requests that are being answered while something else happens. */
export interface InFlight {
  /** The statuses, once all have come to an end; `ECONNRESET` and the like for those that failed. */
  readonly outcomes: Promise<(number | string)[]>;
}

/** Opens connections that stay, uses each once, and then has every one of them wait for a slow answer. */
export async function startRequests(session: Session, path: string, count = 10): Promise<InFlight> {
  const url = `http://127.0.0.1:${await session.port()}`;
  const agent = new Agent({ keepAlive: true, maxSockets: count });
  const send = (target: string): Promise<(number | string)[]> =>
    Promise.all(Array.from({ length: count }, () => ask(url + target, agent)));
  await send('/');
  const outcomes = send(path).finally(() => {
    agent.destroy();
  });
  // The server reads requests in order: once this one is answered, it has the others.
  await session.get('/');
  return { outcomes };
}

/** Clients that send one request after the other over connections that stay; `end` gives all outcomes. */
export async function startLoad(
  session: Session,
  clients = 8,
): Promise<{
  end(): Promise<(number | string)[]>;
}> {
  const url = `http://127.0.0.1:${await session.port()}/slow/5`;
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const outcomes: (number | string)[] = [];
  let isOver = false;
  const run = async (): Promise<void> => {
    while (!isOver) outcomes.push(await ask(url, agent));
  };
  const runs = Array.from({ length: clients }, run);
  return {
    end: async () => {
      isOver = true;
      await Promise.all(runs);
      agent.destroy();
      return outcomes;
    },
  };
}

function ask(url: string, agent: Agent): Promise<number | string> {
  return new Promise((resolve) => {
    const request = get(url, { agent }, (response) => {
      response.resume();
      response.on('end', () => {
        resolve(response.statusCode ?? 0);
      });
      response.on('error', (error) => {
        resolve(error.message);
      });
    });
    request.on('error', (error) => {
      resolve((error as NodeJS.ErrnoException).code ?? error.message);
    });
  });
}

import { createServer } from 'node:net';

const MOST_TRIES = 20;

/** The first port from `wanted` on that is free on loopback and is none of `taken`; `wanted` when none of the next ones is. */
export async function findFreePort(wanted: number, taken: readonly number[]): Promise<number> {
  for (let port = wanted; port < wanted + MOST_TRIES; port++) {
    if (!taken.includes(port) && (await isPortFree(port, '127.0.0.1'))) return port;
  }
  return wanted;
}

/** Whether something could listen there at this moment. */
export function isPortFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

import { createServer } from 'node:net';

// Below those that the system gives to whoever asks for any, and for each test runner of its own.
const FIRST = 10_000;
const PORTS_A_WORKER = 5000;
const WORKERS = 4;

const begin = FIRST + (Number(process.env['JEST_WORKER_ID'] ?? 0) % WORKERS) * PORTS_A_WORKER;
// Elsewhere than in another run on this machine.
let next = Math.floor(Math.random() * PORTS_A_WORKER);

/**
 * For a program that must be told its port: the first of so many in a row that nobody holds. No other test
 * is given them, and no connection takes one of them before the program does.
 */
export async function findFreePorts(count = 1): Promise<number> {
  for (;;) {
    if (next + count > PORTS_A_WORKER) next = 0;
    const first = begin + next;
    next += count;
    const checks = Array.from({ length: count }, (_, at) => isFree(first + at));
    if ((await Promise.all(checks)).every(Boolean)) return first;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    // On all addresses, so that whoever has the port on one of them is in the way.
    server.listen(port, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

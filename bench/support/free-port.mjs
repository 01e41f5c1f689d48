import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the ports that the kernel gives to clients: a client that tries a port of those again and again, while
// nobody listens, is given that very port one day, and is connected with itself.
const LOWEST = 12_000;
const HIGHEST = 32_000;

/** A port of loopback that nobody listens on. */
export async function findFreePort() {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (await isFree(port)) return port;
  }
}

async function isFree(port) {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

import { createServer } from 'node:net';

/** Whether a server could listen on the port of any address of this machine. */
export async function isPortUsable(port: number): Promise<boolean> {
  const all = await tryToListen(port, '::');
  // Without IPv6 there is only the other kind.
  return all === 'EAFNOSUPPORT' || all === 'EADDRNOTAVAIL'
    ? (await tryToListen(port, '0.0.0.0')) === null
    : all === null;
}

/** The code of the error; null when it could. */
function tryToListen(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? 'unknown');
    });
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => {
        resolve(null);
      });
    });
  });
}

import type { Server } from 'node:net';

/** Whether a server speaks HTTP/2, over TLS or not. */
export function isHttp2(server: Server): boolean {
  return 'updateSettings' in server;
}

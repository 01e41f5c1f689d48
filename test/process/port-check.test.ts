import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { isPortUsable } from '../../lib/process/port-check.ts';

describe('a port', () => {
  it.each(['127.0.0.1', '0.0.0.0'])('is not usable while somebody listens on %s', async (host) => {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const isUsable = await isPortUsable(port);
    server.close();
    await once(server, 'close');
    expect(isUsable).toBe(false);
  });

  it('that anybody may have is usable', async () => {
    expect(await isPortUsable(0)).toBe(true);
  });
});

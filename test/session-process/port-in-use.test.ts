import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { runServer } from './run-server.ts';

describe('a port that another process has', () => {
  it.each(['true', 'false'])(
    'is named together with that process (socket.hold=%s)',
    async (holds) => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const port = String((other.address() as AddressInfo).port);
      const session = await runServer('acts.cjs', { port, set: [`socket.hold=${holds}`] });
      const line = new RegExp(`port ${port} is in use by pid ${process.pid} \\(.*jest.*\\)`);
      await session.vigil.waitForLine(line);
      // Not again and again, and it comes up once the port is free.
      await session.event('worker.exited', 2);
      other.close();
      await session.event('worker.ready');
      await session.stop();
      expect(session.vigil.lines.filter((text) => text.includes('is in use by'))).toHaveLength(1);
      await assertNoLeaks();
    },
  );
});

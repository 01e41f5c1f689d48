import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { createPrivateConnection } from '../../../lib/session/worker/private-connection.ts';

describe('a private connection', () => {
  it('has what handlers, loggers and libraries ask of every socket', async () => {
    const { client, server: end } = createPrivateConnection();
    const server = createServer((request, response) => {
      const { socket } = request;
      socket.setTimeout(1000).setNoDelay().setKeepAlive().ref().unref();
      const { remoteAddress, remotePort, localPort } = socket;
      response.end(JSON.stringify({ remoteAddress, remotePort, localPort, ...socket.address() }));
    });
    server.emit('connection', end as Socket);
    client.write('GET / HTTP/1.0\r\n\r\n');
    let text = '';
    client.on('data', (chunk) => (text += String(chunk)));
    await once(client, 'end');
    expect(JSON.parse(text.slice(text.indexOf('{')))).toEqual({
      ...{ remoteAddress: '127.0.0.1', remotePort: 0, localPort: 0 },
      ...{ address: '127.0.0.1', family: 'IPv4', port: 0 },
    });
  });
});

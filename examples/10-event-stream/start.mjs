// An emitter, the stream server, and on a port of its own a page that shows the events: one command for all three.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { LwesEmitter, StreamServer } from 'server-vigil/stream';

const { STREAM_PORT = '8887', PAGE_PORT = '8080', CHANNEL_PORT = '9191' } = process.env;
// Multicast, such as 224.0.0.69, is as good where a route leads to it.
const channel = { host: '127.0.0.1', port: Number(CHANNEL_PORT) };

const server = new StreamServer({
  port: Number(STREAM_PORT),
  allowedChannels: [`${channel.host}:${channel.port}`],
});
const { url } = await server.start();

const emitter = new LwesEmitter(channel);
const terms = ['pizza', 'pasta', 'pizzeria', 'ice cream'];
let count = 0;
const emitting = setInterval(() => {
  const number = { name: 'count', type: 'uint32', value: count };
  const term = { name: 'term', type: 'string', value: terms[count % terms.length] };
  const lat = { name: 'lat', type: 'double', value: 51.5 };
  emitter.emit({ name: 'Search', attributes: [term, lat, number] });
  if (count % 3 === 0)
    emitter.emit({
      name: 'Ad',
      attributes: [{ name: 'text', type: 'string', value: 'two for one' }, number],
    });
  count += 1;
}, 500);

const files = {
  '/': ['page.html', 'text/html; charset=utf-8'],
  '/stream-client.mjs': ['stream-client.mjs', 'text/javascript; charset=utf-8'],
};
const pages = createServer(async ({ url: path }, response) => {
  const [file, type] = files[path] ?? [];
  if (file === undefined) {
    response.writeHead(404).end();
    return;
  }
  const text = await readFile(new URL(file, import.meta.url), 'utf8');
  const told = text.replace('STREAM', url).replace('CHANNEL_PORT', channel.port);
  response.writeHead(200, { 'content-type': type }).end(told);
});
pages.listen(Number(PAGE_PORT), '127.0.0.1', () => {
  console.log(`stream listens at ${url}`);
  console.log(`open http://localhost:${pages.address().port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());
await server.ended;
clearInterval(emitting);
await emitter.close();
pages.close();
pages.closeAllConnections();

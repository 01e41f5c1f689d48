// A stand-in for a server that one client uses: it has the options such a program is told by a spawner, and reports to it.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';

const EXIT = { ok: 0, badArgument: 2, noLicense: 6 };

let values;
try {
  ({ values } = parseArgs({
    options: {
      id: { type: 'string' },
      'sc-port': { type: 'string' },
      license: { type: 'string' },
      'license-file': { type: 'string' },
      csr: { type: 'string', default: 'true' },
      ssr: { type: 'string', default: 'false' },
      'liveliness-endpoint': { type: 'string' },
      'liveliness-update-frequency': { type: 'string', default: '5' },
      'initial-use-duration': { type: 'string', default: '60' },
      'model-search-directories': { type: 'string', default: '' },
      'model-file': { type: 'string', default: '' },
      'session-token': { type: 'string', default: '' },
    },
  }));
} catch (error) {
  console.error(error.message);
  process.exit(EXIT.badArgument);
}
if ((values.license ?? values['license-file'] ?? process.env.MODEL_LICENSE ?? '') === '') {
  console.error('a license is needed');
  process.exit(EXIT.noLicense);
}

async function report(word, more = '') {
  const url = `${values['liveliness-endpoint']}/${values.id}?liveliness=${word}${more}`;
  try {
    const { status } = await fetch(url, { method: 'POST' });
    // The spawner does not know it any more: nobody would end it otherwise.
    if (status === 404) process.exit(EXIT.ok);
  } catch (error) {
    console.error(`the spawner does not answer: ${error.cause?.code ?? error.message}`);
  }
}

async function end(why) {
  console.log(`ends: ${why}`);
  await report('disconnect');
  process.exit(EXIT.ok);
}

const unused = setTimeout(() => end('nobody came'), 1000 * values['initial-use-duration']);
const server = createServer((_request, response) => response.writeHead(426).end());
const sockets = new WebSocketServer({ server });

sockets.on('connection', (socket) => {
  clearTimeout(unused);
  const renders = values.ssr === 'true' ? 'the server renders' : 'the client renders';
  socket.send(`process ${process.pid}, model "${values['model-file']}", ${renders}`);
  socket.on('message', (data) => socket.send(`echo: ${data}`));
  // One client a process: it has gone, and so does this.
  socket.on('close', () => end('its client has gone'));
});

process.on('SIGTERM', () => end('SIGTERM'));
server.listen(Number(values['sc-port']), '127.0.0.1', async () => {
  await report('ready');
  setInterval(
    () => report('ping', `&active=${sockets.clients.size > 0 ? 1 : 0}`),
    1000 * values['liveliness-update-frequency'],
  );
});

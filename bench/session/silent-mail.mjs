import { once } from 'node:events';
import { createServer } from 'node:net';
import { Running } from '../support/running.mjs';
import { takeTurns } from '../support/take-turns.mjs';
import { vigilRun } from './contenders.mjs';
import { crashOnce } from './crash.mjs';
import { createTimedFigure } from './timed.mjs';

const withoutMail = { ...vigilRun, name: '`vigil run`, no mail' };
const withSilentMail = { ...vigilRun, name: '`vigil run`, mail server hangs' };

/** The same crash while a mail server accepts every connection and never says a word. */
export async function measureSilentMail({ workplace, rounds, settleMs, say }) {
  const server = await SilentServer.listen();
  try {
    const times = await takeTurns([withoutMail, withSilentMail], rounds, async (contender) => {
      const mail = contender === withSilentMail ? server.mail : null;
      const time = await Running.use(contender, { workplace, mail }, (running) =>
        crashOnce(running, settleMs),
      );
      say();
      return time;
    });
    if (server.connections === 0) throw new Error('no mail was sent: nothing has been measured');
    return createTimedFigure({
      title: 'Crash to serving while the mail server hangs',
      about:
        'The same, beside a session without mail. The mail server takes the connection for the session key and never greets.',
      times,
      base: withoutMail.name,
      limits: { [withSilentMail.name]: 1.1 },
    });
  } finally {
    await server.close();
  }
}

class SilentServer {
  connections = 0;
  mail;
  #server;
  #sockets = new Set();

  static async listen() {
    const silent = new SilentServer();
    silent.#server = createServer((socket) => {
      silent.connections += 1;
      silent.#sockets.add(socket.on('error', () => undefined));
    });
    await once(silent.#server.listen(0, '127.0.0.1'), 'listening');
    const transport = `smtp://127.0.0.1:${silent.#server.address().port}`;
    silent.mail = { to: ['ops@shop.example'], from: 'vigil@shop.example', transport };
    return silent;
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

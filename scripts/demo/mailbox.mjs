import { EventEmitter, once } from 'node:events';
import { SMTPServer } from 'smtp-server';

/** A real mail server on loopback that keeps what it accepts. Emits `mail`. */
export class Mailbox extends EventEmitter {
  mails = [];
  #server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onData: (stream, _session, done) => {
      const chunks = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', () => {
        const mail = { ...readMail(Buffer.concat(chunks).toString('utf8')), at: performance.now() };
        this.mails.push(mail);
        this.emit('mail', mail);
        done();
      });
    },
  });

  async open() {
    this.#server.on('error', () => undefined);
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server.server, 'listening');
  }

  get address() {
    return `smtp://127.0.0.1:${this.#server.server.address().port}`;
  }

  close() {
    return new Promise((resolve) => {
      this.#server.close(resolve);
      for (const connection of this.#server.connections) connection.close();
    });
  }
}

/** The subject and the plain text of a mail, out of the encodings of mail. */
function readMail(source) {
  const subject = decodeWords(/^Subject: (.*(?:\r\n\s.*)*)/m.exec(source)?.[1] ?? '');
  const part = source.split(/^Content-Type: text\/plain/m)[1] ?? '';
  const [head = '', body = ''] = part.split(/\r\n\r\n([^]*?)\r\n--/);
  const text = /quoted-printable/i.test(head) ? decodeBytes(body.replaceAll('=\r\n', '')) : body;
  return { subject, lines: text.trim().split('\r\n') };
}

function decodeWords(header) {
  const joined = header.replace(/\?=\s+=\?UTF-8\?Q\?/gi, '').replace(/\r\n\s/g, ' ');
  return joined.replace(/=\?UTF-8\?Q\?(.*?)\?=/gi, (_, word) =>
    decodeBytes(word.replaceAll('_', ' ')),
  );
}

function decodeBytes(text) {
  return decodeURIComponent(text.replaceAll('%', '%25').replace(/=(?=[0-9A-F]{2})/g, '%'));
}

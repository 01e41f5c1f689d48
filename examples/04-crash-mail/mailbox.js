// A mail server of your own: it accepts every mail and prints it. Nothing leaves this machine.
'use strict';

const { SMTPServer } = require('smtp-server');

const mailbox = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, session, done) {
    const chunks = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', () => {
      const to = session.envelope.rcptTo.map(({ address }) => address).join(', ');
      console.log(`\n=== a mail for ${to} ===\n${readable(Buffer.concat(chunks).toString())}`);
      done();
    });
  },
});

mailbox.listen(Number(process.env.SMTP_PORT ?? 2525), '127.0.0.1', () => {
  console.log(`the mailbox is open on port ${mailbox.server.address().port}`);
});

// Mails carry their text twice, plain and as HTML, in the encodings of mail. This shows the plain one.
function readable(source) {
  const subject = /^Subject: (.*(?:\r\n\s.*)*)/m.exec(source)[1];
  const [head, body] = source.split('Content-Type: text/plain')[1].split(/\r\n\r\n([^]*?)\r\n--/);
  const text = /quoted-printable/i.test(head) ? decode(body.replaceAll('=\r\n', '')) : body;
  return `Subject: ${decodeWords(subject)}\n\n${text.replaceAll('\r\n', '\n').trim()}`;
}

function decodeWords(header) {
  const joined = header.replace(/\?=\s+=\?UTF-8\?Q\?/gi, '').replace(/\r\n\s/g, ' ');
  return joined.replace(/=\?UTF-8\?Q\?(.*?)\?=/gi, (_, word) => decode(word.replaceAll('_', ' ')));
}

function decode(text) {
  return decodeURIComponent(text.replaceAll('%', '%25').replace(/=(?=[0-9A-F]{2})/g, '%'));
}

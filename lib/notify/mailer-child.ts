import type { MailOutcome, OutgoingMail } from './mailer.ts';
import type { MailerRequest, MailerResult } from './mailer-protocol.ts';

/*
 * The program of the mailer's process: it gets one request over IPC, sends its mails one after the other, reports each outcome and ends.
 * It exists so that the monitor neither holds nodemailer in its memory nor waits for a mail server.
 */

const abort = new AbortController();

process.once('disconnect', () => {
  abort.abort();
});
process.once('message', (request) => {
  void serve(request as MailerRequest);
});
// Ctrl-C reaches the whole process group; the mails of the ending are sent all the same. The monitor ends this process when it must.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

async function serve(request: MailerRequest): Promise<void> {
  for (const mail of request.mails) {
    if (abort.signal.aborted) break;
    const outcome = await deliver(mail, request);
    await report({ id: mail.id, outcome });
    if (outcome.kind === 'unreachable') break;
  }
  if (process.connected) process.disconnect();
}

async function deliver(mail: OutgoingMail, request: MailerRequest): Promise<MailOutcome> {
  try {
    const transporter = createTransporter(request);
    try {
      const sent = await transporter.sendMail({ ...messageOf(mail), signal: abort.signal });
      return { kind: 'accepted', response: sent.response ?? 'accepted', refused: refusedOf(sent) };
    } finally {
      transporter.close();
    }
  } catch (error) {
    return outcomeOf(error as DeliveryError);
  }
}

/** What sending ends with; nodemailer's transports share these fields. */
interface Delivery {
  readonly response?: string;
  readonly rejectedErrors?: readonly DeliveryError[];
}

interface DeliveryError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly permanent?: boolean;
  readonly recipient?: string;
}

interface Transporter {
  sendMail(message: object): Promise<Delivery>;
  close(): void;
}

function createTransporter({ transport, timeoutMs }: MailerRequest): Transporter {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded here alone, and its failure is an outcome
  const nodemailer = require('nodemailer') as typeof import('nodemailer');
  const given = typeof transport === 'string' ? { url: transport } : transport;
  const options: object = {
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    ...given,
    pool: false,
  };
  return nodemailer.createTransport(options) as unknown as Transporter;
}

function messageOf(mail: OutgoingMail): object {
  return {
    from: mail.from,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: mail.messageId,
    date: new Date(mail.at),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Vigil-Kind': mail.kind },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function refusedOf(sent: Delivery): Extract<MailOutcome, { kind: 'accepted' }>['refused'] {
  return (sent.rejectedErrors ?? []).map((error) => ({
    recipient: error.recipient ?? 'unknown',
    message: error.message,
    isFinal: error.permanent === true,
  }));
}

// Only what a server says about this one mail concerns this mail alone. A refused login or a broken line concerns all of them.
function outcomeOf(error: DeliveryError): MailOutcome {
  const message = error.code === undefined ? error.message : `${error.message} (${error.code})`;
  const isAboutMail = error.code === 'EENVELOPE' || error.code === 'EMESSAGE';
  if (!isAboutMail || error.responseCode === SERVICE_CLOSING)
    return { kind: 'unreachable', message };
  const isFinal = error.responseCode === undefined || error.permanent === true;
  return { kind: isFinal ? 'refused' : 'deferred', message };
}

const SERVICE_CLOSING = 421;

function report(result: MailerResult): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) {
      resolve();
      return;
    }
    process.send(result, undefined, undefined, () => {
      resolve();
    });
  });
}

import { serveCarrier } from './carrier-child.ts';
import type { MailerRequest } from './carrier-protocol.ts';
import type { Outcome } from './carrier.ts';
import type { OutgoingMail } from './mail.ts';

/* The program of the process that sends mails. */

const SERVICE_CLOSING = 421;

serveCarrier(deliver);

async function deliver(
  mail: OutgoingMail,
  request: MailerRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const transporter = createTransporter(request);
    try {
      const sent = await transporter.sendMail({ ...messageOf(mail), signal });
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

function refusedOf(sent: Delivery): Extract<Outcome, { kind: 'accepted' }>['refused'] {
  return (sent.rejectedErrors ?? []).map((error) => ({
    recipient: error.recipient ?? 'unknown',
    message: error.message,
    isFinal: error.permanent === true,
  }));
}

// Only what a server says about this one mail concerns this mail alone. A refused login or a broken line concerns all of them.
function outcomeOf(error: DeliveryError): Outcome {
  const message = error.code === undefined ? error.message : `${error.message} (${error.code})`;
  const isAboutMail = error.code === 'EENVELOPE' || error.code === 'EMESSAGE';
  if (!isAboutMail || error.responseCode === SERVICE_CLOSING)
    return { kind: 'unreachable', message };
  const isFinal = error.responseCode === undefined || error.permanent === true;
  return { kind: isFinal ? 'refused' : 'deferred', message };
}

import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../util/clock.ts';
import type { Carrier } from './carrier.ts';
import type { Channel } from './channel.ts';
import { composeMail } from './compose-mail.ts';
import { addressMail, createMail } from './create-mail.ts';
import { maskDocument, renderMail } from './mail-document.ts';
import type { Mail, MailOptions, OutgoingMail } from './mail.ts';
import { messageKindOf } from './notice.ts';
import { createProcessMailer } from './process-mailer.ts';
import { Spool } from './spool.ts';

export interface MailChannelOptions {
  /** The session's name. */
  readonly name: string;
  readonly mail: MailOptions;
  /** Its folder `spool` is used. */
  readonly stateDirectory: string;
  readonly clock: Clock;
  /** Hides secrets in every text but the session key's mail. Must not throw. */
  readonly mask: (text: string) => string;
  /** Default: one that starts a process for each batch. */
  readonly mailer?: Carrier<OutgoingMail>;
}

/** Tells people by mail. */
export function createMailChannel(options: MailChannelOptions): Channel<Mail> {
  const { name, mail, stateDirectory, clock, mask } = options;
  const { mailer = createProcessMailer({ transport: mail.transport, clock }) } = options;
  const sender = { name, host: hostname() };
  return {
    name: 'mail',
    limits: mail,
    errorCodes: { failed: 'ERR_MAIL_FAILED', spool: 'ERR_MAIL_SPOOL' },
    spool: new Spool({
      directory: join(stateDirectory, 'spool'),
      name: 'mail',
      errorCode: 'ERR_MAIL_SPOOL',
      parse: parseMail,
    }),
    carrier: {
      send: (mails, onOutcome) =>
        mailer.send(
          mails.map((one) => addressMail(one, mail)),
          onOutcome,
        ),
      close: () => mailer.close(),
    },
    compose(notice, at) {
      if (notice.kind === 'sessionKey' && !mail.sendSessionKey) return null;
      const document = composeMail(notice, { ...sender, at });
      const isKey = notice.kind === 'sessionKey';
      const text = renderMail(isKey ? document : maskDocument(document, mask));
      return createMail(messageKindOf(notice), text, { at });
    },
    narrow: (one, onlyTo) => ({ ...one, onlyTo }),
  };
}

function parseMail(value: Readonly<Record<string, unknown>>): Pick<Mail, MailPart> | null {
  const { subject, text, html, onlyTo } = value;
  if (typeof subject !== 'string' || typeof text !== 'string' || typeof html !== 'string')
    return null;
  const recipients = Array.isArray(onlyTo)
    ? onlyTo.filter((item): item is string => typeof item === 'string')
    : null;
  return { subject, text, html, onlyTo: recipients };
}

type MailPart = 'subject' | 'text' | 'html' | 'onlyTo';

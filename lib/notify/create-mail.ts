import { hostname } from 'node:os';
import { createId } from './create-id.ts';
import type { Mail, MailOptions, MailText, OutgoingMail } from './mail.ts';
import type { MessageKind } from './message.ts';

/** Makes a mail of a text. */
export function createMail(
  kind: MessageKind,
  text: MailText,
  { at }: { readonly at: string },
): Mail {
  const id = createId(at);
  return { id, messageId: `<${id}@${hostPart()}>`, kind, at, onlyTo: null, ...text };
}

/** Puts the addresses of the configuration on a mail. */
export function addressMail(
  mail: Mail,
  { from, to }: Pick<MailOptions, 'from' | 'to'>,
): OutgoingMail {
  const recipients = mail.onlyTo ?? to;
  return {
    ...mail,
    from: headerSafe(from ?? `vigil@${hostPart()}`),
    to: recipients.map(headerSafe),
  };
}

function headerSafe(address: string): string {
  return address.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

// A host without a name, or with one no mail program takes, still needs ids of the right form.
function hostPart(): string {
  const host = hostname();
  return /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(host) && host.length <= 200 ? host : 'vigil.invalid';
}

import { composeCrashMail } from './crash-mail.ts';
import { composeFleetCrashMail } from './fleet-crash-mail.ts';
import type { MailDocument } from './mail-document.ts';
import type { Notice, NoticeSender } from './notice.ts';
import {
  composeDigestMail,
  composeGaveUpMail,
  composeRecoveredMail,
  composeSessionKeyMail,
  composeTestMail,
} from './notice-mails.ts';

/** Writes the mail about a notice, secrets included. */
export function composeMail(
  notice: Notice,
  sender: NoticeSender & { readonly at: string },
): MailDocument {
  switch (notice.kind) {
    case 'crash':
      return composeCrashMail(notice.report, sender);
    case 'fleetCrash':
      return composeFleetCrashMail(notice.crash, sender);
    case 'digest':
      return composeDigestMail(notice.digest, sender);
    case 'sessionKey':
      return composeSessionKeyMail(notice.key, sender);
    case 'gaveUp':
      return composeGaveUpMail(notice.facts, sender);
    case 'recovered':
      return composeRecoveredMail(notice.facts, sender);
    case 'test':
      return composeTestMail(sender);
  }
}

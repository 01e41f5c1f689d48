import type { Mailer, MailOutcome, OutgoingMail } from '../../lib/notify/mailer.ts';

export const ACCEPTED: MailOutcome = { kind: 'accepted', response: '250 OK', refused: [] };
export const DEFERRED: MailOutcome = { kind: 'deferred', message: '451 greylisted' };
export const REFUSED: MailOutcome = { kind: 'refused', message: '550 no such user' };
export const UNREACHABLE: MailOutcome = { kind: 'unreachable', message: 'ECONNREFUSED' };

/** A mailer that answers as it is told, and keeps what it was given. */
export class ScriptedMailer implements Mailer {
  readonly tried: OutgoingMail[] = [];
  answer: (mail: OutgoingMail) => MailOutcome | Promise<MailOutcome> = () => ACCEPTED;

  async send(
    mails: readonly OutgoingMail[],
    onOutcome: (id: string, outcome: MailOutcome) => void,
  ): Promise<void> {
    for (const mail of mails) {
      this.tried.push(mail);
      const outcome = await this.answer(mail);
      onOutcome(mail.id, outcome);
      if (outcome.kind === 'unreachable') return;
    }
  }

  async close(): Promise<void> {
    return Promise.resolve();
  }

  subjects(): string[] {
    return this.tried.map((mail) => mail.subject);
  }
}

import type { MailOptions } from './mail.ts';
import type { MailOutcome, OutgoingMail } from './mailer.ts';

/** What the monitor asks the mailer's process to do. It goes over IPC: arguments and environments can be read by other users. */
export interface MailerRequest {
  readonly transport: MailOptions['transport'];
  /** For each step with the server: to connect, to be greeted, to be answered. */
  readonly timeoutMs: number;
  readonly mails: readonly OutgoingMail[];
}

/** What the mailer's process tells about one mail. */
export interface MailerResult {
  readonly id: string;
  readonly outcome: MailOutcome;
}

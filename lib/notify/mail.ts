import type { Message } from './message.ts';

/** What people read of a mail. */
export interface MailText {
  /** One line, free of control characters. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * A mail as it waits in the spool. Its `at` is also its Date header. Addresses are the configuration's at the moment of
 * sending, so that a corrected one is used.
 */
export interface Mail extends Message, MailText {
  /** The recipients still missing, after the server took the mail for the others. */
  readonly onlyTo: readonly string[] | null;
}

/** A mail with its addresses. */
export interface OutgoingMail extends Mail {
  readonly from: string;
  readonly to: readonly string[];
}

/** Settings of `mail` in the configuration, durations in milliseconds. */
export interface MailOptions {
  readonly to: readonly string[];
  /** Default: `vigil@` and the host's name. */
  readonly from?: string | undefined;
  /** `smtp(s)://user:password@host:port`, or nodemailer's transport options. */
  readonly transport: string | Readonly<Record<string, unknown>>;
  /** Further crashes of a defect are told together at most this often. */
  readonly digestMs: number;
  /** Most mails an hour, "gave up" and "recovered" not counted. */
  readonly perHour: number;
  readonly sendSessionKey: boolean;
}

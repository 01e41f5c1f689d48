/** What a mail is about; also the `kind` of the mail events. */
export const MAIL_KINDS = ['crash', 'digest', 'sessionKey', 'gaveUp', 'recovered', 'test'] as const;

export type MailKind = (typeof MAIL_KINDS)[number];

/** What people read of a mail. */
export interface MailText {
  /** One line, free of control characters. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A mail as it waits in the spool. Addresses are the configuration's at the moment of sending, so that a corrected one is used. */
export interface Mail extends MailText {
  /** Sortable by time, unique. */
  readonly id: string;
  /** Stays the same over retries and restarts, so that a mail delivered twice can be recognised. */
  readonly messageId: string;
  readonly kind: MailKind;
  /** ISO time at which it was written; also its Date header. */
  readonly at: string;
  /** The recipients still missing, after the server took the mail for the others. */
  readonly onlyTo: readonly string[] | null;
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

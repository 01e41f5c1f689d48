import type { VigilErrorCode } from '../errors.ts';
import type { MailKind } from './mail.ts';

/** What became of a mail. `error.message` is masked and holds the server's words. */
export type MailEvent = MailQueued | MailSent | MailFailed;

export interface MailQueued {
  readonly type: 'mail.queued';
  readonly kind: MailKind;
  readonly id: string;
  /** False when the mail waits in memory only; `error` says why. */
  readonly onDisk: boolean;
  readonly error?: MailError;
}

export interface MailSent {
  readonly type: 'mail.sent';
  readonly kind: MailKind;
  readonly id: string;
  readonly messageId: string;
  readonly response: string;
  /** Tries it took, by this monitor. */
  readonly attempts: number;
}

export interface MailFailed {
  readonly type: 'mail.failed';
  readonly kind: MailKind | 'unknown';
  readonly id: string;
  readonly error: MailError;
  /** The recipients concerned, when not all. */
  readonly recipients?: readonly string[];
  /** Null: not tried again. */
  readonly retryInMs: number | null;
}

export interface MailError {
  readonly code: VigilErrorCode;
  readonly message: string;
}

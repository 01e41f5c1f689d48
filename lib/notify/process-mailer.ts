import { join } from 'node:path';
import type { Clock } from '../util/clock.ts';
import type { Carrier } from './carrier.ts';
import type { MailOptions, OutgoingMail } from './mail.ts';
import { createProcessCarrier } from './process-carrier.ts';

export interface ProcessMailerOptions {
  readonly transport: MailOptions['transport'];
  readonly clock: Clock;
  readonly stepTimeoutMs?: number;
  readonly deadlineMs?: number;
  /** The built program of the process; default the one beside this file. */
  readonly program?: string;
}

/** Sends mails by SMTP, from a process of their own. */
export function createProcessMailer(options: ProcessMailerOptions): Carrier<OutgoingMail> {
  const {
    transport,
    clock,
    stepTimeoutMs,
    deadlineMs,
    program = join(__dirname, 'mailer-child.js'),
  } = options;
  const receiver = 'the mail server';
  const settings = { transport };
  return createProcessCarrier({ program, settings, receiver, clock, stepTimeoutMs, deadlineMs });
}

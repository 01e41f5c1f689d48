import { group } from '../../config/field-makers.ts';
import { inspectValue } from '../../config/inspect-value.ts';
import { isPlainObject } from '../../config/plain-object.ts';
import type { MailOptions } from '../../notify/mail.ts';
import { MAIL_DEFAULTS } from '../../session/options/defaults.ts';
import { mailField } from '../../session/options/reporting-fields.ts';
import type { SessionOptions } from '../../session/options/session-options.ts';

type Written = Exclude<NonNullable<SessionOptions['mail']>, false>;

/** Whether it is as `mail` of a session. @lazy */
export function isFleetMail(value: unknown): boolean {
  if (!isPlainObject(value) || value['to'] === undefined || value['transport'] === undefined)
    return false;
  const { unknown, misfits } = inspectValue(group('', { mail: mailField() }), { mail: value });
  return unknown.length === 0 && misfits.length === 0;
}

/** @param given - as `isFleetMail` wants it @lazy */
export function resolveFleetMail(given: Written): MailOptions {
  const { to = [], from, transport = '', digestSeconds, perHour } = { ...MAIL_DEFAULTS, ...given };
  return {
    ...{ to: typeof to === 'string' ? [to] : to, from, transport, perHour },
    digestMs: Math.round(digestSeconds * 1000),
    // There is none.
    sendSessionKey: false,
  };
}

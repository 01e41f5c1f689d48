import { hostname } from 'node:os';
import type { ResolvedMail, ResolvedSessionOptions } from '../session/options.ts';
import type { Clock } from '../util/clock.ts';
import { createTrouble, type Finding } from './finding.ts';
import { greetMailServer, type MailServer } from './greet-mail-server.ts';

/** Whether the mail server can be found, answers, and speaks SMTP. Nothing is sent. */
export async function inspectMail(
  { mail, webhook }: Pick<ResolvedSessionOptions, 'mail' | 'webhook'>,
  clock: Clock,
): Promise<Finding> {
  const what = 'mail';
  if (mail === null && webhook !== null) {
    return {
      level: 'ok',
      what,
      text: 'not configured; the webhook is told (try: vigil test-alert)',
    };
  }
  if (mail === null) {
    return createTrouble('warn', what, [
      'not configured: nobody is told of a crash',
      'set "mail" or "webhook" in session.config.json, then: vigil test-alert',
    ]);
  }
  const to = mail.to.join(', ');
  const server = readMailServer(mail.transport);
  if (server === null) return { level: 'ok', what, text: `to ${to}, by a transport of its own` };
  const name = `${server.host}:${server.port}`;
  const greeting = await greetMailServer(server, { name: hostname(), clock });
  if (greeting.failure !== null) {
    return createTrouble('fail', what, [
      `the mail server ${name} ${greeting.failure}`,
      'check mail.transport, its name, its port, and the firewall',
    ]);
  }
  if (server.hasLogin && !server.isSecure && !greeting.offers.includes('STARTTLS')) {
    return createTrouble('warn', what, [
      `${name} offers no encryption: the password would be sent in the clear`,
      'use smtps://, or a port with STARTTLS, usually 587',
    ]);
  }
  const offers = greeting.offers.filter((word) => word === 'STARTTLS' || word === 'AUTH');
  const offered = offers.length === 0 ? '' : ` (${offers.join(', ')})`;
  return { level: 'ok', what, text: `to ${to}; ${name} answers${offered}; try: vigil test-alert` };
}

/** Null when it is not known where a transport leads. */
function readMailServer(transport: ResolvedMail['transport']): MailServer | null {
  if (typeof transport !== 'string') {
    const { host, port, secure, auth } = transport;
    if (typeof host !== 'string') return null;
    const isSecure = secure === true;
    const isNumber = typeof port === 'number';
    return {
      host,
      port: isNumber ? port : defaultPort(isSecure),
      isSecure,
      hasLogin: auth !== undefined,
    };
  }
  try {
    const { protocol, hostname: name, port, username } = new URL(transport);
    const isSecure = protocol === 'smtps:';
    return {
      host: name.replace(/^\[|\]$/g, ''),
      port: port === '' ? defaultPort(isSecure) : Number(port),
      isSecure,
      hasLogin: username !== '',
    };
  } catch {
    return null;
  }
}

function defaultPort(isSecure: boolean): number {
  return isSecure ? 465 : 587;
}

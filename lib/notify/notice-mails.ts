import type { CrashReport } from '../report/crash-report.ts';
import type { MailSender } from './crash-mail.ts';
import { durationText } from './duration-text.ts';
import { renderMail } from './mail-document.ts';
import type { HeldCrashes } from './mail-throttle.ts';
import type { MailText } from './mail.ts';

/** Why Vigil stopped restarting a server. */
export interface GaveUpFacts {
  /** ISO time. */
  readonly at: string;
  readonly cause: CrashReport['cause'];
  /** Failures of this run of the session. */
  readonly failures: number;
  /** The next trial start; null when there is none because the session ends. */
  readonly nextTrialMs: number | null;
  /** Id of the last crash's report. */
  readonly reportId: string | null;
  /** First line of the last error. */
  readonly errorLine: string | null;
}

/** That a server Vigil had given up is back. */
export interface RecoveredFacts {
  /** ISO time. */
  readonly at: string;
  /** How long nothing was served. */
  readonly downMs: number;
  readonly pid: number | null;
}

/** The mail with the session key, the only text that ever holds it. */
export function composeSessionKeyMail(
  key: string,
  sender: MailSender & { readonly at: string },
): MailText {
  return renderMail({
    subject: `[vigil] ${sender.name}: session started, its key`,
    headline: `${sender.name} is under watch on ${sender.host}`,
    blocks: [
      { kind: 'text', text: 'This key is asked for by the control API of this session:' },
      { kind: 'code', title: 'Session key', lines: [key] },
      { kind: 'text', text: `It is valid until the session ends. Started ${sender.at}.` },
    ],
  });
}

/** The mail that tells that the server stays down. */
export function composeGaveUpMail(facts: GaveUpFacts, sender: MailSender): MailText {
  const next =
    facts.nextTrialMs === null
      ? 'The session ends; somebody has to start it again.'
      : `The next trial start is in ${durationText(facts.nextTrialMs)}.`;
  return renderMail({
    subject: `[vigil] ${sender.name}: DOWN, gave up restarting: ${facts.errorLine ?? facts.cause}`,
    headline: `${sender.name} is DOWN on ${sender.host}`,
    blocks: [
      { kind: 'text', text: `It failed too often to be restarted again at once. ${next}` },
      {
        kind: 'facts',
        rows: [
          ['When', facts.at],
          ['Last cause', facts.cause],
          ['Last error', facts.errorLine ?? 'none was reported'],
          ['Failures', String(facts.failures)],
        ],
      },
      { kind: 'text', text: furtherText(facts.reportId) },
    ],
  });
}

/** The mail that tells that a server Vigil had given up serves again. */
export function composeRecoveredMail(facts: RecoveredFacts, sender: MailSender): MailText {
  const pid = facts.pid === null ? '' : ` Its process is ${facts.pid}.`;
  return renderMail({
    subject: `[vigil] ${sender.name}: recovered after ${durationText(facts.downMs)}`,
    headline: `${sender.name} serves again on ${sender.host}`,
    blocks: [
      {
        kind: 'text',
        text: `It was down for ${durationText(facts.downMs)} and is ready since ${facts.at}.${pid}`,
      },
    ],
  });
}

/** The mail that tells of crashes beyond those that got a mail of their own. */
export function composeDigestMail(told: readonly HeldCrashes[], sender: MailSender): MailText {
  const count = told.reduce((sum, held) => sum + held.count, 0);
  const [only] = told.length === 1 ? told : [];
  const what =
    only === undefined ? `${count} more crashes of ${told.length} kinds` : heldTitle(only);
  return renderMail({
    subject: `[vigil] ${sender.name}: ${what}${only === undefined ? '' : `: ${only.last.errorLine}`}`,
    headline: `${sender.name} on ${sender.host}: ${what}`,
    blocks: [
      { kind: 'list', title: 'Crashes', items: told.slice(0, MAX_TOLD).map(heldText) },
      {
        kind: 'text',
        text: told.length > MAX_TOLD ? `And ${told.length - MAX_TOLD} further kinds.` : '',
      },
      { kind: 'text', text: 'All reports: vigil crashes list' },
    ],
  });
}

/** The mail of `vigil test-alert`. */
export function composeTestMail(sender: MailSender & { readonly at: string }): MailText {
  return renderMail({
    subject: `[vigil] ${sender.name}: test alert`,
    headline: `Mails of ${sender.name} arrive`,
    blocks: [
      {
        kind: 'text',
        text: `This test was asked for on ${sender.host} at ${sender.at}. Nothing is wrong.`,
      },
    ],
  });
}

const MAX_TOLD = 30;

function heldTitle({ count, isKnown, first }: HeldCrashes): string {
  return isKnown ? `${count} more of the same since ${first.at}` : `${count} since ${first.at}`;
}

function heldText(held: HeldCrashes): string {
  const { last } = held;
  return `${heldTitle(held)}: ${last.cause}, ${last.errorLine}. Last ${last.at}: vigil crashes show ${last.reportId}`;
}

function furtherText(reportId: string | null): string {
  return reportId === null
    ? 'What led here: vigil explain'
    : `The last crash: vigil crashes show ${reportId}`;
}

import { durationText } from './duration-text.ts';
import { listPlaces } from './crash-places.ts';
import type { MailDocument } from './mail-document.ts';
import type { Digest, GaveUpFacts, NoticeSender, RecoveredFacts } from './notice.ts';
import type { HeldCrashes } from './throttle.ts';

/** The mail with the session key, the only text that ever holds it. */
export function composeSessionKeyMail(
  key: string,
  sender: NoticeSender & { readonly at: string },
): MailDocument {
  return {
    subject: `[vigil] ${sender.name}: session started, its key`,
    headline: `${sender.name} is under watch on ${sender.host}`,
    blocks: [
      { kind: 'text', text: 'This key is asked for by the control API of this session:' },
      { kind: 'code', title: 'Session key', lines: [key] },
      { kind: 'text', text: `It is valid until the session ends. Started ${sender.at}.` },
    ],
  };
}

/** The mail that tells that the server stays down. */
export function composeGaveUpMail(facts: GaveUpFacts, sender: NoticeSender): MailDocument {
  const next =
    facts.nextTrialMs === null
      ? 'The session ends; somebody has to start it again.'
      : `The next trial start is in ${durationText(facts.nextTrialMs)}. vigil restart starts it at once.`;
  return {
    subject: `[vigil] ${sender.name}: DOWN, gave up restarting: ${facts.errorLine ?? facts.cause}`,
    headline: `${sender.name} is DOWN on ${sender.host}`,
    blocks: [
      { kind: 'text', text: `It failed too often to be restarted again at once. ${next}` },
      {
        kind: 'facts',
        rows: [
          ['Last error', facts.errorLine ?? 'none was reported'],
          ['Last cause', facts.cause],
          ['Deaths in a row', String(facts.failures)],
          ['When', facts.at],
        ],
      },
      { kind: 'text', text: furtherText(facts) },
    ],
  };
}

/** The mail that tells that a server Vigil had given up serves again. */
export function composeRecoveredMail(facts: RecoveredFacts, sender: NoticeSender): MailDocument {
  const pid = facts.pid === null ? '' : ` Its process is ${String(facts.pid)}.`;
  return {
    subject: `[vigil] ${sender.name}: recovered after ${durationText(facts.downMs)}`,
    headline: `${sender.name} serves again on ${sender.host}`,
    blocks: [
      {
        kind: 'text',
        text: `It was down for ${durationText(facts.downMs)} and is ready since ${facts.at}.${pid}`,
      },
    ],
  };
}

/** The mail that tells of crashes beyond those that got a mail of their own. */
export function composeDigestMail({ told, forgotten }: Digest, sender: NoticeSender): MailDocument {
  const count = told.reduce((sum, held) => sum + held.count, forgotten);
  const [only] = told.length === 1 && forgotten === 0 ? told : [];
  const what =
    only === undefined
      ? `${String(count)} more crashes of ${String(told.length)} kinds`
      : heldTitle(only);
  const isFleet = told.some(({ where }) => where !== undefined);
  const unlisted = told.slice(MAX_TOLD).reduce((sum, held) => sum + held.count, forgotten);
  return {
    subject: `[vigil] ${sender.name}: ${what}${only === undefined ? '' : `: ${only.last.errorLine}`}`,
    headline: `${sender.name} on ${sender.host}: ${what}`,
    blocks: [
      {
        kind: 'text',
        text: `These got no mail of their own. ${isFleet ? 'How the servers are now: vigil fleet list' : 'How the server is now: vigil status'}`,
      },
      { kind: 'list', title: 'Crashes', items: told.slice(0, MAX_TOLD).map(heldText) },
      {
        kind: 'text',
        text: unlisted > 0 ? `And ${String(unlisted)} of further kinds.` : '',
      },
      {
        kind: 'text',
        text: isFleet ? 'Every such end: logs/crash.log' : 'All reports: vigil crashes list',
      },
    ],
  };
}

/** The mail of `vigil test-alert`. */
export function composeTestMail(sender: NoticeSender & { readonly at: string }): MailDocument {
  return {
    subject: `[vigil] ${sender.name}: test alert`,
    headline: `Mails of ${sender.name} arrive`,
    blocks: [
      {
        kind: 'text',
        text: `This test was asked for on ${sender.host} at ${sender.at}. Nothing is wrong.`,
      },
    ],
  };
}

const MAX_TOLD = 30;

function heldTitle({ count, isKnown, first }: HeldCrashes): string {
  return `${String(count)}${isKnown ? ' more of the same' : ''} since ${first.at}`;
}

function heldText(held: HeldCrashes): string {
  const { last, where } = held;
  if (where !== undefined)
    return `${heldTitle(held)}: ${last.cause}: ${last.errorLine}: ${listPlaces(where).join('; ')}`;
  return `${heldTitle(held)}: ${last.cause}: ${last.errorLine}. The last one, at ${last.at}: vigil crashes show ${last.reportId}`;
}

function furtherText({ reportId, nextTrialMs }: GaveUpFacts): string {
  if (reportId !== null) return `The last crash: vigil crashes show ${reportId}`;
  return nextTrialMs === null ? 'What led here: vigil events' : 'What led here: vigil explain';
}

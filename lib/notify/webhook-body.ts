import type { CrashReport } from '../report/crash-report.ts';
import { composeMail } from './compose-mail.ts';
import type { Digest, GaveUpFacts, Notice, NoticeSender, RecoveredFacts } from './notice.ts';
import type { CrashNotice } from './throttle.ts';

/** What every request says. */
interface WebhookHead {
  readonly type: Exclude<Notice['kind'], 'sessionKey' | 'fleetCrash'>;
  /** ISO time at which it was written. */
  readonly at: string;
  readonly session: string;
  readonly host: string;
  /** One line for people: the subject of the mail about the same. */
  readonly text: string;
}

/** The body of a request. */
export type WebhookBody = WebhookHead &
  (
    | { readonly type: 'crash'; readonly report: CrashReport }
    | {
        readonly type: 'digest';
        readonly count: number;
        readonly crashes: readonly DigestedCrashes[];
      }
    | ({ readonly type: 'gaveUp' } & Omit<GaveUpFacts, 'at'>)
    | ({ readonly type: 'recovered' } & Omit<RecoveredFacts, 'at'>)
    | { readonly type: 'test' }
  );

/** Crashes of one defect. */
interface DigestedCrashes {
  readonly fingerprint: string;
  readonly count: number;
  /** An earlier message told of the defect already. */
  readonly isKnown: boolean;
  readonly cause: string;
  readonly errorLine: string;
  readonly first: Pick<CrashNotice, 'reportId' | 'at'>;
  readonly last: Pick<CrashNotice, 'reportId' | 'at'>;
}

/** Writes the body about a notice, secrets included. */
export function composeWebhookBody(
  notice: Exclude<Notice, { kind: 'sessionKey' | 'fleetCrash' }>,
  sender: NoticeSender & { readonly at: string },
): WebhookBody {
  const { name: session, host, at } = sender;
  const { subject: text } = composeMail(notice, sender);
  const head = { at, session, host, text };
  switch (notice.kind) {
    case 'crash':
      return { type: 'crash', ...head, report: notice.report };
    case 'digest':
      return { type: 'digest', ...head, ...describeDigest(notice.digest) };
    case 'gaveUp':
      return { type: 'gaveUp', ...notice.facts, ...head };
    case 'recovered':
      return { type: 'recovered', ...notice.facts, ...head };
    case 'test':
      return { type: 'test', ...head };
  }
}

function describeDigest({ told, forgotten }: Digest): {
  readonly count: number;
  readonly crashes: readonly DigestedCrashes[];
} {
  const crashes = told.map(({ count, isKnown, first, last }) => ({
    fingerprint: last.fingerprint,
    count,
    isKnown,
    cause: last.cause,
    errorLine: last.errorLine,
    first: { reportId: first.reportId, at: first.at },
    last: { reportId: last.reportId, at: last.at },
  }));
  return { count: crashes.reduce((sum, { count }) => sum + count, forgotten), crashes };
}

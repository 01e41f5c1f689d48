import './sessions.css';
import type { SessionSummary } from '../../session-summary.ts';
import { type LockWords, PolledPage } from '../parts/polled-page.ts';
import type { Polled } from '../polled.ts';
import { html, type VNode } from '../ui.ts';
import { plural } from '../wording.ts';
import { SessionCard } from './session-card.ts';
import { isWell } from './session-words.ts';

export interface SessionsAnswer {
  readonly at: number;
  readonly sessions: readonly SessionSummary[];
}

const LOCK: LockWords = {
  title: 'This dashboard is locked',
  help: 'It shows itself to whoever has its key. The terminal it was started in says where that is.',
  label: 'Dashboard key',
};

/** All sessions on one page. */
export function SessionsPage({ list }: { list: Polled<SessionsAnswer> }): VNode {
  const answer = list.answer.value;
  const summary = answer === null ? 'Vigil' : summarize(answer.sessions);
  return html`<${PolledPage} link=${list} lock=${LOCK} summary=${summary}>
    ${answer !== null && html`<${Sessions} answer=${answer} isCurrent=${list.state.value.kind !== 'offline'} />`}
  </${PolledPage}>`;
}

function Sessions({ answer, isCurrent }: { answer: SessionsAnswer; isCurrent: boolean }): VNode {
  const { sessions, at } = answer;
  if (sessions.length === 0)
    return html`<p class="muted">
      None was ever run in this folder. A session that is started here, as with
      <code> vigil run server.js</code>, appears by itself.
    </p>`;
  return html`<ul class="sessions">
    ${sessions.map(
      (session) =>
        html`<${SessionCard}
          key=${session.name}
          session=${session}
          now=${at}
          isCurrent=${isCurrent}
        />`,
    )}
  </ul>`;
}

function summarize(sessions: readonly SessionSummary[]): string {
  const ill = sessions.filter((session) => !isWell(session)).length;
  const all = plural(sessions.length, 'session');
  if (sessions.length === 0) return 'No sessions';
  return ill === 0 ? `${all}, none in trouble` : `${String(ill)} of ${all} in trouble`;
}

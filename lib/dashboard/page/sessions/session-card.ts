import type { SessionFigures, SessionSummary } from '../../session-summary.ts';
import { Icon } from '../parts/icon.ts';
import { html, type Child, type VNode } from '../ui.ts';
import { roughDuration, times } from '../wording.ts';
import { describeAlerts, describeDeath, describeState } from './session-words.ts';

export interface SessionCardProps {
  readonly session: SessionSummary;
  readonly now: number;
  readonly isCurrent: boolean;
}

/** One session of the overview. */
export function SessionCard({ session, now, isCurrent }: SessionCardProps): VNode {
  const { name, state, answer, problem } = session;
  const { tone, text } = describeState(state);
  const shown = isCurrent ? tone : 'none';
  return html`<li class="card">
    <h2>
      <${Icon} tone=${shown} /> <a href=${`session/${encodeURIComponent(name)}/`}>${name}</a>
      <span class=${shown}>${isCurrent ? text : `${text} (last heard)`}</span>
    </h2>
    ${answer === null ? html`<p class="muted small">${state === 'silent' && problem?.message}</p>` : html`<${Figures} figures=${answer} now=${now} />`}
  </li>`;
}

function Figures({ figures, now }: { figures: SessionFigures; now: number }): VNode {
  const { port, uptimeMs, restarts, mail, webhook } = figures;
  const rows: readonly (readonly [string, Child])[] = [
    ['Port', port ?? 'none'],
    ['Up', uptimeMs === null ? 'no' : roughDuration(uptimeMs)],
    ['Restarted', restarts === 0 ? 'never' : times(restarts)],
    ['Last death', describeDeath(figures, now)],
    ['Mail', describe(mail)],
    ...(webhook.configured ? [['Webhook', describe(webhook)] as const] : []),
  ];
  return html`<dl>
    ${rows.map(
      ([label, value]) =>
        html`<div key=${label}>
          <dt class="muted">${label}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function describe(delivery: SessionFigures['mail']): VNode {
  const { tone, text } = describeAlerts(delivery);
  return html`<span class=${tone}>${text}</span>`;
}

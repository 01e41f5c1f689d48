import type { SessionStatus } from '../../../session/monitor/session-status.ts';
import type { SessionModel } from '../session-model.ts';
import { html, type Child, type VNode } from '../ui.ts';
import { clockText, roughDuration, STATE_WORDS } from '../wording.ts';
import { Icon } from './icon.ts';

export interface StateCardProps {
  readonly model: SessionModel;
  readonly isCurrent: boolean;
  readonly children?: Child;
}

/** What is the matter now, in words. */
export function StateCard({ model, isCurrent, children }: StateCardProps): VNode {
  const status = model.status.value;
  if (status === null) return html`<section class="card state"><h1 tabindex="-1">…</h1></section>`;
  const { tone, text } = STATE_WORDS[status.state];
  const now = model.now.value;
  return html`<section class=${`card state ${isCurrent ? tone : 'none'}`}>
    <${Icon} tone=${isCurrent ? tone : 'none'} class="large" />
    <div class="words">
      <h1 tabindex="-1">${status.name} ${isCurrent ? text : describePast(status)}</h1>
      <p class="muted">
        ${isCurrent ? describe(status, now) : 'This is what was last heard of it.'}
      </p>
      ${isCurrent && status.lastDeath !== null && html`<p class="muted">${describeDeath(status, now)}</p>`}
    </div>
    ${children}
  </section>`;
}

function describe(status: SessionStatus, now: number): string {
  const { worker, breaker } = status;
  if (status.state === 'broken' || status.state === 'backingOff') {
    const next = breaker.nextRetryAt;
    if (next === null) return 'No server process at the moment; the next one starts in a moment.';
    const wait = roughDuration(Date.parse(next) - now);
    return `No server process at the moment; the next one starts in ${wait}, at ${clockText(Date.parse(next), now)}.`;
  }
  if (worker === null) return 'No server process at the moment.';
  const process = `Process ${worker.pid ?? '?'}, the ${ordinal(worker.generation)} of this session`;
  if (worker.readyAt === null) return `${process}, is not ready yet.`;
  const place = worker.port === null ? 'has served' : `has served port ${worker.port}`;
  return `${process}, ${place} since ${clockText(Date.parse(worker.readyAt), now)}.`;
}

function describeDeath({ lastDeath }: SessionStatus, now: number): Child {
  if (lastDeath === null) return null;
  const { cause, at, reportId } = lastDeath;
  const text = `Last death: ${cause}, ${roughDuration(now - Date.parse(at))} ago`;
  if (reportId === null) return `${text}.`;
  return html`<span
    >${text}. <a href=${`#/crashes/${encodeURIComponent(reportId)}`}>Read the report</a></span
  >`;
}

/** Who was ending when it was last heard of has ended since. */
function describePast({ state }: SessionStatus): string {
  return state === 'stopping' ? 'has ended' : STATE_WORDS[state].text.replace(/^is/, 'was');
}

function ordinal(count: number): string {
  const [tens, ones] = [count % 100, count % 10];
  const ending = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][ones] ?? 'th');
  return `${count}${ending}`;
}

import { describeEvent } from '../../../session/monitor/event-lines.ts';
import type { SessionModel } from '../session-model.ts';
import { html, useSignal, type VNode } from '../ui.ts';
import { MoreButton } from './more-button.ts';
import { clockText, type Tone } from '../wording.ts';
import { Icon } from './icon.ts';

const FEW = 8;
const MANY = 100;
const TONES: Readonly<Record<'info' | 'warn' | 'error', Tone>> = {
  info: 'none',
  warn: 'warn',
  error: 'bad',
};

/** What has happened, newest first, in the words of the monitor's own log. */
export function EventList({ model }: { model: SessionModel }): VNode {
  const showsAll = useSignal(false);
  const now = model.now.value;
  const lines = model.events.value
    .slice(-MANY)
    .map((event) => ({ event, line: describeEvent(event) }))
    .filter(({ line }) => line !== null)
    .reverse();
  const shown = showsAll.value ? lines : lines.slice(0, FEW);
  return html`<section class="card" aria-labelledby="events">
    <h2 id="events">Events</h2>
    ${lines.length === 0 && html`<p class="muted">Nothing yet.</p>`}
    <ul class="events">
      ${shown.map(
        ({ event, line }) =>
          html`<li key=${event.seq}>
            <${Icon} tone=${TONES[line?.level ?? 'info']} />
            <time class="muted small" datetime=${event.at}
              >${clockText(Date.parse(event.at), now)}</time
            >
            <span>${line?.text}</span>
          </li>`,
      )}
    </ul>
    <${MoreButton} showsAll=${showsAll} count=${lines.length} few=${FEW} />
  </section>`;
}

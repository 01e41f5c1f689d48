import type { SessionLink } from '../session-link.ts';
import { html, type VNode } from '../ui.ts';
import { clockText } from '../wording.ts';

/** Whether what is shown is of now. */
export function LinkNote({ link, now }: { link: SessionLink; now: number }): VNode {
  const state = link.state.value;
  if (state.kind === 'live')
    return html`<p class="link good" role="status"><span class="dot" /> Live</p>`;
  if (state.kind === 'polling')
    return html`<p class="link warn" role="status">
      <span class="dot square" /> Every 2 s, no live connection
    </p>`;
  if (state.kind !== 'offline')
    return html`<p class="link none" role="status"><span class="dot hollow" /> Connecting …</p>`;
  return html`<p class="link bad" role="status">
    <span class="dot hollow" /> Offline since ${clockText(state.since, now)}
    <button
      type="button"
      class="plain"
      onClick=${() => {
        link.retryNow();
      }}
    >
      Try now
    </button>
  </p>`;
}

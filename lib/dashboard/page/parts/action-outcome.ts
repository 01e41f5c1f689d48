import type { ActionDesk } from '../action-desk.ts';
import { html, type VNode } from '../ui.ts';

/** Says what came of the last action, to eyes and ears. */
export function ActionOutcome({ desk }: { desk: ActionDesk }): VNode {
  const outcome = desk.outcome.value;
  return html`<div class="outcome" role="status">
    ${
      outcome !== null &&
      html`<div class=${`toast ${outcome.isGood ? 'good' : 'bad'}`}>
        <span>${outcome.text}</span>
        <button type="button" class="plain" onClick=${() => (desk.outcome.value = null)}>
          Dismiss
        </button>
      </div>`
    }
  </div>`;
}

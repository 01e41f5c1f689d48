import type { ActionDesk } from '../action-desk.ts';
import { html, type VNode } from '../ui.ts';
import { Dialog } from './dialog.ts';
import { KeyForm } from './key-form.ts';

/** What is asked before an action, and what came of the last one. */
export function ActionDialogs({ desk }: { desk: ActionDesk }): VNode {
  const step = desk.step.value;
  const cancel = (): void => {
    desk.cancel();
  };
  return html`<div>
    ${
      step.kind === 'question' &&
      html`<${Dialog} key="question" title=${`${step.action.name} the session?`} onClose=${cancel}>
        <p>${step.action.question}</p>
        <div class="buttons">
          <button
            type="button"
            class="danger main"
            onClick=${() => {
              desk.confirm(step.action);
            }}
          >
            ${step.action.name}
          </button>
          <button type="button" onClick=${cancel}>Cancel</button>
        </div>
      <//>`
    }
    ${
      step.kind === 'key' &&
      html`<${Dialog} key="key" title=${`${step.action.name}: the session key`} onClose=${cancel}>
        <${KeyForm}
          link=${desk.link}
          action=${step.action.name}
          onUnlocked=${(key: string) => void desk.run(step.action, key)}
        >
          <button type="button" onClick=${cancel}>Cancel</button>
        <//>
      <//>`
    }
  </div>`;
}

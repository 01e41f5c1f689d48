import type { Action, ActionDesk } from '../action-desk.ts';
import { html, type VNode } from '../ui.ts';

/** A button of an action; what it led to is told elsewhere. */
export function ActionButton({ desk, action }: { desk: ActionDesk; action: Action }): VNode {
  const step = desk.step.value;
  const isRunning = step.kind === 'running' && step.action === action;
  return html`<button
    type="button"
    class=${action.question === undefined ? '' : 'danger'}
    aria-disabled=${step.kind === 'running'}
    onClick=${() => {
      desk.ask(action);
    }}
  >
    ${isRunning ? action.busy : action.name}${action.question === undefined ? '' : ' …'}
  </button>`;
}

import { ApiError, order } from '../api.ts';
import type { SessionLink } from '../session-link.ts';
import { html, signal, type Signal, type VNode } from '../ui.ts';
import { Dialog } from './dialog.ts';
import { KeyForm } from './key-form.ts';

export interface Action {
  readonly name: string;
  readonly path: string;
  readonly busy: string;
  /** What is to be told when it is done; of the answer. */
  readonly done: (answer: unknown) => Outcome;
  /** It is asked whether this is really meant. */
  readonly question?: string;
}

export interface Outcome {
  readonly isGood: boolean;
  readonly text: string;
}

type Step =
  | { readonly kind: 'idle' }
  | { readonly kind: 'question' | 'key' | 'running'; readonly action: Action };

/** What an operator may have done, one at a time: asks for the key first where the page does not have it. */
export class ActionDesk {
  readonly step: Signal<Step> = signal({ kind: 'idle' });
  readonly outcome = signal<Outcome | null>(null);
  readonly #link: SessionLink;

  constructor(link: SessionLink) {
    this.#link = link;
  }

  get link(): SessionLink {
    return this.#link;
  }

  ask(action: Action): void {
    if (this.step.value.kind === 'running') return;
    this.outcome.value = null;
    if (action.question !== undefined) this.step.value = { kind: 'question', action };
    else this.confirm(action);
  }

  confirm(action: Action): void {
    const { value: key } = this.#link.key;
    if (key === null) this.step.value = { kind: 'key', action };
    else void this.run(action, key);
  }

  cancel(): void {
    if (this.step.value.kind !== 'running') this.step.value = { kind: 'idle' };
  }

  async run(action: Action, key: string): Promise<void> {
    this.step.value = { kind: 'running', action };
    try {
      this.outcome.value = action.done(await order(action.path, key));
      this.step.value = { kind: 'idle' };
    } catch (error) {
      this.step.value = { kind: 'idle' };
      if (error instanceof ApiError && error.isRefused) this.#askAnew(action);
      else this.outcome.value = { isGood: false, text: describe(action, error) };
    }
  }

  #askAnew(action: Action): void {
    this.#link.forgetKey();
    this.step.value = { kind: 'key', action };
  }
}

function describe({ name }: Action, error: unknown): string {
  return `${name}: ${error instanceof Error ? error.message : String(error)}`;
}

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

/** What is asked before an action, and what came of the last one. */
export function ActionDialogs({ desk }: { desk: ActionDesk }): VNode {
  const step = desk.step.value;
  const cancel = (): void => {
    desk.cancel();
  };
  return html`<div>
    ${
      step.kind === 'question' &&
      html`<${Dialog} key="question" title=${`${step.action.name}?`} onClose=${cancel}>
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

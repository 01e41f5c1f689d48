import { ApiError, order } from './api.ts';
import type { SessionLink } from './session-link.ts';
import { signal, type Signal } from './ui.ts';

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

  /** A question of the desk waits for its answer. */
  get isAsking(): boolean {
    const { kind } = this.step.value;
    return kind === 'question' || kind === 'key';
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

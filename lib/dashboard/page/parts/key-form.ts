import './form.css';
import type { SessionLink } from '../session-link.ts';
import { html, useEffect, useRef, useSignal, type Child, type VNode } from '../ui.ts';

export interface KeyFormProps {
  readonly link: SessionLink;
  readonly action: string;
  readonly why?: string | null;
  readonly onUnlocked?: (key: string) => void;
  readonly children?: Child;
}

/** Asks for the session key, and says when it is wrong. */
export function KeyForm({ link, action, why = null, onUnlocked, children }: KeyFormProps): VNode {
  const field = useRef<HTMLInputElement>(null);
  const problem = useSignal(why);
  const isBusy = useSignal(false);
  useEffect(() => {
    field.current?.focus();
  }, []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const key = field.current?.value ?? '';
    if (key === '' || isBusy.value) return;
    isBusy.value = true;
    problem.value = await link.unlock(key);
    isBusy.value = false;
    if (problem.value === null) onUnlocked?.(key);
    else field.current?.select();
  };
  return html`<form class="key" onSubmit=${submit}>
    <label for="key">Session key</label>
    <input
      id="key"
      type="password"
      autocomplete="off"
      spellcheck=${false}
      required
      ref=${field}
      aria-invalid=${problem.value !== null}
      aria-describedby="key-problem key-help"
    />
    <p id="key-problem" class="problem" role="alert">${problem.value}</p>
    <p id="key-help" class="muted small">It is forgotten when this tab is closed.</p>
    <div class="buttons">
      <button type="submit" class="main" aria-disabled=${isBusy.value}>${action}</button>
      ${children}
    </div>
  </form>`;
}

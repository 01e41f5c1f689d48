import './form.css';
import { IS_SHARED } from '../shared-place.ts';
import type { SessionLink } from '../session-link.ts';
import { html, useEffect, useRef, useSignal, type Child, type VNode } from '../ui.ts';

export interface KeyFormProps {
  readonly link: Pick<SessionLink, 'unlock'>;
  readonly action: string;
  readonly why?: string | null;
  readonly label?: string;
  readonly onUnlocked?: (key: string) => void;
  readonly children?: Child;
}

const OWN_LABEL = IS_SHARED ? 'Dashboard key' : 'Session key';

/** Asks for the key, and says when it is wrong. */
export function KeyForm(props: KeyFormProps): VNode {
  const { link, action, why = null, label = OWN_LABEL, onUnlocked, children } = props;
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
    <label for="key">${label}</label>
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

import { KeyForm } from '../parts/key-form.ts';
import { Mark } from '../parts/mark.ts';
import { IS_SHARED } from '../shared-place.ts';
import type { SessionLink } from '../session-link.ts';
import { html, type VNode } from '../ui.ts';

export interface LockedProps {
  readonly link: SessionLink;
  readonly why: string | null;
}

/** What stands in place of the page while the session shows nothing without its key. */
export function Locked({ link, why }: LockedProps): VNode {
  return html`<main class="lone card">
    <${Mark} />
    <h1>This session is locked</h1>
    <p>It shows itself to whoever has ${IS_SHARED ? 'the key of this dashboard' : 'its key'}.</p>
    <${KeyForm} link=${link} action="Open" why=${why} />
  </main>`;
}

import '../style.css';
import './content.css';
import './polled-page.css';
import type { Polled, PollState } from '../polled.ts';
import { html, useEffect, type Child, type VNode } from '../ui.ts';
import { clockText } from '../wording.ts';
import { KeyForm } from './key-form.ts';
import { Mark } from './mark.ts';

/** What is said in place of the page while it shows nothing. */
export interface LockWords {
  readonly title: string;
  readonly help: string;
  readonly label: string;
}

export interface PolledPageProps {
  readonly link: Polled<{ readonly at: number }>;
  readonly lock: LockWords;
  /** In a few words how all of it is. */
  readonly summary: string;
  readonly children?: Child;
}

/** The frame of a page that is asked for again and again: its head, whether it is of now, and what stands there while it is locked. */
export function PolledPage({ link, lock, summary, children }: PolledPageProps): VNode {
  const state = link.state.value;
  const title = state.kind === 'offline' ? 'offline' : state.kind === 'locked' ? 'locked' : summary;
  useEffect(() => {
    document.title = `${title} – Vigil`;
  }, [title]);
  if (state.kind === 'locked')
    return html`<main class="lone card">
      <${Mark} />
      <h1>${lock.title}</h1>
      <p>${lock.help}</p>
      <${KeyForm} link=${link} action="Open" why=${state.why} label=${lock.label} />
    </main>`;
  return html`<div class="shell">
    <header>
      <p class="brand"><${Mark} /> Vigil</p>
      <${Note} link=${link} state=${state} />
    </header>
    <main id="main" aria-busy=${link.answer.value === null}>
      <h1>${summary}</h1>
      <p class="hidden" role="status">${summary}</p>
      ${children}
    </main>
  </div>`;
}

function Note({ link, state }: { link: PolledPageProps['link']; state: PollState }): VNode {
  if (state.kind !== 'offline')
    return html`<p class="link none"><span class="dot hollow" /> Asked every 2 s</p>`;
  const retry = (): void => {
    link.retryNow();
  };
  return html`<p class="link bad" role="status">
    <span class="dot hollow" /> Offline since ${clockText(state.since, Date.now())}
    <button type="button" class="plain" onClick=${retry}>Try now</button>
  </p>`;
}

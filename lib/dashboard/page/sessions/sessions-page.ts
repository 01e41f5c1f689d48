import '../style.css';
import '../parts/content.css';
import './sessions.css';
import type { SessionSummary } from '../../session-summary.ts';
import { KeyForm } from '../parts/key-form.ts';
import { Mark } from '../parts/mark.ts';
import { html, useEffect, type VNode } from '../ui.ts';
import { clockText, plural } from '../wording.ts';
import { SessionCard } from './session-card.ts';
import type { ListState, SessionList } from './session-list.ts';
import { isWell } from './session-words.ts';

/** All sessions on one page. */
export function SessionsPage({ list }: { list: SessionList }): VNode {
  const state = list.state.value;
  const sessions = list.sessions.value;
  const summary = sessions === null ? 'Vigil' : summarize(sessions);
  const title = state.kind === 'offline' ? 'offline' : state.kind === 'locked' ? 'locked' : summary;
  useEffect(() => {
    document.title = `${title} – Vigil`;
  }, [title]);
  if (state.kind === 'locked')
    return html`<main class="lone card">
      <${Mark} />
      <h1>This dashboard is locked</h1>
      <p>
        It shows itself to whoever has its key. The terminal it was started in says where that is.
      </p>
      <${KeyForm} link=${list} action="Open" why=${state.why} label="Dashboard key" />
    </main>`;
  return html`<div class="shell">
    <header>
      <p class="brand"><${Mark} /> Vigil</p>
      <${Note} list=${list} state=${state} />
    </header>
    <main id="main" aria-busy=${sessions === null}>
      <h1>${summary}</h1>
      <p class="hidden" role="status">${summary}</p>
      <${Sessions} list=${list} />
    </main>
  </div>`;
}

function Sessions({ list }: { list: SessionList }): VNode | null {
  const sessions = list.sessions.value;
  if (sessions === null) return null;
  if (sessions.length === 0)
    return html`<p class="muted">
      None was ever run in this folder. A session that is started here, as with
      <code> vigil run server.js</code>, appears by itself.
    </p>`;
  const isCurrent = list.state.value.kind !== 'offline';
  return html`<ul class="sessions">
    ${sessions.map(
      (session) =>
        html`<${SessionCard}
          key=${session.name}
          session=${session}
          now=${list.at.value}
          isCurrent=${isCurrent}
        />`,
    )}
  </ul>`;
}

function Note({ list, state }: { list: SessionList; state: ListState }): VNode {
  if (state.kind !== 'offline')
    return html`<p class="link none"><span class="dot hollow" /> Asked every 2 s</p>`;
  const retry = (): void => {
    list.retryNow();
  };
  return html`<p class="link bad" role="status">
    <span class="dot hollow" /> Offline since ${clockText(state.since, Date.now())}
    <button type="button" class="plain" onClick=${retry}>Try now</button>
  </p>`;
}

function summarize(sessions: readonly SessionSummary[]): string {
  const ill = sessions.filter((session) => !isWell(session)).length;
  const all = plural(sessions.length, 'session');
  if (sessions.length === 0) return 'No sessions';
  return ill === 0 ? `${all}, none in trouble` : `${String(ill)} of ${all} in trouble`;
}

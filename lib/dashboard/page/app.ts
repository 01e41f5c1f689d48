import type { SessionStatus } from '../../session/monitor/session-status.ts';
import type { ActionDesk } from './action-desk.ts';
import { ActionOutcome } from './parts/action-outcome.ts';
import { Late } from './parts/late.ts';
import { LinkNote } from './parts/link-note.ts';
import { Mark } from './parts/mark.ts';
import type { Place } from './router.ts';
import { IS_SHARED } from './shared-place.ts';
import type { LinkState, SessionLink } from './session-link.ts';
import type { SessionModel } from './session-model.ts';
import { html, useEffect, useRef, type ReadonlySignal, type RefObject, type VNode } from './ui.ts';
import { Overview } from './views/overview.ts';
import type { LockedProps } from './views/locked.ts';
import type { LateViewProps } from './views/late-view.ts';
import { STATE_WORDS } from './wording.ts';

export interface AppProps {
  readonly model: SessionModel;
  readonly link: SessionLink;
  readonly desk: ActionDesk;
  readonly place: ReadonlySignal<Place>;
}

const LATE_VIEWS: Readonly<
  Record<'trends' | 'report', () => Promise<(props: LateViewProps) => VNode>>
> = {
  trends: async () => (await import('./views/trends.ts')).Trends,
  report: async () => (await import('./views/report.ts')).Report,
};
const loadLocked = async (): Promise<(props: LockedProps) => VNode> =>
  (await import('./views/locked.ts')).Locked;
const loadDialogs = async (): Promise<(props: { desk: ActionDesk }) => VNode> =>
  (await import('./parts/action-dialogs.ts')).ActionDialogs;

/** The whole page: what stands around every view, and the view. */
export function App(props: AppProps): VNode {
  const { model, link } = props;
  const state = link.state.value;
  const status = model.status.value;
  useTitle(model, state);
  if (state.kind === 'locked')
    return html`<${Late} load=${loadLocked} props=${{ link, why: state.why }} />`;
  if (status === null) return html`<${Waiting} link=${link} state=${state} />`;
  return html`<${Frame} ...${props} status=${status} />`;
}

function Frame(props: AppProps & { status: SessionStatus }): VNode {
  const { status, desk } = props;
  const place = props.place.value;
  const main = useRef<HTMLElement>(null);
  useFocus(main, addressOf(place));
  return html`<div class="shell">
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <header>
      <p class="brand"><${Mark} /> Vigil <span class="muted">${status.name}</span></p>
      <nav aria-label="Views">
        ${IS_SHARED && html`<a href="../../">All sessions</a>`}
        <a href="#/" aria-current=${place.view === 'overview' ? 'page' : null}>Overview</a>
        <a href="#/trends" aria-current=${place.view === 'trends' ? 'page' : null}>Trends</a>
      </nav>
      <${LinkNote} link=${props.link} now=${props.model.now.value} />
    </header>
    <main id="main" tabindex="-1" ref=${main}><${View} ...${props} /></main>
    <${Footer} status=${status} link=${props.link} />
    <p class="hidden" role="status">${status.name} ${STATE_WORDS[status.state].text}</p>
    <${ActionOutcome} desk=${desk} />
    ${desk.isAsking && html`<${Late} load=${loadDialogs} props=${{ desk }} />`}
  </div>`;
}

function View({ model, link, desk, place: { value: place } }: AppProps): VNode {
  if (place.view === 'overview')
    return html`<${Overview} model=${model} link=${link.state.value} desk=${desk} />`;
  const load = LATE_VIEWS[place.view];
  return html`<${Late} key=${addressOf(place)} load=${load} props=${{ place, model, link }} />`;
}

function Footer({ status, link }: { status: SessionStatus; link: SessionLink }): VNode {
  const forget = (): void => {
    link.forgetKey();
  };
  return html`<footer class="muted small">
    <p>vigil ${status.version} · Node ${status.node} · monitor process ${status.monitorPid}</p>
    ${link.key.value !== null && html`<button type="button" class="plain" onClick=${forget}>Forget the session key</button>`}
  </footer>`;
}

/** Whoever goes to another view is taken to its beginning. */
function useFocus(main: RefObject<HTMLElement | null>, address: string): void {
  const shown = useRef(address);
  useEffect(() => {
    if (shown.current === address) return;
    shown.current = address;
    scrollTo(0, 0);
    (main.current?.querySelector<HTMLElement>('h1') ?? main.current)?.focus();
  }, [address]);
}

/** A link to a part of the page would change the address, which says where one is. */
function skip(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}

function addressOf(place: Place): string {
  return place.view === 'report' ? `report/${place.id}` : place.view;
}

function useTitle(model: SessionModel, state: LinkState): void {
  const status = model.status.value;
  const word =
    state.kind === 'offline' || state.kind === 'locked' || status === null
      ? state.kind
      : STATE_WORDS[status.state].short;
  useEffect(() => {
    document.title = status === null ? `Vigil: ${word}` : `${word}: ${status.name} – Vigil`;
  }, [word, status?.name]);
}

function Waiting({ link, state }: { link: SessionLink; state: LinkState }): VNode {
  if (state.kind !== 'offline')
    return html`<main class="lone" aria-busy="true">
      <h1>Vigil</h1>
      <p>Connecting to the session …</p>
    </main>`;
  return html`<main class="lone card">
    <h1>Nobody answers</h1>
    <p role="status">
      The session has ended, or cannot be reached from here. This page tries again by itself.
    </p>
    <div class="buttons">
      <button
        type="button"
        class="main"
        onClick=${() => {
          link.retryNow();
        }}
      >
        Try now
      </button>
      ${IS_SHARED && html`<a href="../../">All sessions</a>`}
    </div>
  </main>`;
}

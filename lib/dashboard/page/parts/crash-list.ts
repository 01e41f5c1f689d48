import { describeCrashes, type CrashEntry } from '../crash-entry.ts';
import type { SessionModel } from '../session-model.ts';
import { html, useSignal, type VNode } from '../ui.ts';
import { MoreButton } from './more-button.ts';
import { clockText, times } from '../wording.ts';

const FEW = 5;

/** The crash reports that are kept, newest first. */
export function CrashList({ model }: { model: SessionModel }): VNode {
  const showsAll = useSignal(false);
  const stored = model.storedCrashes.value;
  const crashes = stored === null ? null : describeCrashes(stored, model.events.value);
  const shown = showsAll.value ? crashes : crashes?.slice(0, FEW);
  return html`<section class="card" aria-labelledby="crashes">
    <h2 id="crashes">Crash reports</h2>
    ${crashes === null && html`<p class="muted">Being read …</p>`}
    ${crashes?.length === 0 && html`<p class="muted">None. The server has not died unexpectedly.</p>`}
    <ul class="crashes">
      ${shown?.map((entry) => html`<${Crash} key=${entry.id} entry=${entry} now=${model.now.value} />`)}
    </ul>
    <${MoreButton} showsAll=${showsAll} count=${crashes?.length ?? 0} few=${FEW} />
  </section>`;
}

function Crash({ entry, now }: { entry: CrashEntry; now: number }): VNode {
  const { id, at, cause, error, occurrences, suspect } = entry;
  return html`<li>
    <a href=${`#/crashes/${encodeURIComponent(id)}`}>
      <span class="badge bad">${cause}</span>
      <span class="what">${error ?? `Death by ${cause}`}</span>
      <span class="muted small">
        <time datetime=${at}>${clockText(Date.parse(at), now)}</time> · seen ${times(occurrences)}
        ${suspect !== null && html`<span> · suspect ${suspect}</span>`}
      </span>
    </a>
  </li>`;
}

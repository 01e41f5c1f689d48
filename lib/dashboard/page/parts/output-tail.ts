import type { LinkState } from '../session-link.ts';
import type { SessionModel } from '../session-model.ts';
import { html, useEffect, useRef, useSignal, type VNode } from '../ui.ts';
import { plural } from '../wording.ts';

export interface OutputTailProps {
  readonly model: SessionModel;
  readonly link: LinkState;
}

/** What the server writes, as it comes. */
export function OutputTail({ model, link }: OutputTailProps): VNode {
  const isHeld = useSignal<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const lines = model.output.value;
  const last = lines.at(-1)?.number ?? 0;
  const held = isHeld.value;
  useEffect(() => {
    if (held === null && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [last, held]);
  const shown = held === null ? lines : lines.filter(({ number }) => number <= held);
  const skipped = model.skippedLines.value;
  return html`<section class="card" aria-labelledby="output">
    <div class="head">
      <h2 id="output">Server output</h2>
      <button
        type="button"
        class="plain"
        aria-pressed=${held !== null}
        onClick=${() => (isHeld.value = held === null ? last : null)}
      >
        ${held === null ? 'Hold' : `Go on (${last - held} new)`}
      </button>
    </div>
    <div class="output" tabindex="0" role="group" aria-labelledby="output" ref=${box}>
      ${
        shown.length === 0 &&
        html`<p class="muted">
          ${
            link.kind === 'polling'
              ? 'Shown when the live connection is there again.'
              : 'Nothing has been written since this page was opened.'
          }
        </p>`
      }
      ${shown.map(
        ({ number, stream, text }) =>
          html`<div key=${number} class=${stream}>
            ${stream === 'stderr' && html`<span class="hidden">stderr: </span>`}${text === '' ? ' ' : text}
          </div>`,
      )}
    </div>
    ${
      skipped > 0 &&
      html`<p class="muted small">
        ${plural(skipped, 'line')} came too quickly to be shown here; <code>vigil logs</code> has
        them all.
      </p>`
    }
  </section>`;
}

import { readLives, type Life } from '../lives.ts';
import type { SessionModel } from '../session-model.ts';
import { html, useSignal, type VNode } from '../ui.ts';
import { MoreButton } from './more-button.ts';
import { clockText, durationText, plural, roughDuration } from '../wording.ts';
import { Icon } from './icon.ts';

const DAY_MS = 86_400_000;
const SHORTEST_MS = 10_000;
const FEW = 6;

/** Which processes lived when, and what they died of: a picture, and the same as a list. */
export function LivesStrip({ model }: { model: SessionModel }): VNode {
  const showsAll = useSignal(false);
  const now = model.now.value;
  const lives = readLives(model.events.value);
  const deaths = lives.filter(({ end }) => end !== null).reverse();
  const shown = showsAll.value ? deaths : deaths.slice(0, FEW);
  return html`<section class="card" aria-labelledby="lives">
    <h2 id="lives">Lives and deaths</h2>
    <${Strip} lives=${lives} now=${now} />
    ${deaths.length === 0 && html`<p class="muted">No process of this session has ended yet.</p>`}
    <ol class="deaths" reversed>
      ${shown.map((life) => html`<${Death} key=${life.generation} life=${life} now=${now} />`)}
    </ol>
    <${MoreButton} showsAll=${showsAll} count=${deaths.length} few=${FEW} />
  </section>`;
}

function Death({ life, now }: { life: Life; now: number }): VNode | null {
  const { end, generation } = life;
  if (end === null) return null;
  const text = `${generation}. process, ${durationText(end.uptimeMs)} old`;
  return html`<li>
    <${Icon} tone=${end.isExpected ? 'none' : 'bad'} />
    <span><strong>${end.cause}</strong> <span class="muted">${text}</span></span>
    <time class="muted small" datetime=${new Date(end.at).toISOString()}
      >${clockText(end.at, now)}</time
    >
    ${
      end.reportId !== null &&
      html`<a href=${`#/crashes/${encodeURIComponent(end.reportId)}`}
        >Report<span class="hidden"> on the death of process ${generation}</span></a
      >`
    }
  </li>`;
}

function Strip({ lives, now }: { lives: readonly Life[]; now: number }): VNode | null {
  const first = lives[0];
  if (first === undefined) return null;
  const from = Math.max(Math.min(first.startedAt, now - SHORTEST_MS), now - DAY_MS);
  const place = (at: number): number => (100 * (Math.max(at, from) - from)) / (now - from);
  const seen = lives.filter(({ end }) => end === null || end.at >= from);
  const died = seen.filter(({ end }) => end !== null && !end.isExpected).length;
  const label = `${plural(seen.length, 'process')} in ${roughDuration(now - from)}, ${plural(died, 'unexpected death')}`;
  return html`<div class="strip" role="img" aria-label=${label.replace('processs', 'processes')}>
    <div class="track">
      ${seen.map((life) => {
        const [left, right] = [place(life.startedAt), place(life.end?.at ?? now)];
        const isUp = life.readyAt !== null;
        const style = { left: `${left}%`, width: `${Math.max(0.2, right - left)}%` };
        return html`<span
          key=${life.generation}
          class=${isUp ? 'life' : 'life unready'}
          style=${style}
        />`;
      })}
      ${seen.map(
        ({ end, generation }) =>
          end !== null &&
          html`<span
            key=${`d${generation}`}
            class=${end.isExpected ? 'end' : 'end bad'}
            style=${{ left: `${place(end.at)}%` }}
          />`,
      )}
    </div>
    <div class="ends small muted"><span>${clockText(from, now)}</span><span>now</span></div>
  </div>`;
}

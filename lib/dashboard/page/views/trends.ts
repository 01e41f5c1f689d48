import '../parts/content.css';
import type { Sample, SampleMark } from '../../../http/sample-series.ts';
import type { LateViewProps } from './late-view.ts';
import { Plot } from '../plots/plot.ts';
import type { Curve, PlotData } from '../plots/plot-drawing.ts';
import { sumUpRows } from '../plots/trend-rows.ts';
import { html, useSignal, type VNode } from '../ui.ts';
import { clockText, megabytes, milliseconds, plural } from '../wording.ts';

const RANGES = [
  { name: '5 min', ms: 5 * 60_000 },
  { name: '15 min', ms: 15 * 60_000 },
  { name: '1 h', ms: 60 * 60_000 },
  { name: '24 h', ms: 24 * 60 * 60_000 },
] as const;
const TABLE_ROWS = 20;
const SHORTEST_MS = 30_000;

const MEGABYTE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].map(
  (step) => step * 1024 * 1024,
);

/** A plot is drawn anew this often at most. */
const STEP_MS = 1000;

interface Shown {
  readonly samples: readonly Sample[];
  readonly marks: readonly SampleMark[];
  readonly from: number;
  readonly until: number;
}

/** How the figures went, with the deaths on the axis of time. */
export function Trends({ model }: LateViewProps): VNode {
  const range = useSignal<number>(RANGES[0].ms);
  const until = Math.floor(model.now.value / STEP_MS) * STEP_MS;
  const first = model.samples.value[0]?.at ?? until;
  // What is younger than the range fills the plot as well.
  const from = Math.max(until - range.value, Math.min(first, until - SHORTEST_MS));
  const shown = {
    samples: model.samples.value.filter(({ at }) => at >= from),
    marks: model.marks.value.filter(({ at }) => at >= from),
    from,
    until,
  };
  return html`<div class="view">
    <div class="head">
      <h1 tabindex="-1">Trends</h1>
      <fieldset class="choice">
        <legend class="hidden">The last</legend>
        ${RANGES.map(
          ({ name, ms }) =>
            html`<label key=${name}>
              <input
                type="radio"
                name="range"
                checked=${range.value === ms}
                onChange=${() => (range.value = ms)}
              />
              <span>${name}</span>
            </label>`,
        )}
      </fieldset>
    </div>
    ${shown.samples.length === 0 && html`<p class="card muted">Nothing has been measured in this time yet.</p>`}
    <${Plot}
      title="Event loop lag"
      ...${describe(shown, milliseconds, [curve(shown, 'loopLagMs', 'Loop lag')])}
    />
    <${Plot}
      title="Health answer"
      ...${describe(shown, milliseconds, [curve(shown, 'latencyMs', 'Answer time')])}
    />
    <${Plot} title="Memory" ...${describe(shown, megabytes, listMemory(shown))} />
    <${Table} shown=${shown} now=${model.now.value} />
  </div>`;
}

function listMemory(shown: Shown): Curve[] {
  const heap = curve(shown, 'heapUsedBytes', 'Heap');
  return [curve(shown, 'rssBytes', 'Resident'), { ...heap, color: '--warn', isDashed: true }];
}

function curve({ samples }: Shown, name: keyof Omit<Sample, 'at'>, label: string): Curve {
  return { name: label, color: '--accent', values: bridge(samples, name) };
}

/** A poll is rarer than a heartbeat: what lies between two of them is no gap; a death is. */
function bridge(samples: readonly Sample[], name: keyof Omit<Sample, 'at'>): (number | null)[] {
  let last: number | null = null;
  return samples.map((row) => {
    const isDeath = row.loopLagMs === null && row.latencyMs === null && row.rssBytes === null;
    last = isDeath ? null : (row[name] ?? last);
    return last;
  });
}

function describe(
  { samples, marks, from, until }: Shown,
  format: (value: number) => string,
  curves: readonly Curve[],
): { data: PlotData; summary: string } {
  const values = curves[0]?.values.filter((value) => value !== null) ?? [];
  const last = values.at(-1);
  const highest = values.reduce((one, other) => Math.max(one, other), 0);
  const deaths = marks.filter((mark) => mark.kind === 'death' && !mark.expected).length;
  const course =
    last === undefined ? 'No figures.' : `Now ${format(last)}, at most ${format(highest)}.`;
  return {
    data: {
      at: samples.map(({ at }) => at),
      curves,
      marks,
      from,
      until,
      format,
      steps: format === megabytes ? MEGABYTE_STEPS : null,
    },
    summary: `${course} ${deaths === 0 ? 'No unexpected deaths.' : `${plural(deaths, 'unexpected death')}, marked ✕.`}`,
  };
}

function Table({ shown, now }: { shown: Shown; now: number }): VNode {
  const rows = sumUpRows(shown.samples, shown.marks, { ...shown, count: TABLE_ROWS });
  const cell = (value: number | null, format: (value: number) => string): string =>
    value === null ? '–' : format(value);
  return html`<details class="card">
    <summary>The same as a table</summary>
    <div class="scroll" tabindex="0" role="group" aria-label="Table of the figures">
      <table>
        <caption class="hidden">
          The highest figures of each stretch of time, newest first
        </caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col" class="right">Loop lag</th>
            <th scope="col" class="right">Health answer</th>
            <th scope="col" class="right">Memory</th>
            <th scope="col">Deaths</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr key=${row.from}>
                <th scope="row">${clockText(row.from, now)}</th>
                <td class="right">${cell(row.loopLagMs, milliseconds)}</td>
                <td class="right">${cell(row.latencyMs, milliseconds)}</td>
                <td class="right">${cell(row.rssBytes, megabytes)}</td>
                <td>${row.deaths.join(', ') || '–'}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${rows.length === 0 && html`<p class="muted">Nothing yet.</p>`}
  </details>`;
}

import 'uplot/dist/uPlot.min.css';
import UPlot from 'uplot';
import type { SampleMark } from '../../../http/sample-series.ts';

export interface Curve {
  readonly name: string;
  /** The name of the custom property with its colour. */
  readonly color: string;
  /** A second curve is told apart by its dashes as well. */
  readonly isDashed?: true;
  readonly values: readonly (number | null)[];
}

export interface PlotData {
  /** Milliseconds since 1970. */
  readonly at: readonly number[];
  readonly curves: readonly Curve[];
  readonly marks: readonly SampleMark[];
  readonly from: number;
  readonly until: number;
  readonly format: (value: number) => string;
  /** Between two figures of the axis; null: round decimal numbers. */
  readonly steps: readonly number[] | null;
}

const HEIGHT = 190;
const AXIS_WIDTH = 68;

/** One plot on a canvas, with deaths as crossed lines on its axis of time. */
export class PlotDrawing {
  readonly #box: HTMLElement;
  readonly #plot: UPlot;
  #data: PlotData;

  constructor(box: HTMLElement, data: PlotData) {
    this.#box = box;
    this.#data = data;
    this.#plot = new UPlot(this.#options(), this.#aligned(), box);
  }

  update(data: PlotData): void {
    this.#data = data;
    this.#plot.setData(this.#aligned());
  }

  resize(): void {
    this.#plot.setSize({ width: this.#box.clientWidth, height: HEIGHT });
  }

  destroy(): void {
    this.#plot.destroy();
  }

  #aligned(): UPlot.AlignedData {
    const { at, curves } = this.#data;
    return [at.map((time) => time / 1000), ...curves.map(({ values }) => [...values])];
  }

  #options(): UPlot.Options {
    const style = getComputedStyle(this.#box);
    const color = (name: string): string => style.getPropertyValue(name).trim();
    const font = `12px ${style.fontFamily}`;
    const axis = {
      stroke: color('--muted'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
      font,
    };
    return {
      width: this.#box.clientWidth,
      height: HEIGHT,
      padding: [null, 28, null, null],
      cursor: { sync: { key: 'trends' }, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { range: () => [this.#data.from / 1000, this.#data.until / 1000] },
        y: {
          range: (_plot, _low, high) => [0, (Number.isFinite(high) && high > 0 ? high : 1) * 1.1],
        },
      },
      axes: [
        { ...axis, space: 70, size: 34, values: TIME_FORMATS },
        {
          ...axis,
          size: AXIS_WIDTH,
          ...(this.#data.steps === null ? {} : { incrs: [...this.#data.steps] }),
          values: (_plot, ticks) => ticks.map((tick) => this.#data.format(tick)),
        },
      ],
      series: [
        { label: 'Time', value: '{HH}:{mm}:{ss}' },
        ...this.#data.curves.map((curve) => this.#series(curve, color(curve.color))),
      ],
      hooks: {
        draw: [
          (plot) => {
            this.#drawMarks(plot, color('--bad'), color('--muted'));
          },
        ],
      },
    };
  }

  #series({ name, isDashed }: Curve, stroke: string): UPlot.Series {
    return {
      label: name,
      stroke,
      width: 1.75,
      ...(isDashed === true ? { dash: [5, 4] } : {}),
      spanGaps: false,
      points: { show: false },
      value: (_plot, value: number | null) => (value === null ? '–' : this.#data.format(value)),
    };
  }

  #drawMarks(plot: UPlot, bad: string, muted: string): void {
    const { ctx, bbox } = plot;
    const unit = devicePixelRatio;
    ctx.save();
    for (const mark of this.#data.marks) {
      if (mark.kind !== 'death' || mark.at < this.#data.from) continue;
      const x = Math.round(plot.valToPos(mark.at / 1000, 'x', true)) + 0.5;
      ctx.strokeStyle = mark.expected ? muted : bad;
      ctx.lineWidth = unit;
      ctx.setLineDash([3 * unit, 3 * unit]);
      line(ctx, [x, bbox.top, x, bbox.top + bbox.height]);
      if (mark.expected) continue;
      ctx.setLineDash([]);
      ctx.lineWidth = 2 * unit;
      const size = 4 * unit;
      const y = bbox.top + size + unit;
      line(ctx, [x - size, y - size, x + size, y + size]);
      line(ctx, [x - size, y + size, x + size, y - size]);
    }
    ctx.restore();
  }
}

function line(
  ctx: CanvasRenderingContext2D,
  [x1, y1, x2, y2]: [number, number, number, number],
): void {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}

// Step of the axis in seconds, its text, and what is added where the day changes.
const TIME_FORMATS: UPlot.Axis.Values = [
  [86_400, '{D} {MMM}', null, null, null, null, null, null, 1],
  [60, '{HH}:{mm}', '\n{D} {MMM}', null, '\n{D} {MMM}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1],
];

import { html, useEffect, useRef, type VNode } from '../ui.ts';
import { PlotDrawing, type PlotData } from './plot-drawing.ts';

export interface PlotProps {
  readonly title: string;
  /** The same in words. */
  readonly summary: string;
  readonly data: PlotData;
}

/** A plot with its heading; whoever does not see it hears the summary, and finds the figures in the table. */
export function Plot({ title, summary, data }: PlotProps): VNode {
  const box = useRef<HTMLDivElement>(null);
  const drawing = useRef<PlotDrawing | null>(null);
  const latest = useRef(data);
  latest.current = data;
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const draw = (): void => {
      drawing.current?.destroy();
      drawing.current = new PlotDrawing(element, latest.current);
    };
    draw();
    const sizes = new ResizeObserver(() => drawing.current?.resize());
    sizes.observe(element);
    // A canvas keeps the colours it was drawn with.
    const darkness = matchMedia('(prefers-color-scheme: dark)');
    darkness.addEventListener('change', draw);
    return () => {
      sizes.disconnect();
      darkness.removeEventListener('change', draw);
      drawing.current?.destroy();
      drawing.current = null;
    };
  }, []);
  useEffect(() => {
    drawing.current?.update(data);
  }, [data]);
  return html`<section class="card">
    <h2>${title}</h2>
    <p class="muted small">${summary}</p>
    <div class="plot" role="img" aria-label=${`${title}. ${summary}`} ref=${box} />
  </section>`;
}

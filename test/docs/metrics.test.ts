import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMetrics } from '../../lib/session/monitor/metrics/metric-definitions.ts';
import { createSources } from '../session/metric-sources.ts';
import { ROOT } from './code-blocks.ts';

const METRICS = readMetrics(createSources());
const SERIES = METRICS.flatMap(({ name, kind }) =>
  kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => `${name}${suffix}`) : name,
);
const PLACE = {
  x: expect.any(Number),
  y: expect.any(Number),
  w: expect.any(Number),
  h: expect.any(Number),
};

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: unknown;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets?: readonly {
    readonly expr: string;
    readonly refId: string;
    readonly datasource: unknown;
  }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr?: string }[] };
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly type: string;
      readonly query: unknown;
    }[];
  };
}

const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8');
const namesIn = (text: string): string[] => text.match(/\bvigil_\w+/g) ?? [];

describe('docs/reference/metrics.md', () => {
  const page = read('docs/reference/metrics.md');
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `vigil_'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.replaceAll('`', '').trim()),
    );

  it('has every metric with its type, its labels and its meaning, in the order of the code', () => {
    const documented = METRICS.map(({ name, kind, help, samples }) => {
      const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels ?? {})));
      labels.delete('le');
      return [name, kind, [...labels].join(', '), help];
    });
    expect(rows).toEqual(documented);
  });

  it('has every label with its values', () => {
    const values = new Map<string, Set<string>>();
    for (const { samples } of METRICS)
      for (const { labels = {} } of samples)
        for (const [label, value] of Object.entries(labels))
          values.set(label, (values.get(label) ?? new Set()).add(value));
    for (const label of ['expected', 'state', 'outcome', 'channel', 'reader', 'sink']) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${label}\` |`)) ?? '';
      const missing = [...(values.get(label) ?? [])].filter(
        (value) => !row.includes(`\`${value}\``),
      );
      expect([label, missing]).toEqual([label, []]);
    }
  });
});

describe('docs/how-to/scrape-with-prometheus.md', () => {
  it('names only metrics that there are', () => {
    const names = namesIn(read('docs/how-to/scrape-with-prometheus.md'));
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !SERIES.includes(name))).toEqual([]);
  });
});

describe('docs/grafana/vigil-dashboard.json', () => {
  const dashboard: Dashboard = JSON.parse(read('docs/grafana/vigil-dashboard.json'));
  const { panels, templating, annotations } = dashboard;
  const drawn = panels.filter(({ type }) => type !== 'row');
  const queries = [
    ...drawn.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ...annotations.list.flatMap(({ expr = '' }) => expr),
    ...templating.list.map(({ query }) => JSON.stringify(query)),
  ];

  it('asks only for series that there are', () => {
    const names = queries.flatMap(namesIn);
    expect(names.filter((name) => !SERIES.includes(name))).toEqual([]);
  });

  it('shows every metric', () => {
    const names = queries.flatMap(namesIn);
    const isShown = (name: string): boolean => names.some((one) => one.startsWith(name));
    expect(METRICS.map(({ name }) => name).filter((name) => !isShown(name))).toEqual([]);
  });

  it('has what an import needs: no number of its own, a schema, and the data source as a variable', () => {
    expect(dashboard).toMatchObject({
      id: null,
      uid: expect.any(String),
      title: expect.any(String),
      schemaVersion: expect.any(Number),
      version: expect.any(Number),
      time: { from: expect.any(String), to: expect.any(String) },
    });
    expect(templating.list[0]).toMatchObject({
      name: 'datasource',
      type: 'datasource',
      query: 'prometheus',
    });
    const source = { type: 'prometheus', uid: '${datasource}' };
    for (const { datasource, targets = [] } of drawn) {
      expect(datasource).toEqual(source);
      expect(targets.length).toBeGreaterThan(0);
      for (const target of targets) expect(target.datasource).toEqual(source);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
  });

  it('has panels with a number each, side by side, none on top of another', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { gridPos } of panels) {
      expect(gridPos).toEqual(PLACE);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(x).toBeLessThan(24);
          expect(taken.has(`${String(x)} ${String(y)}`)).toBe(false);
          taken.add(`${String(x)} ${String(y)}`);
        }
    }
  });

  it('uses only variables that it has', () => {
    const known = [...templating.list.map(({ name }) => name), '__rate_interval', '__interval'];
    const used = [...JSON.stringify(dashboard).matchAll(/\$\{?(\w+)/g)].map(([, name]) => name);
    expect(used.filter((name) => !known.includes(String(name)))).toEqual([]);
  });
});

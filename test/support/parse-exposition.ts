export interface Exposed {
  readonly kind: string;
  readonly help: string;
  /** By the series as it is written: `name{label="value"}`. */
  readonly series: Map<string, number>;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\n"])*)"(?:,|$)/y;
const NOT_BASE_UNITS = /(_ms|_millis|_milliseconds|_kb|_mb|_percent|_minutes|_hours)(_|$)/;

/**
 * Reads the text format of Prometheus as strictly as `promtool check metrics` does, its advice on names included.
 *
 * @throws Error with the line that is wrong
 */
export function parseExposition(text: string): Map<string, Exposed> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, Exposed>();
  let current = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('# HELP ')) current = readHelp(families, line);
    else if (line.startsWith('# TYPE ')) readType(families, current, line);
    else if (line.startsWith('#')) throw new Error(`neither HELP nor TYPE: ${line}`);
    else readSample(families, current, line);
  }
  for (const [name, family] of families) checkFamily(name, family);
  return families;
}

/** The series of one metric, by their labels: `{cause="crash"}`. */
export function seriesOf(families: Map<string, Exposed>, name: string): Record<string, number> {
  const series = [...(families.get(name)?.series ?? [])];
  return Object.fromEntries(series.map(([key, value]) => [key.slice(name.length), value]));
}

function readHelp(families: Map<string, Exposed>, line: string): string {
  const [, name = '', help = ''] = /^# HELP (\S+) (.+)$/.exec(line) ?? [];
  if (!NAME.test(name) || help === '') throw new Error(`no name, or no help: ${line}`);
  if (families.has(name)) throw new Error(`a second HELP: ${line}`);
  families.set(name, { kind: '', help, series: new Map() });
  return name;
}

function readType(families: Map<string, Exposed>, current: string, line: string): void {
  const [, name = '', kind = ''] =
    /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line) ?? [];
  const family = families.get(name);
  if (family === undefined || name !== current) throw new Error(`TYPE without its HELP: ${line}`);
  if (family.kind !== '') throw new Error(`a second TYPE: ${line}`);
  families.set(name, { ...family, kind });
}

function readSample(families: Map<string, Exposed>, current: string, line: string): void {
  const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
  const family = families.get(current);
  if (family === undefined || family.kind === '') throw new Error(`a sample without TYPE: ${line}`);
  const suffixes = family.kind === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
  if (!suffixes.some((suffix) => name === `${current}${suffix}`))
    throw new Error(`not of ${current}: ${line}`);
  const number = value === '+Inf' ? Infinity : Number(value);
  if (value === '' || Number.isNaN(number)) throw new Error(`no number: ${line}`);
  const series = `${name}${writeLabels(labels, line)}`;
  if (family.series.has(series)) throw new Error(`twice: ${line}`);
  family.series.set(series, number);
}

/** Sorted, so that one series is not taken for two. */
function writeLabels(labels: string, line: string): string {
  if (labels === '') return '';
  const read: string[] = [];
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < labels.length) {
    const match = LABEL.exec(labels);
    if (match === null) throw new Error(`labels that cannot be read: ${line}`);
    read.push(`${String(match[1])}="${String(match[2])}"`);
  }
  const names = read.map((label) => label.split('=')[0]);
  if (new Set(names).size !== names.length) throw new Error(`a label twice: ${line}`);
  return `{${read.sort().join(',')}}`;
}

function checkFamily(name: string, { kind, series }: Exposed): void {
  if (kind === '') throw new Error(`no TYPE: ${name}`);
  if ((kind === 'counter') !== name.endsWith('_total'))
    throw new Error(`"_total" is for counters: ${name}`);
  if (NOT_BASE_UNITS.test(name)) throw new Error(`not a base unit: ${name}`);
  if (name.includes(kind)) throw new Error(`the name tells the type: ${name}`);
  if (kind === 'counter' && [...series.values()].some((value) => value < 0))
    throw new Error(`a counter below zero: ${name}`);
  if (kind === 'histogram') checkHistogram(name, series);
}

function checkHistogram(name: string, series: Map<string, number>): void {
  const buckets = [...series].filter(([key]) => key.startsWith(`${name}_bucket`));
  const bounds = buckets.map(([key]) =>
    Number(/le="([^"]+)"/.exec(key)?.[1]?.replace('+Inf', 'Infinity')),
  );
  const counts = buckets.map(([, count]) => count);
  const isAscending = (values: readonly number[]): boolean =>
    values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0));
  if (!isAscending(bounds) || !isAscending(counts) || bounds.at(-1) !== Infinity)
    throw new Error(`buckets that do not add up: ${name}`);
  if (counts.at(-1) !== series.get(`${name}_count`) || !series.has(`${name}_sum`))
    throw new Error(`a histogram without its sum or count: ${name}`);
}

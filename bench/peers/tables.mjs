import { writeTable } from '../support/page.mjs';
import { pairRounds, summarize } from '../support/statistics.mjs';
import { bare, plainCluster } from './contenders.mjs';
import { ratiosOf, resultsOf } from './figures.mjs';
import { IN_FLIGHT } from './scenarios/stop.mjs';

/** One line for each figure, one column for each contender. */
export function writeOverview({ contenders, found }) {
  const line = (title, scenario, key) =>
    found[scenario] && [
      title,
      ...contenders.map(({ name }) => {
        if (key === 'starts') return showShort(found[scenario].get(name)?.starts ?? []);
        return showShort(resultsOf(found[scenario], name).map((one) => one[key]));
      }),
    ];
  const lines = [
    line('crash → serving, ms', 'crash', 'ms'),
    line('… connections refused', 'crash', 'refused'),
    line('SIGKILL → serving, ms', 'kill', 'ms'),
    line('… connections refused', 'kill', 'refused'),
    line('blocked loop → serving, ms', 'hang', 'ms'),
    line('… requests failed', 'hang', 'failed'),
    line('reload, ms', 'reload', 'ms'),
    line('… requests failed', 'reload', 'failed'),
    line(`stop: completed of ${IN_FLIGHT}`, 'stop', 'completed'),
    line('start → first answer, ms', 'start', 'starts'),
    line('requests/s, kept connections', 'rates', 'kept'),
    line('requests/s, new connections', 'rates', 'fresh'),
  ];
  return writeTable(['', ...contenders.map(({ name }) => name)], lines.filter(Boolean));
}

export function writeDeaths(figures, contenders, { withRatio = false } = {}) {
  const base = resultsOf(figures, plainCluster.name);
  const keys = ['refused', 'reset', '5xx', 'late', 'other', 'longestMs'];
  return writeTable(
    [
      ...['', 'serving again, ms', ...(withRatio ? ['ratio'] : [])],
      ...['refused', 'reset', '5xx', 'late', 'other', 'longest wait, ms'],
    ],
    rowsOf(figures, contenders, (results) => [
      show(results.map(({ ms }) => ms)),
      ...(withRatio ? [show(ratiosOf(results, base, 'ms'), 2)] : []),
      ...keys.map((key) => show(results.map((one) => one[key]))),
    ]),
  );
}

export function writeReloads(figures, contenders) {
  const keys = ['ms', 'failed', 'refused', 'reset', 'longestMs'];
  return writeTable(
    ['', 'replaced, ms', 'requests failed', 'refused', 'reset', 'longest wait, ms'],
    rowsOf(figures, contenders, (results) =>
      keys.map((key) => show(results.map((one) => one[key]))),
    ),
  );
}

export function writeStops(figures, contenders) {
  return writeTable(
    ['', `completed of ${IN_FLIGHT}`],
    rowsOf(figures, contenders, (results) => [show(results.map((one) => one.completed))]),
  );
}

export function writeStarts(figures, contenders) {
  const base = figures.get(bare.name).starts;
  return writeTable(
    ['', 'ms', 'ratio'],
    contenders
      .filter(({ name }) => figures.has(name))
      .map(({ name }) => {
        const { starts } = figures.get(name);
        const ratios = pairRounds(starts, base, (own, other) => own / other);
        return [name, show(starts), show(ratios, 2)];
      }),
  );
}

export function writeRates(figures, contenders) {
  const base = resultsOf(figures, bare.name);
  return writeTable(
    ['', 'kept, requests/s', 'ratio', 'µs a request', 'ratio', 'new, requests/s', 'ratio'],
    rowsOf(figures, contenders, (results) =>
      ['kept', 'cost', 'fresh'].flatMap((key) => [
        show(
          results.map((one) => one[key]),
          key === 'cost' ? 1 : 0,
        ),
        show(ratiosOf(results, base, key), 2),
      ]),
    ),
  );
}

export function format(value, digits = 0) {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return value.toLocaleString('en', options);
}

/** Of the contenders that took part. */
function rowsOf(figures, contenders, write) {
  return contenders
    .filter(({ name }) => figures.has(name))
    .map(({ name }) => [name, ...write(resultsOf(figures, name))]);
}

function show(values, digits = 0) {
  const { median, low, high, count, never } = summarize(values);
  if (count === 0) return `never in ${never}`;
  const [middle, ...ends] = [median, low, high].map((value) => format(value, digits));
  const spread = ends[0] === ends[1] ? '' : ` (${ends.join('–')})`;
  return `${middle}${spread}${never === 0 ? '' : `, never in ${never} of ${never + count}`}`;
}

function showShort(values) {
  if (values.length === 0) return '–';
  const { median, count, never } = summarize(values);
  if (count === 0) return '**never**';
  return `${format(median)}${never === 0 ? '' : ', or **never**'}`;
}

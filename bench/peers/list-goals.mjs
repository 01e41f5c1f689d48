import { summarize } from '../support/statistics.mjs';
import { bare, plainCluster, vigilStandby, vigilUnwatched } from './contenders.mjs';
import { ratiosOf, resultsOf } from './figures.mjs';
import { SILENCE_SECONDS } from './measure-peers.mjs';
import { IN_FLIGHT } from './scenarios/stop.mjs';

/** What is aimed at beside the others, for each way we were run, as far as it was measured. */
export function listGoals({ contenders, found }) {
  return contenders
    .filter(({ isOurs }) => isOurs)
    .flatMap(({ name }) =>
      Object.keys(found)
        .filter((scenario) => found[scenario].has(name))
        .flatMap((scenario) => GOALS[scenario]?.(name, found) ?? [])
        .filter((goal) => goal !== false)
        .map((goal) => ({ unit: '', ...goal, what: `${goal.what}: ${name}` })),
    );
}

const GOALS = {
  crash: (name, { crash }) => [refusedAt('a crash', crash, name)],
  kill: (name, { kill }) => [
    {
      what: 'SIGKILL to serving, to the plain cluster',
      measured: ratio(kill, { name, base: plainCluster, key: 'ms' }),
      atMost: name === vigilStandby.name ? 0.3 : 1.15,
      unit: '×',
    },
    refusedAt('a SIGKILL', kill, name),
  ],
  hang: (name, { hang }) => [
    refusedAt('a hang', hang, name),
    {
      what: 'Hang to serving beyond the silence that was configured',
      measured: median(resultsOf(hang, name).map(({ ms }) => ms)) - SILENCE_SECONDS * 1000,
      atMost: 1000,
      unit: 'ms',
    },
  ],
  reload: (name, { reload, start }) => [
    { what: 'Most requests failed at a reload', measured: most(reload, name, 'failed'), atMost: 0 },
    ...(start ? [beyondStart(name, reload, start)] : []),
  ],
  stop: (name, { stop }) => [
    {
      what: `Fewest requests completed of ${IN_FLIGHT} at a stop`,
      measured: Math.min(...resultsOf(stop, name).map(({ completed }) => completed)),
      atLeast: IN_FLIGHT,
    },
  ],
  rates: (name, { rates }) => [
    name === vigilUnwatched.name && {
      what: 'Requests/s on kept connections, to bare node',
      measured: ratio(rates, { name, base: bare, key: 'kept' }),
      atLeast: 0.98,
      unit: '×',
    },
    ...[...(name === vigilUnwatched.name ? [['kept', 'kept']] : []), ['fresh', 'new']].map(
      ([key, text]) => ({
        what: `Requests/s on ${text} connections, to the plain cluster`,
        measured: ratio(rates, { name, base: plainCluster, key }),
        atLeast: 1,
        unit: '×',
      }),
    ),
  ],
};

function refusedAt(what, figures, name) {
  return {
    what: `Most connections refused at ${what}`,
    measured: most(figures, name, 'refused'),
    atMost: 0,
  };
}

function beyondStart(name, reload, start) {
  const reloaded = median(resultsOf(reload, name).map(({ ms }) => ms));
  return {
    what: "Reload beyond the bare server's start",
    measured: reloaded - median(start.get(bare.name).starts),
    atMost: 1000,
    unit: 'ms',
  };
}

function ratio(figures, { name, base, key }) {
  return median(ratiosOf(resultsOf(figures, name), resultsOf(figures, base.name), key));
}

function most(figures, name, key) {
  return Math.max(...resultsOf(figures, name).map((one) => one[key]));
}

/** NaN when it never happened once. */
function median(values) {
  return values.includes(null) ? Number.NaN : summarize(values).median;
}

import { describeForesight, describePolicy, explainPolicyEnd } from '../session/policy-text.ts';
import { secondsText, waitText } from '../session/seconds-text.ts';
import type { ResolvedSessionOptions } from '../session/options.ts';
import { formatMisfortune } from '../session/simulation/parse-script.ts';
import type { Simulation } from '../session/simulation/simulated-session.ts';
import type { SimulationStep } from '../session/simulation/simulation-step.ts';

/** What a script comes to, as a time line of 80 columns. */
export function formatSimulation(simulation: Simulation, options: ResolvedSessionOptions): string {
  const { steps, unreached } = simulation;
  const shown = steps.filter((step, index) => isShown(step, steps[index + 1]));
  const times = shown.map(formatTime(shown));
  const width = Math.max(...times.map(({ length }) => length));
  const rows = shown.flatMap((step, index) => {
    const score = step.event === 'end' ? '' : `score ${step.score.toFixed(1)}`;
    const label = LABELS[step.event](step).padEnd(13);
    const head = `${(times[index] ?? '').padStart(width)}  ${label}  ${score.padEnd(9)}  `;
    const [first = '', ...more] = describe(step, options);
    return [head + first, ...more.map((line) => ' '.repeat(head.length) + line)].map((row) =>
      row.trimEnd(),
    );
  });
  const words = unreached.map(formatMisfortune);
  return [
    ...describeRules(options),
    '',
    ...rows,
    '',
    ...(words.length === 0 ? [] : [`not reached  ${shorten(words)}`]),
    ...describeNext(simulation, options),
  ].join('\n');
}

function describeRules(options: ResolvedSessionOptions): string[] {
  const { failures, halfLifeMs, cooldownMs } = options.restart.breaker;
  const breaker = `opens above score ${String(failures)}; the score halves every ${secondsText(halfLifeMs)}`;
  const trial = `while it is open, one trial start every ${secondsText(cooldownMs)}`;
  return [
    `policy     ${describePolicy(options)}`,
    `breaker    ${breaker}`,
    ...(options.restart.breaker.onOpen === 'exit'
      ? ['           opening ends the session']
      : [`           ${trial}`]),
    'assumed    a start takes no time; waits are shown without jitter, then with',
  ];
}

/** That a server is ready goes without saying, unless nothing else follows or a breaker closes. */
function isShown(step: SimulationStep, after?: SimulationStep): boolean {
  return step.event !== 'ready' || after === undefined || step.decision === 'breakerCloses';
}

function formatTime(steps: readonly SimulationStep[]): (step: SimulationStep) => string {
  const digits = steps.every(({ atMs }) => atMs % 100 === 0) ? 1 : 2;
  return ({ atMs }) => `+${(atMs / 1000).toFixed(digits)} s`;
}

const LABELS: Record<SimulationStep['event'], (step: SimulationStep) => string> = {
  crash: () => 'crash',
  hang: () => 'hang',
  health: () => 'health',
  exit: ({ code }) => `exit ${String(code)}`,
  ok: () => 'has run well',
  'start-failed': () => 'start failed',
  'start-timeout': () => 'start timeout',
  ready: () => 'ready',
  trial: () => 'trial start',
  end: () => 'end',
};

function describe(step: SimulationStep, options: ResolvedSessionOptions): string[] {
  if (step.event === 'end') return [`the session ends with code ${String(step.exitCode)}`];
  if (step.event === 'health' && step.cause === null) return ['polling is off: nobody asks'];
  const { noticedAfterMs } = step;
  const decision = describeDecision(step, options);
  return noticedAfterMs === 0
    ? [decision]
    : [decision, `seen after ${secondsText(noticedAfterMs)}`];
}

function describeDecision(step: SimulationStep, options: ResolvedSessionOptions): string {
  switch (step.decision) {
    case null:
      return '';
    case 'restart':
      return `restart ${waitText(step.delayMs ?? 0, step.delayRangeMs)}`;
    case 'promote':
      return 'the spare takes over at once';
    case 'breakerOpens':
      if (step.delayMs === null) return 'breaker opens, and onOpen is "exit"';
      return `breaker opens: next start in ${secondsText(step.delayMs)}`;
    case 'breakerCloses':
      return 'breaker closes';
    case 'end':
      return explainPolicyEnd(step, options);
  }
}

function describeNext({ next, steps }: Simulation, options: ResolvedSessionOptions): string[] {
  const last = steps.at(-1);
  if (next === null || last === undefined) return [];
  return [
    `then       the server runs, score ${last.score.toFixed(1)};`,
    `           one more failure: ${describeForesight(next, options)}`,
  ];
}

const SHOWN_WORDS = 6;

function shorten(words: readonly string[]): string {
  const more = words.length - SHOWN_WORDS;
  return more <= 0
    ? words.join(', ')
    : `${words.slice(0, SHOWN_WORDS).join(', ')} and ${String(more)} more`;
}

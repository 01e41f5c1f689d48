import { describePolicy } from '../policy-text.ts';
import { secondsText, waitText } from '../seconds-text.ts';
import type { ExplainedDeadline, ForeseenStep, SessionExplanation } from './explanation.ts';

/** The explanation as a person reads it, within 80 columns; its first lines are the answer. */
export function formatExplanation(explanation: SessionExplanation): string {
  const rows: readonly Row[] = [
    ['session', `${explanation.name}: ${explanation.state}`],
    ['policy', describePolicy({ restart: explanation.policy })],
    ...describeNext(explanation),
    ...describeBreaker(explanation),
    ...describeDeath(explanation),
    ...describeSigns(explanation),
    ...describeMemory(explanation),
    ...describeOthers(explanation),
    ...describeDeadlines(explanation.deadlines),
  ];
  const table = rows.map(([label, text]) => `${label.padEnd(11)} ${cut(text, 68)}`);
  return [...ANSWERS[explanation.slot](explanation), '', ...table].join('\n');
}

type Row = readonly [label: string, text: string];

/** What happens if it dies now; or why it does not run, and when it is tried again. */
const ANSWERS: Record<
  SessionExplanation['slot'],
  (explanation: SessionExplanation) => readonly string[]
> = {
  idle: () => ['The server has not been started yet.'],
  starting: (explanation) => [answerStarting(explanation), ifItDies(explanation)],
  running: (explanation) => [ifItDies(explanation)],
  restarting: () => [
    'The server is being replaced, as was asked for: its end is no failure,',
    'and the next start follows at once.',
  ],
  reloading: (explanation) => ['A reload is in progress.', ifItDies(explanation)],
  retiring: (explanation) => [
    'A reload has succeeded, and the old process drains.',
    ifItDies(explanation),
  ],
  backingOff: (explanation) => [
    `No server is running: ${whoDied(explanation)}.`,
    `${nextStart(explanation)}; vigil restart brings it forward.`,
  ],
  broken: (explanation) => [
    'No server is running: the breaker is open, after too many failures.',
    `${nextStart(explanation)}, for a trial; vigil restart tries at once.`,
  ],
  stopping: () => ['The session is ending: nothing is started again.'],
  stopped: () => ['The session is ending: nothing is started again.'],
};

function answerStarting({ worker, breaker }: SessionExplanation): string {
  if (worker === null) return 'The server is starting.';
  const trial = breaker.state === 'closed' ? '' : ' for a trial';
  return `Server #${String(worker.generation)} has been starting${trial} for ${roundText(worker.uptimeMs)}.`;
}

function ifItDies({ next, worker }: SessionExplanation): string {
  const who = worker === null ? 'it' : `server #${String(worker.generation)}`;
  return next === null ? '' : `If ${who} dies now: ${describeStep(next.failure)}.`;
}

function whoDied({ lastDeath }: SessionExplanation): string {
  if (lastDeath === null) return 'a restart is due';
  const { generation, cause, agoMs } = lastDeath;
  return `server #${String(generation)} died ${roundText(agoMs)} ago (${cause})`;
}

function nextStart({ breaker }: SessionExplanation): string {
  return `The next start comes in ${roundText(breaker.nextRetryInMs ?? 0)}`;
}

function describeStep({ decision, delayMs, delayRangeMs }: ForeseenStep): string {
  switch (decision) {
    case 'restart':
      return `restart ${waitText(delayMs ?? 0, delayRangeMs)}`;
    case 'promote':
      return 'the spare takes over at once';
    case 'adoptSuccessor':
      return 'its successor takes over';
    case 'breakerOpens':
      return `the breaker opens, next start in ${secondsText(delayMs ?? 0)}`;
    case 'end':
      return 'the session ends';
  }
}

function describeNext({ next }: SessionExplanation): Row[] {
  if (next === null) return [];
  const { failure, exit0 } = next;
  const isAlike = failure.decision === exit0.decision && failure.delayMs === exit0.delayMs;
  return [
    ['on failure', `score ${failure.score.toFixed(1)}; ${describeStep(failure)}`],
    ...(isAlike ? [] : ([['on exit 0', describeStep(exit0)]] as const)),
  ];
}

function describeBreaker({ breaker }: SessionExplanation): Row[] {
  const { state, score, threshold, halfLifeMs, cooldownMs, onOpen } = breaker;
  const opens =
    onOpen === 'exit'
      ? 'and the session ends'
      : `then one trial start every ${secondsText(cooldownMs)}`;
  return [
    ['score', `${score.toFixed(1)} now, halved every ${secondsText(halfLifeMs)}`],
    ['breaker', `${STATES[state]}; opens above ${String(threshold)}, ${opens}`],
  ];
}

const STATES = { closed: 'closed', open: 'open', halfOpen: 'half open (a trial runs)' } as const;

function describeDeath({ lastDeath }: SessionExplanation): Row[] {
  if (lastDeath === null) return [['last death', 'none']];
  const { generation, cause, code, signal, agoMs, phase, evidence, reportId } = lastDeath;
  const how = signal ?? `code ${String(code)}`;
  return [
    [
      'last death',
      `#${String(generation)} ${roundText(agoMs)} ago: ${cause} (${how}), while ${phase}`,
    ],
    ...evidence.slice(0, 1).map((line): Row => ['', line]),
    ...(reportId === null ? [] : ([['', `vigil crashes show ${reportId}`]] as const)),
  ];
}

function describeSigns({ worker, polling, heartbeat }: SessionExplanation): Row[] {
  if (worker === null) return [];
  const beat = `${roundText(worker.heartbeatAgeMs)} ago; silence of ${secondsText(heartbeat.silenceMs)} is a hang`;
  return [
    ['polls', describePolls(polling)],
    ['heartbeat', beat],
  ];
}

function describePolls(polling: SessionExplanation['polling']): string {
  if (polling === null) return 'off: the heartbeat alone decides';
  const { failures, failureTolerance, window } = polling;
  if (window !== null) {
    const { counted, of } = window;
    return `${String(counted)} failed of the last ${String(of)}; ${String(window.failures)} are too many`;
  }
  return `${String(failures)} failed in a row; ${String(failureTolerance)} are tolerated`;
}

function describeMemory({ memory, worker }: SessionExplanation): Row[] {
  if (memory === null) return [];
  const { limitBytes, samplesAbove, samplesTolerated } = memory;
  const rssBytes = worker?.rssBytes ?? null;
  const used = rssBytes === null ? 'limit ' : `${megabytes(rssBytes)} of `;
  const samples = `${String(samplesAbove)} samples in a row above, ${String(samplesTolerated)} are tolerated`;
  return [['memory', `${used}${megabytes(limitBytes)} MB; ${samples}`]];
}

function megabytes(bytes: number): string {
  return String(Math.round(bytes / 1024 / 1024));
}

function describeOthers({ standby, watch }: SessionExplanation): Row[] {
  const rows: Row[] = [];
  const { spare } = standby;
  if (spare !== null) {
    rows.push([
      'spare',
      `#${String(spare.generation)} ${spare.ready ? 'stands by' : 'is starting'}`,
    ]);
  } else if (standby.isWanted) rows.push(['spare', 'none at the moment']);
  if (watch.isReloadWaiting) rows.push(['watch', 'files have changed: a reload waits its turn']);
  return rows;
}

function describeDeadlines(deadlines: readonly ExplainedDeadline[]): Row[] {
  return deadlines.map(({ name, generation, inMs }, index) => {
    const who = generation === null ? '' : ` of #${String(generation)}`;
    return [index === 0 ? 'deadlines' : '', `in ${roundText(inMs)}: ${DEADLINES[name](who)}`];
  });
}

const DEADLINES: Record<ExplainedDeadline['name'], (who: string) => string> = {
  startup: (who) => `the start${who} is over, or has failed`,
  silence: (who) => `a heartbeat${who} has come, or it counts as hung`,
  drain: (who) => `the drain${who} is over, or signals follow`,
  kill: (who) => `the process${who} is gone, or gets the next signal`,
  retry: () => 'the next start',
  spareStart: () => 'the start of the next spare',
};

/** What is measured, rather than set, to a tenth of a second. */
function roundText(ms: number): string {
  return secondsText(Math.round(ms / 100) * 100);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SESSION_DEFAULTS } from '../../lib/session/options/defaults.ts';
import { nextDelayMs } from '../../lib/supervision/backoff.ts';
import { NEW_BREAKER, recordFailure } from '../../lib/supervision/breaker.ts';
import { ROOT } from './code-blocks.ts';

const { backoff, breaker } = SESSION_DEFAULTS.restart;
const BACKOFF = {
  baseMs: backoff.baseSeconds * 1000,
  factor: backoff.factor,
  maxMs: backoff.maxSeconds * 1000,
  jitter: backoff.jitter,
};
const BREAKER = {
  failures: breaker.failures,
  halfLifeMs: breaker.halfLifeSeconds * 1000,
  cooldownMs: breaker.cooldownSeconds * 1000,
};
const NAMES = ['1st', '2nd', '3rd', '4th', '5th', '6th', '7th', '8th', '9th and later'];

describe('docs/explanation/backoff-and-breaker.md', () => {
  const page = readFileSync(join(ROOT, 'docs/explanation/backoff-and-breaker.md'), 'utf8');

  it.each(NAMES)('gives the wait before the %s restart as it is', (name) => {
    expect(page).toContain(describeWait(name, NAMES.indexOf(name)));
  });

  it('tells the way to an open breaker as it is', () => {
    expect(page).toContain(describeWayToOpen().join('\n'));
  });
});

function describeWait(name: string, attempt: number): string {
  if (attempt === 0) return `| ${name} after a stable run | at once | |`;
  const [low, plain, high] = [0, 0.5, 1].map(
    (random) => nextDelayMs(BACKOFF, attempt, random) / 1000,
  );
  return `| ${name} | ${plain} s | ${low} to ${high} s |`;
}

function describeWayToOpen(): string[] {
  const rows: string[] = [];
  let state = NEW_BREAKER;
  let now = 0;
  while (rows.length < NAMES.length) {
    const step = recordFailure(state, { now, random: 0.5, breaker: BREAKER, backoff: BACKOFF });
    const { kind, delayMs } = step.verdict;
    state = step.breaker;
    const seconds = delayMs / 1000;
    const restart = seconds === 0 ? 'restart at once' : `restart in ${seconds} s`;
    const next = kind === 'open' ? `the breaker opens: a trial in ${seconds} s` : restart;
    const name = NAMES[rows.length] ?? '';
    rows.push(`| ${name} | ${now / 1000} s | ${state.score.toFixed(2)} | ${next} |`);
    if (kind === 'open') break;
    now += delayMs;
  }
  return rows;
}

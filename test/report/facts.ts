import type { CrashReport } from '../../lib/report/crash-report.ts';
import { buildCrashReport } from '../../lib/report/build-crash-report.ts';
import type { DeathFacts, ReportContext } from '../../lib/report/death-facts.ts';

export const PROJECT = '/srv/shop';

function deathFacts(overrides: Partial<DeathFacts> = {}): DeathFacts {
  return {
    at: '2026-01-31T23:59:58.123Z',
    cause: 'crash',
    phase: 'running',
    evidence: ['the server reported an uncaught exception'],
    error: {
      name: 'TypeError',
      message: 'cart is undefined',
      stack: `TypeError: cart is undefined\n    at total (${PROJECT}/lib/cart.js:2:10)`,
    },
    code: 1,
    signal: null,
    pid: 4720,
    generation: 3,
    uptimeMs: 65_000,
    restarts: 2,
    nextAction: { kind: 'restart', delayMs: 500 },
    outputTail: ['listening', 'GET /cart'],
    memory: { rssBytes: 52_000_000 },
    loopLagMs: 1.2,
    environment: {
      node: 'v20.20.2',
      platform: 'linux x64',
      gitCommit: 'abc1234',
      variableNames: [],
    },
    ...overrides,
  };
}

function reportContext(overrides: Partial<ReportContext> = {}): ReportContext {
  return { projectDirectory: PROJECT, readSource: () => null, mask: (text) => text, ...overrides };
}

export function crashReport(
  facts: Partial<DeathFacts> = {},
  context: Partial<ReportContext> = {},
): CrashReport {
  return buildCrashReport(deathFacts(facts), reportContext(context));
}

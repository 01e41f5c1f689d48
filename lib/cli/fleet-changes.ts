import type { ChangeKind, ToldPlan, ToldStep } from '../fleet/client/read-changes.ts';
import { type Output, toPrintable } from './output.ts';

const SIGNS = {
  stop: { sign: '-', done: 'stopped', color: 'red' },
  replace: { sign: '~', done: 'replaced', color: 'yellow' },
  start: { sign: '+', done: 'started', color: 'green' },
} as const;

/** What is to be done, a line for each server and one for each further reason, and how much that is. */
export function showChanges({ changes, unchanged }: ToldPlan, output: Output): void {
  const width = Math.max(0, ...changes.map(({ id }) => id.length));
  for (const { kind, id, why } of changes) {
    const { sign, color } = SIGNS[kind];
    const head = `${sign} ${kind.padEnd('replace'.length)} ${toPrintable(id).padEnd(width)}`;
    const indent = ' '.repeat(head.length + 2);
    output.print(
      `${output.paint(head, color)}  ${why.map(toPrintable).join(`\n${indent}`)}`.trimEnd(),
    );
  }
  if (changes.length === 0) output.print(describeNothing(unchanged));
  else output.print(countChanges(changes, unchanged));
}

/** What has been done, a line for each kind. */
export function showDone(done: readonly ToldStep[], output: Output): void {
  for (const kind of ['stop', 'replace', 'start'] as const) {
    const ids = idsOf(done, kind);
    if (ids.length > 0) output.print(`${SIGNS[kind].done} ${toPrintable(ids.join(', '))}`);
  }
}

export function describeNothing(unchanged: readonly string[]): string {
  return `nothing to do: ${describeServers(unchanged.length)} as configured`;
}

function countChanges(changes: readonly ToldStep[], unchanged: readonly string[]): string {
  const counts = (['stop', 'replace', 'start'] as const)
    .map((kind) => ({ kind, count: idsOf(changes, kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${String(count)} to ${kind}`);
  return `${[...counts, `${String(unchanged.length)} unchanged`].join(', ')}; do it with: vigil fleet apply`;
}

function describeServers(count: number): string {
  if (count === 0) return 'no server runs, and none is';
  return count === 1 ? 'the only server is' : `all ${String(count)} servers are`;
}

function idsOf(steps: readonly ToldStep[], kind: ChangeKind): string[] {
  return steps.filter((step) => step.kind === kind).map(({ id }) => id);
}

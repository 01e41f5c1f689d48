import { VigilError } from '../../errors.ts';
import { isPlainRecord, type PlainRecord, textOf } from '../protocol/plain-record.ts';
import { textsOf } from './read-replies.ts';

export type ChangeKind = 'start' | 'replace' | 'stop';

/** One step from the fleet that is to the one that is configured. */
export interface ToldChange {
  readonly kind: ChangeKind;
  readonly id: string;
  readonly serverType: string;
  readonly why: readonly string[];
}

/** What a master says of its configuration, read anew. */
export interface ToldPlan {
  /** What is wrong in the configuration; nothing else is told then. */
  readonly problems: readonly string[];
  readonly changes: readonly ToldChange[];
  /** Ids of the servers that are as they are configured. */
  readonly unchanged: readonly string[];
  /** What takes a new master. */
  readonly notes: readonly string[];
  /** What keeps servers from being changed before that. */
  readonly obstacles: readonly string[];
}

export type ToldStep = Pick<ToldChange, 'kind' | 'id'>;

/** What became of the changes. */
export interface ToldOutcome extends Omit<ToldPlan, 'changes'> {
  readonly done: readonly ToldStep[];
  readonly failed: (ToldStep & { readonly reason: string }) | null;
  /** Those that were not touched. */
  readonly left: readonly ToldStep[];
}

const KINDS: readonly ChangeKind[] = ['start', 'replace', 'stop'];

/** @throws ERR_FLEET_COMMAND when it is no such answer */
export function readPlan(reply: unknown): ToldPlan {
  const told = recordOf(reply, 'plan');
  const changes = readSteps(told['changes'], (step, record) => ({
    ...step,
    serverType: textOf(record, 'serverType') ?? '',
    why: textsOf(record['why']),
  }));
  if (!Array.isArray(told['changes']) && !Array.isArray(told['problems'])) throw strange('plan');
  return { ...readFacts(told), changes };
}

/** @throws ERR_FLEET_COMMAND when it is no such answer */
export function readOutcome(reply: unknown): ToldOutcome {
  const told = recordOf(reply, 'apply');
  if (!Array.isArray(told['done']) && !Array.isArray(told['problems'])) throw strange('apply');
  const [failed = null] = readSteps([told['failed']], (step, record) => ({
    ...step,
    reason: textOf(record, 'reason') ?? 'it is not said why',
  }));
  const [done, left] = [told['done'], told['left']].map((steps) =>
    readSteps(steps, (step) => step),
  );
  return { ...readFacts(told), done: done ?? [], failed, left: left ?? [] };
}

function readFacts(told: PlainRecord): Omit<ToldPlan, 'changes'> {
  const [problems, unchanged] = [textsOf(told['problems']), textsOf(told['unchanged'])];
  return {
    problems,
    unchanged,
    notes: textsOf(told['notes']),
    obstacles: textsOf(told['obstacles']),
  };
}

function readSteps<T>(value: unknown, read: (step: ToldStep, record: PlainRecord) => T): T[] {
  return (Array.isArray(value) ? value : []).flatMap((item: unknown) => {
    const record = isPlainRecord(item) ? item : {};
    const kind = KINDS.find((name) => name === record['kind']);
    const id = textOf(record, 'id');
    return kind === undefined || id === null ? [] : [read({ kind, id }, record)];
  });
}

function recordOf(reply: unknown, order: string): PlainRecord {
  if (isPlainRecord(reply)) return reply;
  throw strange(order);
}

function strange(order: string): VigilError {
  return new VigilError('ERR_FLEET_COMMAND', `the master has answered something else to ${order}`);
}

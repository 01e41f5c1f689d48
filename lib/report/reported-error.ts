import { inspect } from 'node:util';
import type { ReportedCause, ReportedError } from './crash-report.ts';
import type { ErrorFacts } from './death-facts.ts';

const MAX_CAUSES = 10;
const MAX_MESSAGE_LENGTH = 4000;
const MAX_STACK_LENGTH = 16_000;

export interface ErrorTexts {
  readonly mask: (text: string) => string;
  /** Makes a stack presentable: places in the sources, then masked. */
  readonly toText: (stack: string) => string;
}

/** Makes an error of unknown shape presentable: text only, masked, then cut; its causes in a list. */
export function reportError(error: ErrorFacts | null, texts: ErrorTexts): ReportedError | null {
  if (error === null) return null;
  return { ...describeError(error, texts), causeChain: flattenCauses(error, texts) };
}

/** At most `length` characters, with a mark where something is missing. */
export function cutText(text: string, length: number): string {
  return text.length <= length
    ? text
    : `${text.slice(0, length)}… (${String(text.length - length)} characters left out)`;
}

function flattenCauses(error: ErrorFacts, texts: ErrorTexts): ReportedCause[] {
  const seen = new Set<unknown>([error]);
  const chain: ReportedCause[] = [];
  const waiting = listInner(error);
  for (let inner = waiting.shift(); inner !== undefined; inner = waiting.shift()) {
    if (inner === null || seen.has(inner)) continue;
    if (chain.length === MAX_CAUSES) break;
    seen.add(inner);
    const facts = isErrorFacts(inner) ? inner : { name: 'Error', message: textOf(inner) };
    chain.push(describeError(facts, texts));
    waiting.unshift(...listInner(facts));
  }
  return chain;
}

/** The cause, then what an AggregateError is made of: its own message is often empty. */
function listInner({ cause, errors }: ErrorFacts): unknown[] {
  const inner: unknown[] = Array.isArray(errors) ? errors.slice(0, MAX_CAUSES) : [];
  return [cause ?? null, ...inner];
}

function describeError(error: ErrorFacts, { mask, toText }: ErrorTexts): ReportedCause {
  const message = cutText(mask(textOf(error.message ?? '')), MAX_MESSAGE_LENGTH);
  return {
    name:
      typeof error.name === 'string' && error.name !== ''
        ? cutText(mask(error.name), 200)
        : 'Error',
    message,
    code:
      error.code === undefined || error.code === null
        ? null
        : cutText(mask(textOf(error.code)), 200),
    stack: typeof error.stack === 'string' ? cutText(toText(error.stack), MAX_STACK_LENGTH) : null,
  };
}

function isErrorFacts(value: unknown): value is ErrorFacts {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return inspect(value, { depth: 2, breakLength: Infinity });
  } catch {
    return 'a value that cannot be shown';
  }
}

import { fingerprint } from '../../report/fingerprint.ts';
import { readSource } from '../../report/read-source.ts';
import { projectFrames } from '../../report/stack-frames.ts';
import { hashShortly } from '../../util/short-hash.ts';
import type { ServerEnd } from './fleet-event.ts';
import { chooseEvidence } from './choose-evidence.ts';

/** What a server ended of, so that others that did so too can be recognised. */
export interface CrashCause {
  readonly fingerprint: string;
  /** In one line. */
  readonly errorLine: string;
}

export interface CrashSurroundings {
  /** Directory of the application. */
  readonly base: string;
  readonly id: string;
  readonly host: string;
}

const FRAME = /^\s+at \S/;
const HEAD = /^(?:Uncaught )?([A-Za-z_$][\w$.]{0,99})(?: \[[^\]]{1,100}\])?(?:: (.*))?$/;
/** Node says so below every uncaught error. */
const CLOSING = /^Node\.js v\d/;

/**
 * Names the cause of an end by the error that the server wrote, as crash reports do. Without one in the code of the application
 * it is what it ended with and its last line, in which numbers, and what is the server's own, do not count.
 */
export function readCrashCause(end: ServerEnd, surroundings: CrashSurroundings): CrashCause {
  const { cause, code, signal } = end;
  const error = readError(end.lastWords);
  const errorLine = error?.head ?? describeEnd(end);
  const { base } = surroundings;
  const stack = error?.stack ?? null;
  const facts = { cause, errorName: error?.name ?? null, projectDirectory: base, readSource };
  const parts = [fingerprint({ ...facts, stack })];
  if (stack === null || projectFrames(stack, base).length === 0)
    parts.push(String(code), String(signal), withoutChance(errorLine, surroundings));
  return { fingerprint: hashShortly(parts.join('\n')), errorLine: errorLine.trim() };
}

function describeEnd({ lastWords, evidence, cause }: ServerEnd): string {
  const said = lastWords.findLast((line) => line.trim() !== '' && !CLOSING.test(line));
  return said ?? chooseEvidence(evidence) ?? cause;
}

/** The last error with a stack; of one whose head is not there any more, the stack. */
function readError(
  lines: readonly string[],
): { readonly name: string | null; readonly head: string | null; readonly stack: string } | null {
  const last = lines.findLastIndex((line) => FRAME.test(line));
  if (last === -1) return null;
  let first = last;
  while (first > 0 && FRAME.test(lines[first - 1] ?? '')) first -= 1;
  const head = lines[first - 1] ?? null;
  const name = HEAD.exec(head ?? '')?.[1] ?? null;
  return { name, head, stack: lines.slice(first, last + 1).join('\n') };
}

function withoutChance(line: string, { id, host }: CrashSurroundings): string {
  return line
    .replaceAll(id, '·')
    .replaceAll(host, '·')
    .replace(/0x[\da-f]+|\d+/gi, '#');
}

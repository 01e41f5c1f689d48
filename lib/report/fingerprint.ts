import { createHash } from 'node:crypto';
import type { Cause } from '../supervision/cause.ts';
import { codeAt } from './source-lines.ts';
import { projectFrames, projectPath, type StackFrame } from './stack-frames.ts';

/** What makes two deaths the same defect. */
export interface FingerprintFacts {
  readonly cause: Cause;
  readonly errorName: string | null;
  readonly stack: string | null;
  readonly projectDirectory: string;
  readonly readSource: (file: string) => string | null;
}

/**
 * Names a defect: deaths with equal fingerprints count as the same one.
 *
 * It is made of the cause, the error's name and up to three frames inside the project; never of the message, which often holds an id or a time.
 * A frame is its function, its file relative to the project, and the code of its line. Line numbers are left out: they move with every edit
 * above them. The code is kept in, because handlers are often anonymous: two throws in one file would else count as one defect, and the second
 * would never be mailed; only of the function that a hung loop was found in any line counts as the same. Where the source cannot be read, line and column stand in for the code.
 *
 * @returns 16 hexadecimal digits
 */
export function fingerprint(facts: FingerprintFacts): string {
  const frames = facts.stack === null ? [] : projectFrames(facts.stack, facts.projectDirectory);
  const places = frames.slice(0, MAX_FRAMES_READ).map((frame, index) => {
    // A stuck function is found at another of its lines each time.
    const isChance = facts.cause === 'hang' && index === 0 && frame.function !== null;
    return describePlace(frame, isChance ? null : facts.readSource, facts.projectDirectory);
  });
  const parts = [
    facts.cause,
    facts.errorName ?? '',
    ...withoutRepeats(places).slice(0, TOP_FRAMES),
  ];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}

const TOP_FRAMES = 3;
const MAX_FRAMES_READ = 12;

/** @param readSource - null leaves out where in its function the frame is */
function describePlace(
  frame: StackFrame,
  readSource: FingerprintFacts['readSource'] | null,
  projectDirectory: string,
): string {
  const name = `${frame.function ?? ''} ${projectPath(frame.file, projectDirectory)}`;
  if (readSource === null) return name;
  const source = readSource(frame.file);
  const code = source === null ? null : codeAt(source, frame);
  const place = code ?? `${String(frame.line)}:${String(frame.column)}`;
  return `${name} ${place}`;
}

// A recursion is as deep as its input; its depth says nothing about the defect.
function withoutRepeats(places: readonly string[]): string[] {
  return [...new Set(places)];
}

import { readFileSync, realpathSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { VigilError } from '../errors.ts';
import { writeFileWhole } from '../util/durable-file.ts';
import { diffLines } from './line-diff.ts';
import { toPrintable, type Output } from './output.ts';
import type { VerbCall } from './verb.ts';

/** A file that is to have this content. */
export interface PlannedFile {
  /** Absolute. */
  readonly path: string;
  /** What of it is to be written, for messages. */
  readonly what: string;
  readonly text: string;
  /** Whether something of its author would be lost. */
  readonly isReplacing: boolean;
}

export interface WrittenFile {
  readonly path: string;
  readonly what: string;
  readonly action: 'written' | 'unchanged' | 'kept';
}

/**
 * Writes files; what would be lost is only replaced with --force, or after a yes on a terminal.
 *
 * @throws ERR_FILE_WRITE when a file cannot be written
 */
export async function writePlanned(
  files: readonly PlannedFile[],
  call: VerbCall,
): Promise<WrittenFile[]> {
  const written: WrittenFile[] = [];
  for (const file of files) {
    written.push({ path: file.path, what: file.what, action: await writeOne(file, call) });
  }
  return written;
}

async function writeOne(file: PlannedFile, call: VerbCall): Promise<WrittenFile['action']> {
  const before = readIfThere(file.path);
  if (before === file.text) return 'unchanged';
  if (file.isReplacing && !(await mayReplace(file, before ?? '', call))) return 'kept';
  try {
    // A link stays one, and the permissions stay as they are.
    const target = before === null ? file.path : realpathSync(file.path);
    const mode = before === null ? 0o644 : statSync(target).mode & 0o777;
    await writeFileWhole(target, file.text, mode);
    return 'written';
  } catch (cause) {
    const why = (cause as Error).message;
    throw new VigilError('ERR_FILE_WRITE', `${file.path} cannot be written: ${why}`, { cause });
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

async function mayReplace(file: PlannedFile, before: string, call: VerbCall): Promise<boolean> {
  if (call.arguments.isOn('force')) return true;
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY || call.arguments.isOn('json')) return false;
  call.output.print(describeChange(file, before, call.output));
  const terminal = createInterface({ input: stdin, output: stdout });
  try {
    const question = terminal.question(`${file.path}: replace the ${file.what}? [y/N] `);
    // Ctrl-C or end-of-file is no yes either.
    const left = new Promise<string>((resolve) => {
      terminal.once('close', () => {
        resolve('');
      });
    });
    const answer = await Promise.race([question, left]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

function describeChange(file: PlannedFile, before: string, output: Output): string {
  const lines = diffLines(before, file.text).map(({ kind, text }) => {
    const line = toPrintable(`  ${kind} ${text}`);
    const color = COLORS[kind];
    return color === null ? line : output.paint(line, color);
  });
  return [`${file.path} would change:`, ...lines].join('\n');
}

const COLORS = { ' ': null, '-': 'red', '+': 'green' } as const;

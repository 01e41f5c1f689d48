import { readFileSync, statSync } from 'node:fs';
import { VigilError } from '../errors.ts';
import { createProblem } from './config-problem.ts';
import type { ConfigProblem } from './config-problem.ts';

const MOST_BYTES = 1024 * 1024;

/**
 * Reads a configuration file whole; a byte order mark is left out.
 *
 * @param label - the file's name as people know it
 * @throws ERR_CONFIG_READ when there is no such file
 */
export function readConfigFile(
  file: string,
  label: string,
): { text: string } | { problem: ConfigProblem } {
  const problem = (expected: string, found: string): { problem: ConfigProblem } => ({
    problem: createProblem({
      origin: 'file',
      file: label,
      line: null,
      column: null,
      path: '',
      expected,
      found,
    }),
  });
  let bytes: Buffer;
  try {
    const stats = statSync(file); // before it is opened: opening a named pipe would wait for its writer
    if (stats.isDirectory()) return problem('a file', 'a directory');
    if (!stats.isFile()) return problem('a file', 'something that is not a regular file');
    if (stats.size > MOST_BYTES)
      return problem(`a file of at most ${MOST_BYTES} bytes`, `${stats.size} bytes`);
    bytes = readFileSync(file);
  } catch (error) {
    if (isMissing(error)) {
      throw new VigilError('ERR_CONFIG_READ', `${label}: there is no such configuration file`, {
        cause: error,
      });
    }
    return problem(
      'a file that can be read',
      error instanceof Error ? error.message : String(error),
    );
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return problem('text in UTF-8', 'other bytes');
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

import { VigilError } from '../errors.ts';
import type { ConfigProblem } from './config-problem.ts';

const MOST_PROBLEMS = 100;

/** A configuration with problems; its text is one line for each. Nothing is started with one. */
export class ConfigError extends VigilError {
  readonly problems: readonly ConfigProblem[];
  /** How many problems more there are than `problems` holds. */
  readonly omitted: number;

  constructor(problems: readonly ConfigProblem[]) {
    const kept = problems.slice(0, MOST_PROBLEMS);
    const omitted = problems.length - kept.length;
    const lines = kept.map((problem) => problem.message);
    if (omitted > 0) lines.push(`… and ${omitted} more`);
    super('ERR_CONFIG_INVALID', lines.join('\n'));
    this.problems = kept;
    this.omitted = omitted;
  }
}

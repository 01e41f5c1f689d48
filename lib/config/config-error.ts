import { VigilError } from '../errors.ts';
import { MOST_PROBLEMS } from './config-problem.ts';
import type { ConfigProblem } from './config-problem.ts';

/** A configuration with problems; its text is one line for each. Nothing is started with one. */
export class ConfigError extends VigilError {
  /** The first hundred at most. */
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const kept = problems.slice(0, MOST_PROBLEMS);
    const lines = kept.map((problem) => problem.message);
    if (problems.length > kept.length) lines.push('… and more');
    super('ERR_CONFIG_INVALID', lines.join('\n'));
    this.problems = kept;
  }
}

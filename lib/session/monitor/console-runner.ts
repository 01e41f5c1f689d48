import type { CommandOutcome } from '../../console/command-outcome.ts';
import type { Evaluator } from '../../console/evaluator.ts';
import { createFailure } from '../../console/command-outcome.ts';
import { VigilError } from '../../errors.ts';
import type { Clock } from '../../util/clock.ts';
import type { OperatedSession } from './operated-session.ts';

const EVALUATION = /^\s*(?:>|\.eval(?:\s|$))/;
const EVALUATION_HELP =
  '> <javascript>          evaluates it in the monitor; `monitor` is in scope';
const LOGGED_LENGTH = 500;

/**
 * Runs the lines of `vigil console`: commands and, when `console.eval` says so, JavaScript.
 *
 * It is reached by the control socket alone, which only this user can open: never over TCP.
 */
export function createConsoleRunner(
  engine: OperatedSession,
  clock: Clock,
): (line: string) => Promise<CommandOutcome> {
  let evaluator: Evaluator | null = null;
  const evaluate = (line: string): Promise<CommandOutcome> => {
    const { Evaluator: Loaded, readEvaluation } =
      require('../../console/evaluator') as typeof import('../../console/evaluator.ts');
    evaluator ??= new Loaded({ scope: { monitor: engine.services.facade, require }, clock });
    const code = readEvaluation(line) ?? '';
    if (code !== '') engine.log('warn', `the console evaluates: ${code.slice(0, LOGGED_LENGTH)}`);
    return evaluator.run(code);
  };
  return async (line) => {
    const isOn = engine.live.current.console.eval;
    if (EVALUATION.test(line)) return isOn ? mask(await evaluate(line), engine) : refuse();
    const outcome = await engine.commands.run(line);
    if (!isOn || !outcome.ok || line.trim() !== 'help') return outcome;
    return { ok: true, output: `${outcome.output}\n${EVALUATION_HELP}` };
  };
}

function mask(outcome: CommandOutcome, { mask: { hide } }: OperatedSession): CommandOutcome {
  if (outcome.ok) return { ok: true, output: hide(outcome.output) };
  const { code, message, stack } = outcome.error;
  return {
    ok: false,
    error: { code, message: hide(message), ...(stack === undefined ? {} : { stack: hide(stack) }) },
  };
}

function refuse(): CommandOutcome {
  return createFailure(
    new VigilError(
      'ERR_COMMAND_UNKNOWN',
      'JavaScript is evaluated only with "console": {"eval": true} in the configuration; "help" lists the commands',
    ),
  );
}

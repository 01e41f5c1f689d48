import { basename } from 'node:path';
import { VigilError } from '../errors.ts';
import { nearestName } from '../config/nearest-name.ts';
import { completionAdvice, completionScript, SHELLS, type Shell } from './completion-scripts.ts';
import { EXIT } from './exit-codes.ts';
import type { Verb, VerbCall } from './verb.ts';

/** `vigil completion`. @lazy */
export const completionVerb: Verb = {
  name: 'completion',
  describe: 'prints the completion script of a shell',
  words: [
    {
      name: 'shell',
      describe: 'bash, zsh or fish (default the one in $SHELL)',
      isOptional: true,
      completes: SHELLS,
    },
  ],
  flags: [],
  examples: SHELLS.map(completionAdvice),
  run(call) {
    call.output.print(completionScript(chooseShell(call)));
    return Promise.resolve(EXIT.ok);
  },
};

function chooseShell(call: VerbCall): Shell {
  const given = call.arguments.text('shell');
  const name = given ?? basename(process.env['SHELL'] ?? '');
  const shell = SHELLS.find((one) => one === name);
  if (shell !== undefined) return shell;
  const near = nearestName(name, SHELLS);
  const hint = near === undefined ? 'bash, zsh and fish are known' : `did you mean "${near}"?`;
  throw new VigilError(
    'ERR_USAGE',
    given === undefined
      ? `name the shell: vigil completion bash, zsh or fish ($SHELL is ${name === '' ? 'not set' : `"${name}"`})`
      : `vigil completion knows no shell "${given}": ${hint}`,
  );
}

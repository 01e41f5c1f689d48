import { EXIT } from './exit-codes.ts';
import { printCompletionScript } from './parse-verb.ts';
import type { Verb } from './verb.ts';

export const completionVerb: Verb = {
  name: 'completion',
  describe: 'prints a script for completion in bash or zsh',
  flags: [],
  async run() {
    await printCompletionScript();
    return EXIT.ok;
  },
};

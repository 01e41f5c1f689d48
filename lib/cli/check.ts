import { ConfigError } from '../config/config-error.ts';
import {
  formatResolvedOptions,
  formatResolvedOptionsText,
} from '../session/options/format-resolved-options.ts';
import { loadOptions } from './chosen-session.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { toPrintable } from './output.ts';
import { JSON_FLAG, SESSION_FLAGS, SET_FLAG } from './session-flags.ts';
import type { Verb, VerbCall } from './verb.ts';

/** `vigil check`. @lazy */
export const checkVerb: Verb = {
  name: 'check',
  describe: 'checks the configuration, shows what it comes to',
  flags: [SET_FLAG, ...SESSION_FLAGS, JSON_FLAG],
  run: (call) =>
    new Promise((resolve) => {
      resolve(check(call));
    }),
};

function check(call: VerbCall): number {
  const isJson = call.arguments.isOn('json');
  try {
    const options = loadOptions(call);
    if (isJson) call.output.printJson({ valid: true, ...formatResolvedOptions(options) });
    else {
      call.output.print(toPrintable(formatResolvedOptionsText(options)));
      call.output.print(`${options.configFile ?? 'no configuration file'}: nothing is wrong`);
    }
    return EXIT.ok;
  } catch (error) {
    if (!isJson || !(error instanceof ConfigError)) throw error;
    call.output.printJson({ valid: false, problems: error.problems });
    return exitCodeOf(error);
  }
}

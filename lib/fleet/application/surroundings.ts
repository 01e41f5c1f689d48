import { systemClock } from '../../util/clock.ts';
import { createRole } from './create-role.ts';
import type { ProcessSurroundings } from './process-surroundings.ts';
import type { Role } from './role.ts';
import type { RoleSettings } from './role-settings.ts';
import { endNow, mainFile, onEndSignals, startWords } from './ending.ts';
import { HIDDEN_KEYS_NAME } from '../plan/fleet-environment.ts';
import { parseHiddenWords, parseStartWords } from './start-words.ts';

/** What an application has around it. */
export interface ApplicationSurroundings extends ProcessSurroundings {
  readonly createRole: (settings: RoleSettings) => Role;
}

/** Those of this process. */
export function systemSurroundings(): ApplicationSurroundings {
  return {
    clock: systemClock,
    words: parseStartWords(startWords()),
    hiddenWords: parseHiddenWords(process.env[HIDDEN_KEYS_NAME]),
    nodeEnv: process.env['NODE_ENV'],
    main: mainFile(),
    nodeArgs: process.execArgv,
    createRole,
    log: (line) => {
      process.stdout.write(`${line}\n`);
    },
    warn: (line) => {
      process.stderr.write(`${line}\n`);
    },
    end: endNow,
    onEndSignal: onEndSignals,
  };
}

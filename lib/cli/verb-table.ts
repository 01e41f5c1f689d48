import { checkVerb } from './check.ts';
import { completionVerb } from './completion.ts';
import { consoleVerb } from './console.ts';
import { crashesVerb } from './crashes.ts';
import { doctorVerb } from './doctor.ts';
import { eventsVerb } from './events.ts';
import { explainVerb } from './explain.ts';
import { initVerb } from './init.ts';
import { killVerb } from './kill.ts';
import { logsVerb } from './logs.ts';
import { reloadVerb } from './reload.ts';
import { restartVerb } from './restart.ts';
import { RUN_FLAGS } from './run-flags.ts';
import { setVerb } from './set.ts';
import { simulateVerb } from './simulate.ts';
import { statusVerb } from './status.ts';
import { stopVerb } from './stop.ts';
import { testAlertVerb } from './test-alert.ts';
import type { Verb, VerbForm } from './verb.ts';

/** Every command but `run`. */
export const VERBS: readonly Verb[] = [
  initVerb,
  checkVerb,
  doctorVerb,
  statusVerb,
  restartVerb,
  reloadVerb,
  stopVerb,
  killVerb,
  setVerb,
  logsVerb,
  eventsVerb,
  crashesVerb,
  explainVerb,
  simulateVerb,
  consoleVerb,
  testAlertVerb,
  completionVerb,
];

const RUN_FORM: VerbForm = {
  name: 'run',
  describe: 'starts a server and keeps it up, in the foreground',
  words: [{ name: 'entry', describe: 'the file node is to run' }],
  flags: RUN_FLAGS,
  rest: 'args…',
};

/** How every command is written, in the order of the help. */
export const FORMS: readonly VerbForm[] = [RUN_FORM, ...VERBS];

import { RUN_FLAGS } from './run-flags.ts';
import type { Verb, VerbForm, VerbGroup } from './verb.ts';

/** Every command but `run`, in the order of the help. Only the one that was called is loaded. */
const LOADERS = {
  init: () => (require('./init') as typeof import('./init.ts')).initVerb,
  check: () => (require('./check') as typeof import('./check.ts')).checkVerb,
  doctor: () => (require('./doctor') as typeof import('./doctor.ts')).doctorVerb,
  status: () => (require('./status') as typeof import('./status.ts')).statusVerb,
  restart: () => (require('./restart') as typeof import('./restart.ts')).restartVerb,
  reload: () => (require('./reload') as typeof import('./reload.ts')).reloadVerb,
  stop: () => (require('./stop') as typeof import('./stop.ts')).stopVerb,
  kill: () => (require('./kill') as typeof import('./kill.ts')).killVerb,
  set: () => (require('./set') as typeof import('./set.ts')).setVerb,
  logs: () => (require('./logs') as typeof import('./logs.ts')).logsVerb,
  events: () => (require('./events') as typeof import('./events.ts')).eventsVerb,
  crashes: () => (require('./crashes') as typeof import('./crashes.ts')).crashesVerb,
  explain: () => (require('./explain') as typeof import('./explain.ts')).explainVerb,
  simulate: () => (require('./simulate') as typeof import('./simulate.ts')).simulateVerb,
  console: () => (require('./console') as typeof import('./console.ts')).consoleVerb,
  dashboard: () => (require('./dashboard') as typeof import('./dashboard.ts')).dashboardVerb,
  'test-alert': () => (require('./test-alert') as typeof import('./test-alert.ts')).testAlertVerb,
  spawner: () => (require('./spawner') as typeof import('./spawner.ts')).spawnerVerb,
  stream: () => (require('./stream') as typeof import('./stream.ts')).streamVerbs,
  jobs: () => (require('./jobs') as typeof import('./jobs.ts')).jobsVerbs,
  fleet: () => (require('./fleet') as typeof import('./fleet.ts')).fleetVerbs,
  completion: () => (require('./completion') as typeof import('./completion.ts')).completionVerb,
} satisfies Readonly<Record<string, () => Verb | VerbGroup>>;

const RUN_FORM: VerbForm = {
  name: 'run',
  describe: 'starts a server and keeps it up, in the foreground',
  words: [{ name: 'entry', describe: 'the file node is to run', completes: 'files' }],
  flags: RUN_FLAGS,
  rest: 'args…',
  examples: [
    'vigil run server.js --port 3000',
    'vigil run server.js --set standby=true -- --color',
  ],
};

/** The names of all commands, in the order of the help. */
export const VERB_NAMES: readonly string[] = [RUN_FORM.name, ...Object.keys(LOADERS)];

/** A command other than `run`. */
export function loadVerb(name: string): Verb | VerbGroup | undefined {
  return Object.hasOwn(LOADERS, name) ? LOADERS[name as keyof typeof LOADERS]() : undefined;
}

/** A command of a group. */
export function loadFromGroup({ verbs }: VerbGroup, name: string): Verb | undefined {
  return Object.hasOwn(verbs, name) ? verbs[name]?.() : undefined;
}

/** How a command is written; undefined when there is none of that name. */
export function loadForm(name: string): VerbForm | VerbGroup | undefined {
  return name === RUN_FORM.name ? RUN_FORM : loadVerb(name);
}

/** How every command is written, in the order of the help. */
export function loadForms(): readonly (VerbForm | VerbGroup)[] {
  return VERB_NAMES.flatMap((name) => loadForm(name) ?? []);
}

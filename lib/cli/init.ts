import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { VigilError } from '../errors.ts';
import { loadOptions } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { type PlannedFile, type WrittenFile, writePlanned } from './planned-files.ts';
import { type ProjectFacts, readProjectFacts } from './project-facts.ts';
import { planManifest } from './plan-manifest.ts';
import { JSON_FLAG, SESSION_FLAGS } from './session-flags.ts';
import { createSystemdUnit } from './systemd-unit.ts';
import type { Verb, VerbCall } from './verb.ts';

const CONFIG_FILE = 'session.config.json';
const SCHEMA = './node_modules/server-vigil/session.config.schema.json';
const DEFAULT_PORT = 3000;

/** `vigil init`. @lazy */
export const initVerb: Verb = {
  name: 'init',
  describe: 'writes a configuration and an npm script',
  words: [
    { name: 'entry', describe: 'the file node is to run', isOptional: true, completes: 'files' },
  ],
  flags: [
    { name: 'force', kind: 'switch', describe: 'replace what is there' },
    { name: 'systemd', kind: 'switch', describe: 'print a unit file for systemd instead' },
    ...SESSION_FLAGS,
    JSON_FLAG,
  ],
  async run(call) {
    const project = readProject(call);
    if (call.arguments.isOn('systemd')) {
      call.output.print(writeUnit(project, call).trimEnd());
      return EXIT.ok;
    }
    const files = await writePlanned(planFiles(project, call), call);
    if (call.arguments.isOn('json')) call.output.printJson(describeJson(project, files));
    else tell(project, files, call);
    return files.some(({ action }) => action === 'kept') ? EXIT.failed : EXIT.ok;
  },
};

interface Project extends ProjectFacts {
  readonly entry: string;
}

function readProject({ cwd, arguments: given }: VerbCall): Project {
  const asked = given.text('entry');
  const facts = readProjectFacts(cwd, asked);
  const { entry } = facts;
  if (entry === null) {
    const text =
      'no entry file found in package.json or under a usual name: name it, as in "vigil init server.js"';
    throw new VigilError('ERR_ENTRY_NOT_FOUND', text);
  }
  if (!existsSync(resolve(cwd, entry))) {
    throw new VigilError(
      'ERR_ENTRY_NOT_FOUND',
      `the entry file ${entry} does not exist: check the path`,
    );
  }
  return { ...facts, entry, name: given.text('name') ?? facts.name };
}

function planFiles(project: Project, { cwd, arguments: given }: VerbCall): PlannedFile[] {
  const config = {
    $schema: SCHEMA,
    name: project.name,
    ports: { server: project.port ?? DEFAULT_PORT },
    ...(given.text('state-dir') === undefined ? {} : { stateDirectory: given.text('state-dir') }),
  };
  const path = join(cwd, given.text('config') ?? CONFIG_FILE);
  const files: PlannedFile[] = [
    {
      path,
      what: 'configuration',
      text: `${JSON.stringify(config, null, 2)}\n`,
      isReplacing: existsSync(path),
    },
  ];
  const manifest = planManifest(cwd, runCommand(project, given.text('config')));
  return manifest === null ? files : [...files, manifest];
}

/** The command that starts the session, as it stands in an npm script. */
function runCommand({ entry, nodeArgs }: Project, config: string | undefined): string {
  const words = [
    'vigil',
    'run',
    entry,
    ...nodeArgs.map((word) => `--node-arg=${word}`),
    ...(config === undefined ? [] : [`--config=${config}`]),
  ];
  return words.map((word) => (/^[\w./:=@,-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}

function writeUnit(project: Project, call: VerbCall): string {
  const { name, shutdown, configFile } = loadOptions(call);
  return createSystemdUnit({
    name: call.arguments.text('name') ?? name,
    directory: call.cwd,
    user: userInfo().username,
    command: [
      process.execPath,
      join(__dirname, 'main.js'),
      'run',
      project.entry,
      ...project.nodeArgs.map((word) => `--node-arg=${word}`),
      '--no-repl',
      ...(configFile === null ? [] : [`--config=${configFile}`]),
      ...['name', 'state-dir'].flatMap((flag) => {
        const value = call.arguments.text(flag);
        return value === undefined ? [] : [`--${flag}=${value}`];
      }),
    ],
    // After the drain come the exit handlers, each with its own time, and then the kill.
    stopSeconds: Math.ceil((shutdown.drainMs + 2 * shutdown.exitHandlerMs) / 1000) + 15,
  });
}

function describeJson(project: Project, files: readonly WrittenFile[]): object {
  const { name, entry, framework, port } = project;
  return { name, entry, framework, port: port ?? DEFAULT_PORT, files };
}

function tell(project: Project, files: readonly WrittenFile[], { output }: VerbCall): void {
  const { entry, framework, port } = project;
  const where = port === null ? `port ${DEFAULT_PORT} (a guess)` : `port ${port}`;
  output.print(`entry ${entry}, ${framework ?? 'no known framework'}, ${where}`);
  for (const { path, what, action } of files) {
    if (action === 'kept')
      output.note(`${path}: ${what} is there already, kept: --force replaces it`);
    else output.print(`${path}: ${what} ${action}`);
  }
  output.print(
    project.manifest === null
      ? `next: npx vigil run ${entry}`
      : `next: npm run vigil, and "vigil doctor ${entry}" to see how it fares`,
  );
}

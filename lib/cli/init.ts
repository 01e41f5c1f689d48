import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { VigilError } from '../errors.ts';
import type { ResolvedSessionOptions } from '../session/options.ts';
import { loadOptions } from './chosen-session.ts';
import { EXIT } from './exit-codes.ts';
import { findFreePort } from './free-port.ts';
import { formatInit, type InitResult } from './init-text.ts';
import { planIgnore } from './plan-ignore.ts';
import type { Output } from './output.ts';
import { type PlannedFile, type WrittenFile, writePlanned } from './planned-files.ts';
import { type ProjectFacts, readProjectFacts } from './project-facts.ts';
import { planManifest } from './plan-manifest.ts';
import { planServiceUnit, planSocketUnit } from './plan-units.ts';
import { JSON_FLAG, SESSION_FLAGS } from './session-flags.ts';
import type { Verb, VerbCall } from './verb.ts';

const CONFIG_FILE = 'session.config.json';
const SCHEMA = './node_modules/server-vigil/session.config.schema.json';
const DEFAULT_PORT = 3000;
const CONTROL_PORT = 9777;

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
    { name: 'socket', kind: 'switch', describe: 'with --systemd: print the socket unit' },
    ...SESSION_FLAGS,
    JSON_FLAG,
  ],
  async run(call) {
    const project = readProject(call);
    if (call.arguments.isOn('systemd') || call.arguments.isOn('socket')) {
      call.output.print(planUnit(project, call).trimEnd());
      return EXIT.ok;
    }
    const control = await chooseControlPort(project, call);
    const files = await writePlanned(planFiles(project, control, call), call);
    const result = describeResult(project, files, call);
    if (call.arguments.isOn('json')) call.output.printJson(describeJson(result));
    else tell(result, call.output);
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

/** Loopback alone, and the first free one: a project beside this one may have taken the usual one. */
async function chooseControlPort(project: Project, call: VerbCall): Promise<number> {
  // What an earlier call has chosen stays; its session may be running by now.
  const configured = readOptions(call)?.control.http?.port ?? null;
  return configured ?? findFreePort(CONTROL_PORT, [project.port ?? DEFAULT_PORT]);
}

/** The options of the configuration that is there; null when there is something wrong with it. */
function readOptions(call: VerbCall): ResolvedSessionOptions | null {
  try {
    return loadOptions(call);
  } catch {
    return null;
  }
}

function planFiles(
  project: Project,
  control: number,
  { cwd, arguments: given }: VerbCall,
): PlannedFile[] {
  const config = {
    $schema: SCHEMA,
    name: project.name,
    ports: { server: project.port ?? DEFAULT_PORT },
    control: { http: { port: control } },
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
  return [...files, manifest, planIgnore(cwd)].filter((file) => file !== null);
}

/** What came of it, as the files now are: those that were kept may say something else. */
function describeResult(
  project: Project,
  files: readonly WrittenFile[],
  call: VerbCall,
): InitResult {
  const options = readOptions(call);
  const http = options?.control.http ?? null;
  return {
    project,
    cwd: call.cwd,
    files,
    port: { number: project.port ?? DEFAULT_PORT, isGuess: project.port === null },
    dashboard: http === null ? null : `http://${http.host}:${http.port}/`,
    keyFile: join(options?.stateDirectory ?? call.cwd, 'session.key'),
    command:
      project.manifest === null
        ? `npx ${runCommand(project, call.arguments.text('config'))}`
        : 'npm run vigil',
    isInstalled: existsSync(join(call.cwd, 'node_modules/.bin/vigil')),
  };
}

/** The command that starts the session, as it stands in an npm script. */
function runCommand(
  { entry, nodeArgs, args, before }: Project,
  config: string | undefined,
): string {
  const words = [
    'vigil',
    'run',
    entry,
    ...nodeArgs.map((word) => `--node-arg=${word}`),
    ...(config === undefined ? [] : [`--config=${config}`]),
    ...(args.length === 0 ? [] : ['--', ...args]),
  ];
  return before + words.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  return /^[\w./:=@,-]+$/.test(word) ? word : JSON.stringify(word);
}

function planUnit(project: Project, call: VerbCall): string {
  const wantsSocket = call.arguments.isOn('socket');
  if (!call.arguments.isOn('systemd'))
    throw new VigilError('ERR_USAGE', '--socket is for a unit: vigil init --systemd --socket');
  return wantsSocket ? planSocketUnit(project, call) : planServiceUnit(project, call);
}

function tell(result: InitResult, output: Output): void {
  for (const { path, what, action } of result.files) {
    if (action === 'kept')
      output.note(`${path}: ${what} is there already, kept: --force replaces it`);
  }
  output.print(formatInit(result, output.width));
}

function describeJson({ project, files, dashboard }: InitResult): object {
  const { name, entry, framework, port } = project;
  return { name, entry, framework, port: port ?? DEFAULT_PORT, dashboard, files };
}

import { userInfo } from 'node:os';
import { join } from 'node:path';
import { VigilError } from '../errors.ts';
import type { ResolvedSessionOptions } from '../session/options.ts';
import { loadOptions } from './chosen-session.ts';
import type { ProjectFacts } from './project-facts.ts';
import { createSocketUnit } from './systemd-socket.ts';
import { createSystemdUnit } from './systemd-unit.ts';
import type { VerbCall } from './verb.ts';

/** After drain and handlers: the kill, the reports, the last mail. */
const END_SECONDS = 15;
/** systemd's own default, which a slow machine may need. */
const LEAST_START_SECONDS = 90;
const MORE_START_SECONDS = 30;

/** The unit of the service. */
export function planServiceUnit(
  project: ProjectFacts & { readonly entry: string },
  call: VerbCall,
): string {
  const options = loadOptions(call);
  const { shutdown, startup } = options;
  const flags = readFlags(call, options);
  const program = [process.execPath, join(__dirname, 'main.js')];
  const nodeArgs = project.nodeArgs.map((word) => `--node-arg=${word}`);
  const args = project.args.length === 0 ? [] : ['--', ...project.args];
  return createSystemdUnit({
    name: call.arguments.text('name') ?? options.name,
    directory: call.cwd,
    stateDirectory: options.stateDirectory,
    user: userInfo().username,
    command: [...program, 'run', project.entry, ...nodeArgs, '--no-repl', ...flags, ...args],
    reloadCommand: [...program, 'reload', ...flags],
    environment: { NODE_ENV: 'production', ...readVariables(project.before) },
    ports: listPorts(project, options),
    startSeconds: Math.max(
      LEAST_START_SECONDS,
      Math.ceil(startup.deadlineMs / 1000) + MORE_START_SECONDS,
    ),
    // After the drain come the exit handlers, each with its own time, and then the kill.
    stopSeconds: Math.ceil((shutdown.drainMs + 2 * shutdown.exitHandlerMs) / 1000) + END_SECONDS,
  });
}

/** The socket unit beside it. @throws ERR_USAGE when no port is known beforehand */
export function planSocketUnit(project: ProjectFacts, call: VerbCall): string {
  const options = loadOptions(call);
  const ports = listPorts(project, options);
  if (ports.length === 0) {
    const text =
      'a socket unit needs ports that are known beforehand: set "ports" in session.config.json';
    throw new VigilError('ERR_USAGE', text);
  }
  return createSocketUnit({ name: call.arguments.text('name') ?? options.name, ports });
}

/** Those that the start script sets right before its command; what a shell would expand is left to its author. */
function readVariables(before: string): Readonly<Record<string, string>> {
  const [variables = ''] = /(?:\b[A-Za-z_]\w*=[\w./:@,+-]* )+$/.exec(before) ?? [];
  const words = variables.trimEnd().split(' ');
  return Object.fromEntries(
    words.filter((word) => word !== '').map((word) => word.split(/=(.*)/s).slice(0, 2)),
  ) as Record<string, string>;
}

function readFlags(call: VerbCall, { configFile }: ResolvedSessionOptions): string[] {
  const session = ['name', 'state-dir'].flatMap((flag) => {
    const value = call.arguments.text(flag);
    return value === undefined ? [] : [`--${flag}=${value}`];
  });
  return [...(configFile === null ? [] : [`--config=${configFile}`]), ...session];
}

/** Those of the configuration; without one, what the project tells, as `vigil init` would write it down. */
function listPorts(
  { port }: ProjectFacts,
  { configFile, ports }: ResolvedSessionOptions,
): number[] {
  const wanted = configFile === null && port !== null ? [port] : Object.values(ports);
  return [...new Set(wanted)].filter((one) => one > 0);
}

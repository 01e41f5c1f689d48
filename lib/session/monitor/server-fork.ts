import cluster from 'node:cluster';
import { type ChildProcess, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildHandle } from '../../process/child-handle.ts';
import { createChildProcessHandle } from '../../process/handles/child-process-handle.ts';
import { createUnstartedHandle } from '../../process/handles/unstarted-handle.ts';
import type { HeldSockets } from '../../process/listener/held-sockets.ts';
import { SocketLender } from '../../process/listener/socket-lender.ts';
import type { Clock } from '../../util/clock.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import { type FoundPackage, MARKER_VARIABLE, type SocketMode } from '../server-boot.ts';
import { listDiagnosticFlags } from './diagnostic-flags.ts';
import { FlightRing, nameRing } from './flight-ring.ts';
import { createServerEnvironment } from './server-environment.ts';
import { nameCrashNote, nameHangNote } from './stale-crash-notes.ts';
import { ServerOutput } from './server-output.ts';
import { createSessionMark } from './session-mark.ts';

/** The program a session runs. */
export interface ServerProgram {
  /** Absolute path. */
  readonly entry: string;
  readonly args: readonly string[];
  /** Flags of node itself. */
  readonly nodeArgs: readonly string[];
  /** The entry file is one that calls `launch` itself. */
  readonly loadsVigil: boolean;
  readonly foundPackage?: FoundPackage | null;
}

export interface ForkRequest {
  readonly program: ServerProgram;
  readonly options: ResolvedSessionOptions;
  readonly sessionKey: string;
  readonly generation: number;
  readonly clock: Clock;
  /** Owns the sockets; null when the process listens by itself. */
  readonly held: HeldSockets | null;
  /** Started beside the process that serves, which keeps the connections for now. */
  readonly isSuccessor: boolean;
  /** Its work is not to begin before its promotion. */
  readonly isSpare?: boolean;
}

/** What came of a start; also one that was refused. */
export interface StartedServer {
  readonly handle: ChildHandle;
  /** Where it leaves a note should it crash. */
  readonly noteFile: string;
  /** Where its watchdog thread says why its loop is stuck. */
  readonly hangNoteFile: string;
  /** Where its requests in flight stand. */
  readonly ring: FlightRing;
  readonly sockets: SocketLender | null;
  /** Read from the start, for Node throws away what nobody reads when a process ends. */
  readonly output: ServerOutput;
  /** By the clock of the session. */
  readonly startedAt: number;
  /** It was started beside another one that serves. */
  readonly isSuccessor?: boolean;
}

const WORKER = join(__dirname, '..', 'worker');
const PRELOAD = join(WORKER, 'preload.cjs');
const LAUNCHED_PRELOAD = join(WORKER, 'launched-preload.cjs');
let sessionMark: string | null = null;

/** Starts a server process: a cluster worker, or a plain child for a server that uses node:cluster itself. */
export function forkServer(request: ForkRequest): StartedServer {
  const { options, generation, clock, sessionKey } = request;
  sessionMark ??= createSessionMark(options.stateDirectory);
  const marker = `${sessionMark}.${String(generation)}`;
  // While one monitor replaces another, both have a server with the same generation.
  const noteName = nameCrashNote(process.pid, generation);
  const noteFile = join(options.stateDirectory, noteName);
  const hangNoteFile = join(options.stateDirectory, nameHangNote(process.pid, generation));
  const startedAt = clock.now();
  const output = new ServerOutput();
  const { flightRecorder } = options.crashReports;
  const ringName = flightRecorder
    ? nameRing(options.stateDirectory, process.pid, generation)
    : null;
  const ring = new FlightRing(options.stateDirectory, ringName, clock);
  const identity = {
    generation,
    sessionKey,
    noteFile,
    hangNoteFile,
    ringName,
    marker,
    socket: resolveSocketMode(request),
    isSpare: request.isSpare === true,
    foundPackage: request.program.foundPackage ?? null,
  };
  try {
    // One of an earlier session, whose monitor was killed, would be taken for this process's own.
    rmSync(noteFile, { force: true });
    rmSync(hangNoteFile, { force: true });
    const child = forkChild(request, createServerEnvironment(options, identity));
    const watched = { clock, marker: `${MARKER_VARIABLE}=${marker}` };
    const sockets = request.held === null ? null : new SocketLender(child, request.held);
    output.follow(child.stdout, 'stdout');
    output.follow(child.stderr, 'stderr');
    return {
      handle: createChildProcessHandle(child, watched),
      output,
      noteFile,
      hangNoteFile,
      ring,
      sockets,
      startedAt,
      isSuccessor: request.isSuccessor,
    };
  } catch (error) {
    // Of some refusals, no memory among them, Node does not tell by an event but throws.
    const handle = createUnstartedHandle(error as Error);
    return { handle, noteFile, hangNoteFile, ring, sockets: null, output, startedAt };
  }
}

function resolveSocketMode({ held, isSuccessor }: ForkRequest): SocketMode {
  if (held === null) return 'own';
  return isSuccessor ? 'withheld' : 'held';
}

function forkChild(request: ForkRequest, environment: Record<string, string>): ChildProcess {
  const { program, options } = request;
  // From the preload on they are Vigil's own, which it takes away: the forks of the server inherit the rest.
  const preload = program.loadsVigil ? LAUNCHED_PRELOAD : PRELOAD;
  const own = ['--require', preload, ...listDiagnosticFlags(program.nodeArgs, options)];
  const execArgv = [...program.nodeArgs, ...own];
  if (options.serverProcess === 'child') {
    const env = { ...process.env, ...environment };
    return fork(program.entry, program.args, { execArgv, silent: true, env });
  }
  cluster.setupPrimary({ exec: program.entry, args: [...program.args], execArgv, silent: true });
  const worker = cluster.fork(environment);
  // An error of the channel is followed by the end of the process or of the channel, which are seen anyway.
  worker.on('error', () => undefined);
  return worker.process;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionStatus } from '../session/monitor/session-status.ts';
import type { ResolvedSessionOptions } from '../session/options.ts';
import { type Clock, waitFor } from '../util/clock.ts';
import { createDeferred } from '../util/deferred.ts';
import { createInterruption } from './interruption.ts';
import { readLastLines } from './last-lines.ts';
import { type LoggedEvent, readPastEvents } from './past-events.ts';
import { askRoutes, type RouteAnswer } from './route-answers.ts';
import { connectSession } from './session-connection.ts';
import type { VerbCall } from './verb.ts';

export interface TrialRequest {
  /** Absolute. */
  readonly entry: string;
  readonly options: ResolvedSessionOptions;
  readonly call: VerbCall;
}

/** What one start of an entry file under watch has shown. */
export interface TrialRun {
  readonly events: readonly LoggedEvent[];
  /** While it was ready; null when it never was. */
  readonly status: SessionStatus | null;
  readonly routes: readonly RouteAnswer[];
  /** From the order to end to the end of the monitor, milliseconds; null when it ended before it was asked. */
  readonly stopMs: number | null;
  readonly outputTail: readonly string[];
}

/**
 * Starts an entry file with the same engine as `vigil run`, in a state directory of its own, looks at
 * it once it is ready, and ends it. Nobody is mailed, and nothing of it stays behind.
 *
 * @returns null when it was interrupted
 */
export async function runTrial(request: TrialRequest): Promise<TrialRun | null> {
  const directory = mkdtempSync(join(tmpdir(), 'vigil-doctor-'));
  const trial = startTrial(request, directory);
  // However this process ends, the server does not stay behind.
  const endWithUs = (): void => {
    trial.child.kill('SIGTERM');
  };
  process.once('exit', endWithUs);
  try {
    return await watchTrial(trial, request);
  } finally {
    endWithUs();
    await trial.ended;
    process.off('exit', endWithUs);
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Trial {
  readonly child: ChildProcess;
  readonly stateDirectory: string;
  readonly ended: Promise<void>;
  readonly isOver: () => boolean;
  readonly ownOutput: () => readonly string[];
}

const TAIL_LINES = 15;
const MOST_OUTPUT = 64 * 1024;

function startTrial({ entry, call }: TrialRequest, directory: string): Trial {
  const stateDirectory = join(directory, 'state');
  const child = spawn(process.execPath, trialArguments(entry, call, stateDirectory), {
    cwd: call.cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = createDeferred();
  let isOver = false;
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-MOST_OUTPUT);
  });
  const end = (): void => {
    isOver = true;
    ended.resolve();
  };
  child.once('close', end).once('error', end);
  return {
    child,
    stateDirectory,
    ended: ended.promise,
    isOver: () => isOver,
    ownOutput: () => text.split('\n').filter((line) => line !== ''),
  };
}

function trialArguments(
  entry: string,
  { arguments: given }: VerbCall,
  stateDirectory: string,
): string[] {
  const passed = ['config', 'name', 'port', 'route'].flatMap((flag) => {
    const value = given.text(flag);
    return value === undefined ? [] : [`--${flag}=${value}`];
  });
  const settings = [
    `stateDirectory=${stateDirectory}`,
    `crashReports.directory=${join(stateDirectory, 'crashes')}`,
    `logs.file=${join(stateDirectory, 'server.log')}`,
    'mail=null',
    'webhook=null',
    'control.http=null',
    // One start is what is looked at.
    'restart.policy=temporary',
  ];
  return [
    join(__dirname, 'main.js'),
    'run',
    entry,
    '--no-repl',
    '--log=json',
    ...passed,
    ...given.list('node-arg').map((word) => `--node-arg=${word}`),
    ...settings.map((setting) => `--set=${setting}`),
    '--',
    ...given.rest,
  ];
}

async function watchTrial(trial: Trial, request: TrialRequest): Promise<TrialRun | null> {
  const { call, options } = request;
  const interruption = createInterruption();
  const isReady = await waitForReady(trial, call.clock, interruption);
  if (interruption.aborted) return null;
  const status = isReady ? await readStatus(trial, request) : null;
  const port = status?.worker?.port ?? null;
  const routes = port === null ? [] : await askRoutes(port, options, call.clock);
  const stopMs = await stopTrial(trial, call.clock);
  const { events } = readPastEvents(trial.stateDirectory, MOST_EVENTS);
  const { lines } = readLastLines(join(trial.stateDirectory, 'server.log'), TAIL_LINES, 0);
  const outputTail = lines.length > 0 ? lines : trial.ownOutput().slice(-TAIL_LINES);
  return { events, status, routes, stopMs, outputTail };
}

const MOST_EVENTS = 1000;
const LOOK_AGAIN_MS = 50;

async function waitForReady(trial: Trial, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const isAborted = (): boolean => signal.aborted;
  while (!trial.isOver() && !isAborted()) {
    const { events } = readPastEvents(trial.stateDirectory, MOST_EVENTS);
    if (events.some(({ type }) => type === 'worker.ready')) return true;
    await waitFor(clock, LOOK_AGAIN_MS, signal);
  }
  return false;
}

/** Null when it ended at once after it was ready. */
async function readStatus(
  trial: Trial,
  { options, call }: TrialRequest,
): Promise<SessionStatus | null> {
  const session = {
    name: options.name,
    options: { ...options, stateDirectory: trial.stateDirectory },
    others: [],
  };
  try {
    return (await connectSession(session, call.clock)).status;
  } catch {
    return null;
  }
}

async function stopTrial(trial: Trial, clock: Clock): Promise<number | null> {
  if (trial.isOver()) return null;
  const asked = clock.now();
  trial.child.kill('SIGTERM');
  await trial.ended;
  return Math.round(clock.now() - asked);
}

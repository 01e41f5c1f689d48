import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { isPlainObject } from '../config/plain-object.ts';
import {
  MARKER_NAME,
  markerOf,
  nameFleet,
  STARTER_NAME,
  type StartWord,
  TIED_NAME,
} from '../fleet/plan/fleet-environment.ts';
import type { FleetPlan } from '../fleet/plan/server-entry.ts';
import { logsOf } from './fleet-base.ts';

export interface MasterStart {
  readonly plan: FleetPlan;
  readonly main: string;
  /** `key=value` words after `env=`. */
  readonly words: readonly string[];
  /** It ends when whoever started it is gone. */
  readonly isTied: boolean;
}

export interface MasterExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A master that was started, and what became of it. */
export interface StartedMaster {
  readonly process: ChildProcess;
  /** Where it writes. */
  readonly logFile: string;
  /** Its first word; null when it has ended without one. */
  readonly word: Promise<StartWord | null>;
  readonly exit: Promise<MasterExit>;
}

/** Starts the master, in a process group of its own: signals of the terminal reach it through its starter alone. */
export function startMaster({ plan, main, words, isTied }: MasterStart): StartedMaster {
  const { base, env, master } = plan;
  mkdirSync(logsOf(base), { recursive: true, mode: 0o755 });
  const logFile = join(logsOf(base), `${master.id}.log`);
  const file = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn(process.execPath, [main, `env=${env}`, ...words], {
      cwd: base,
      detached: true,
      stdio: ['ignore', file, file, 'ipc'],
      env: {
        ...process.env,
        [MARKER_NAME]: markerOf(nameFleet(base, env), master.id, 'master'),
        [STARTER_NAME]: '1',
        ...(isTied ? { [TIED_NAME]: String(process.pid) } : {}),
      },
    });
    const exit = waitForExit(child);
    return { process: child, logFile, exit, word: waitForWord(child, exit) };
  } finally {
    closeSync(file);
  }
}

function waitForExit(child: ChildProcess): Promise<MasterExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
    child.once('error', () => {
      if (child.pid === undefined) resolve({ code: 1, signal: null });
    });
  });
}

function waitForWord(child: ChildProcess, exit: Promise<unknown>): Promise<StartWord | null> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if (isStartWord(message)) resolve(message);
    });
    void exit.then(() => {
      resolve(null);
    });
  });
}

/** The application may send messages of its own. */
function isStartWord(message: unknown): message is StartWord {
  if (!isPlainObject(message) || message['vigil'] !== 'fleet') return false;
  const { state, text } = message;
  return (state === 'running' || state === 'failed') && typeof text === 'string';
}

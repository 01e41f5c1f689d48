import type { ChildHandle } from '../../process/child-handle.ts';
import { adoptProcess } from '../../process/handles/adopted-handle.ts';
import { startCommand } from '../../process/handles/command-handle.ts';
import type { Clock } from '../../util/clock.ts';
import {
  HIDDEN_KEYS_NAME,
  MARKER_NAME,
  markerOf,
  STARTER_NAME,
  TIED_NAME,
} from '../plan/fleet-environment.ts';
import { createServerCommand, type ProgramFacts } from '../plan/server-command.ts';
import type { ServerEntry } from '../plan/server-entry.ts';
import type { FleetLogs } from './fleet-logs.ts';

/** A process that an earlier master has started. */
export interface FoundProcess {
  readonly pid: number;
  readonly startTime: string | null;
  /** Names it among all processes of the server. */
  readonly run: string;
}

/** Starts the processes of servers, and finds again those that run already. */
export interface ServerLauncher {
  /** @param run - names this process among all of the server */
  launch(entry: ServerEntry, run: string): ChildHandle;
  adopt(id: string, found: FoundProcess): ChildHandle;
  /** What the newest process of a server wrote last. */
  lastWords(id: string): string[];
  /** It is started on another machine, which knows itself what runs there. */
  isRemote?(entry: ServerEntry): boolean;
  /** It ran on another machine under the master before: it is not started elsewhere before it is known to be gone. */
  noteFormer?(entry: ServerEntry): void;
  isFormer?(id: string): boolean;
  /** Its machine does not answer: it may run or not. */
  isUnknown?(id: string): boolean;
  /** Its silence means nothing: its machine is silent as well, or was a moment ago. */
  isInDoubt?(id: string): boolean;
  /** Waits no longer than is sensible for machines that do not answer. @param ending - settles when all servers have ended */
  giveUpAway?(ending: Promise<unknown>): void;
}

export interface LocalLauncherParts extends ProgramFacts {
  readonly clock: Clock;
  readonly base: string;
  readonly fleetId: string;
  readonly logs: FleetLogs;
  /** The servers end with their master. */
  readonly isTied: boolean;
}

const LAST_WORDS = 20;
/** An end is told sooner by the connection of the server. */
const LOOK_EVERY_MS = 1000;

/** Starts servers on this machine. */
export class LocalLauncher implements ServerLauncher {
  readonly #parts: LocalLauncherParts;

  constructor(parts: LocalLauncherParts) {
    this.#parts = parts;
  }

  launch(entry: ServerEntry, run: string): ChildHandle {
    const { base, fleetId, logs, isTied } = this.#parts;
    const { command, hidden } = createServerCommand(entry, this.#parts);
    const file = logs.begin(entry.id);
    return startCommand({
      command,
      directory: base,
      environment: {
        ...withoutOwn(process.env),
        ...(isTied ? { [TIED_NAME]: String(process.pid) } : {}),
        ...(Object.keys(hidden).length === 0 ? {} : { [HIDDEN_KEYS_NAME]: JSON.stringify(hidden) }),
      },
      marker: { name: MARKER_NAME, value: markerOf(fleetId, entry.id, run) },
      stdoutFile: file,
      stderrFile: file,
    });
  }

  adopt(id: string, { pid, startTime, run }: FoundProcess): ChildHandle {
    const { clock, fleetId, logs } = this.#parts;
    logs.begin(id);
    const marker = `${MARKER_NAME}=${markerOf(fleetId, id, run)}`;
    return adoptProcess({ clock, pid, startTime, marker, lookEveryMs: LOOK_EVERY_MS });
  }

  lastWords(id: string): string[] {
    return this.#parts.logs.tail(id, LAST_WORDS);
  }
}

const OWN: ReadonlySet<string> = new Set([HIDDEN_KEYS_NAME, STARTER_NAME, TIED_NAME]);

/** What was meant for the master alone. */
function withoutOwn(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !OWN.has(name)));
}

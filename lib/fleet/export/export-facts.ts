import type { EntryValue } from '../plan/server-entry.ts';

/** One process of a fleet, as another engine is to run it. */
export interface ExportedProgram {
  readonly id: string;
  readonly serverType: string;
  /** As the configuration names it; null: the machine where the fleet was written. */
  readonly host: string | null;
  /** Those it is configured to listen on. */
  readonly ports: readonly number[];
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Keys of its entry that nobody is to read in a command line. */
  readonly hidden: Readonly<Record<string, EntryValue>>;
  /** Processors, as `0,2-3`; null: any. */
  readonly cpu: string | null;
}

/** A fleet, as an engine other than its own master is to run it. */
export interface ExportFacts {
  readonly name: string;
  readonly env: string;
  /** Directory of the application, absolute. */
  readonly base: string;
  readonly user: string;
  /** Runs the master alone, which starts nobody. */
  readonly master: ExportedProgram;
  /** In the order of their start. */
  readonly servers: readonly ExportedProgram[];
  /** What of the configuration is another one where the processes run, by file; nothing hidden is in it. */
  readonly config: Readonly<Record<string, object>>;
  readonly stopDeadlineSeconds: number;
  /** What a container is made of. */
  readonly image: string | null;
}

export interface ExportedFile {
  /** Relative to where the export is written. */
  readonly path: string;
  readonly text: string;
  /** Holds what nobody else is to read. */
  readonly isSecret: boolean;
}

/** What a process is told in its environment, beside its command line. */
export const HIDDEN_KEYS = 'VIGIL_FLEET_HIDDEN';

export function isEmpty(hidden: ExportedProgram['hidden']): boolean {
  return Object.keys(hidden).length === 0;
}

/** The servers of each type, in the order of their start. */
export function groupByType(servers: readonly ExportedProgram[]): ExportedProgram[][] {
  const groups = new Map<string, ExportedProgram[]>();
  for (const server of servers) {
    const group = groups.get(server.serverType);
    if (group === undefined) groups.set(server.serverType, [server]);
    else group.push(server);
  }
  return [...groups.values()];
}

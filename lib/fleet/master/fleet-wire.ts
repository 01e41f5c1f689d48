import type { MasterAgent } from '../modules/admin-module.ts';

/** What is known of a monitor that is connected. */
export interface ConnectedMonitor {
  readonly id: string;
  readonly serverType: string;
  readonly pid: number | null;
  /** What it was started with, as it says. */
  readonly info: Readonly<Record<string, unknown>>;
}

/** The connections of the servers, as those see them who give the orders. */
export interface FleetWire extends Pick<MasterAgent, 'notifyById' | 'notifyByType' | 'notifyAll'> {
  readonly monitors: ReadonlyMap<string, ConnectedMonitor>;
  /** Asks one server. @throws when it is not there, goes first, or does not answer in time */
  ask(question: {
    readonly serverId: string;
    readonly moduleId: string;
    readonly body: unknown;
    readonly deadlineMs: number;
  }): Promise<{ readonly error: unknown; readonly body: unknown }>;
}

/** The module that takes the orders of clients, and hands them to servers. */
export const CONSOLE = '__console__';

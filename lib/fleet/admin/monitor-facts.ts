import type { PlainRecord } from '../protocol/plain-record.ts';

/** What is known of a server that has registered. */
export interface MonitorFacts {
  readonly id: string;
  readonly serverType: string;
  /** As it says; null when it does not. */
  readonly pid: number | null;
  /** The address it connected from. */
  readonly address: string;
  /** What it was started with, as it says. */
  readonly info: PlainRecord;
  /** It is one of ours: it sends something every second as long as its event loop turns. */
  readonly beats: boolean;
}

import type { Sample, SampleMark } from '../http/sample-series.ts';
import type { SessionStatus } from './monitor/session-status.ts';
import type { SessionEvent } from './session-event.ts';

/** One thing that is told to whoever watches a session live. */
export type FeedItem =
  | { readonly name: 'status'; readonly attrs: SessionStatus }
  | { readonly name: 'event'; readonly attrs: SessionEvent }
  | { readonly name: 'sample'; readonly attrs: Sample }
  | { readonly name: 'mark'; readonly attrs: SampleMark }
  | { readonly name: 'output'; readonly attrs: OutputLines };

/** What the server has written, without secrets. */
export interface OutputLines {
  readonly lines: readonly OutputLine[];
  /** How many lines before these were left out, for there were too many at once. */
  readonly skipped: number;
}

export interface OutputLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** A message of the feed: first what is known, then in batches what happens. */
export type FeedMessage =
  | { readonly type: 'snapshot'; readonly data: readonly FeedItem[] }
  /** `msg` is `dropped N` when the reader was too slow for that many. */
  | { readonly type: 'data'; readonly msg: string; readonly data: readonly FeedItem[] };

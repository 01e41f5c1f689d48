import type { MetricFamily, MetricSample } from '../../../http/metrics-text.ts';
import type { Heartbeat } from '../../contract.ts';
import type { OutputDrops } from '../server-log.ts';
import type { NamedLoad } from '../session-doors.ts';
import type { SessionStatus } from '../session-status.ts';
import type { SessionTally } from './session-tally.ts';

/** All that metrics are read from, at the moment of a scrape. */
export interface MetricSources {
  readonly status: SessionStatus;
  /** The latest of the process that serves, if it is not too old to say anything about the present. */
  readonly heartbeat: Heartbeat | null;
  readonly tally: SessionTally;
  readonly monitorRssBytes: number;
  /** Events that slow followers have missed. */
  readonly followedEventsDropped: number;
  readonly doors: readonly NamedLoad[];
  /** Of the server's output, what did not get into the log file, and onto the monitor's own output. */
  readonly outputDroppedBytes: OutputDrops;
}

/** One metric: what it is called and means, and how it is read. */
export interface MetricDefinition extends Omit<MetricFamily, 'samples'> {
  readonly read: (sources: MetricSources) => readonly MetricSample[];
}

/** A figure without labels; null: it is not known at the moment, and no figure is given. */
export function single(value: number | null): MetricSample[] {
  return value === null ? [] : [{ value }];
}

/** One series for each of the values a label may have. */
export function byLabel<Value extends string>(
  label: string,
  values: readonly Value[],
  read: (value: Value) => number,
): MetricSample[] {
  return values.map((value) => ({ labels: { [label]: value }, value: read(value) }));
}

/** 1 for the state that holds, 0 for the others. */
export function oneHot<State extends string>(
  states: readonly State[],
  present: State,
): MetricSample[] {
  return byLabel('state', states, (state) => (state === present ? 1 : 0));
}

import type { MetricFamily } from '../http/metrics-text.ts';
import type { LwesJournalStats } from '../lwes/journal-writer.ts';
import type { ChannelRoster } from './channel-roster.ts';
import type { StreamDesk } from './stream-desk.ts';

export interface StreamFigures {
  readonly roster: ChannelRoster;
  readonly desk: StreamDesk;
  /** WebSockets that were refused because there were too many. */
  readonly refused: number;
  /** Null when none is kept. */
  readonly journal: LwesJournalStats | null;
}

/** What Prometheus is told of a stream server. */
export function createStreamMetrics(figures: StreamFigures): MetricFamily[] {
  const { roster, desk, refused, journal } = figures;
  const { channels, totals } = roster;
  const configs = channels.flatMap(({ load }) => load);
  const queued = configs.flatMap(({ clients }) => clients.map((client) => client.queued));
  const one = (
    kind: 'counter' | 'gauge',
    [name, help]: readonly [string, string],
    value: number,
  ): MetricFamily => ({ name: `vigil_stream_${name}`, kind, help, samples: [{ value }] });
  return [
    one('gauge', ['channels', 'Channels that are listened to.'], channels.length),
    one('gauge', ['configurations', 'Different configurations of clients.'], configs.length),
    one('gauge', ['clients', 'Clients that are served.'], desk.size),
    one('gauge', ['queued_events', 'Events that wait for clients.'], sum(queued)),
    one('counter', ['received_total', 'Datagrams that were read.'], totals.received),
    one('counter', ['malformed_total', 'Datagrams that were no events.'], totals.malformed),
    one(
      'counter',
      ['kernel_drops_total', 'Datagrams that the kernel had no room for.'],
      totals.kernelDrops ?? 0,
    ),
    one(
      'counter',
      ['dropped_total', 'Events that clients missed, and were told of.'],
      desk.dropped,
    ),
    one('counter', ['refused_total', 'WebSockets refused, because there were too many.'], refused),
    ...(journal === null
      ? []
      : [
          one(
            'counter',
            ['journal_lost_total', 'Datagrams that are not in the journal.'],
            journal.lost,
          ),
        ]),
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

import type { NamedLoad } from '../session-doors.ts';
import { byLabel, type MetricDefinition, single } from './metric-sources.ts';
import type { MessageCounts } from './session-tally.ts';

const CHANNELS = ['mail', 'webhook'] as const;

/** The monitor itself: what it has to tell, who watches, and what it had to leave out. */
export const MONITOR_METRICS: readonly MetricDefinition[] = [
  {
    name: 'vigil_spooled_messages',
    kind: 'gauge',
    help: 'Mails and webhook requests that have not been taken yet.',
    read: ({ status }) => byLabel('channel', CHANNELS, (channel) => status[channel].spooled),
  },
  ofMessages('sent', 'Mails and webhook requests that were taken.'),
  ofMessages('failed', 'Tries to send a mail or a webhook request that failed.'),
  ofMessages('dropped', 'Mails and webhook requests that were given up.'),
  {
    name: 'vigil_monitor_resident_memory_bytes',
    kind: 'gauge',
    help: 'The resident memory of the monitor.',
    read: ({ monitorRssBytes }) => single(monitorRssBytes),
  },
  {
    name: 'vigil_events_dropped_total',
    kind: 'counter',
    help: 'Events that were left out: of the event log, or for a reader that is too slow.',
    read: ({ tally, followedEventsDropped }) =>
      byLabel('reader', ['log', 'follower'], (reader) =>
        reader === 'log' ? tally.eventsDropped : followedEventsDropped,
      ),
  },
  {
    name: 'vigil_control_connections',
    kind: 'gauge',
    help: 'Open connections to the control API.',
    read: ofDoors(({ connections }) => connections),
  },
  {
    name: 'vigil_control_followers',
    kind: 'gauge',
    help: 'Connections that follow what happens.',
    read: ofDoors(({ followers }) => followers),
  },
  {
    name: 'vigil_control_dropped_total',
    kind: 'counter',
    help: 'Connections that were refused, because there were too many, or let go, because they did not read.',
    read: ofDoors(({ dropped }) => dropped),
  },
  {
    name: 'vigil_output_dropped_bytes_total',
    kind: 'counter',
    help: 'Output that was left out: of the log file, or of what the monitor itself prints.',
    read: ({ outputDroppedBytes }) =>
      byLabel('sink', ['file', 'terminal'], (sink) => outputDroppedBytes[sink]),
  },
];

function ofMessages(fate: keyof MessageCounts, help: string): MetricDefinition {
  return {
    name: `vigil_messages_${fate}_total`,
    kind: 'counter',
    help,
    read: ({ tally }) => byLabel('channel', CHANNELS, (channel) => tally.messages[channel][fate]),
  };
}

function ofDoors(read: (door: NamedLoad) => number): MetricDefinition['read'] {
  return ({ doors }) => doors.map((door) => ({ labels: { door: door.door }, value: read(door) }));
}

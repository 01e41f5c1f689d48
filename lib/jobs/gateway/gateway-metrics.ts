import { formatMetrics, type MetricFamily } from '../../http/metrics-text.ts';
import type { BrokerState } from '../broker.ts';

/** How a gateway stands, and what it has counted. */
export interface GatewayFigures {
  readonly clients: number;
  readonly sessions: number;
  readonly open: number;
  /** Jobs that wait to be published. */
  readonly waiting: number;
  readonly publishing: number;
  /** Results that wait to be acknowledged. */
  readonly kept: number;
  readonly brokerState: BrokerState;
  readonly accepted: number;
  readonly ended: ReadonlyMap<string, number>;
  readonly refused: ReadonlyMap<string, number>;
  /** Results that nobody came for, or for which there was no room. */
  readonly dropped: number;
  /** Letters that nobody was there for. */
  readonly strays: number;
  readonly refusedConnections: number;
  readonly notesLost: number;
  readonly historiesForgotten: number;
}

const BROKER_STATES: readonly BrokerState[] = ['connecting', 'up', 'blocked', 'away', 'closed'];

/** Writes the figures down for Prometheus. */
export function formatGatewayMetrics(
  figures: GatewayFigures,
): Promise<{ readonly text: string; readonly contentType: string }> {
  const { clients, sessions, open, waiting, publishing, kept } = figures;
  return formatMetrics([
    gauge('vigil_jobs_clients', 'Clients that are connected.', clients),
    gauge('vigil_jobs_sessions', 'Sessions, those without a connection included.', sessions),
    gauge('vigil_jobs_open', 'Jobs that have not ended.', open),
    gauge('vigil_jobs_waiting', 'Jobs that wait for their turn at the broker.', waiting),
    gauge('vigil_jobs_publishing', 'Jobs that the broker has not confirmed yet.', publishing),
    gauge('vigil_jobs_results_kept', 'Results that were not acknowledged yet.', kept),
    describeBroker(figures.brokerState),
    counter('vigil_jobs_accepted_total', 'Jobs that the broker has kept.', figures.accepted),
    {
      name: 'vigil_jobs_ended_total',
      kind: 'counter',
      help: 'Jobs that have ended, by state.',
      samples: [...figures.ended].map(([state, value]) => ({ labels: { state }, value })),
    },
    {
      name: 'vigil_jobs_refused_total',
      kind: 'counter',
      help: 'Messages refused, by code.',
      samples: [...figures.refused].map(([code, value]) => ({ labels: { code }, value })),
    },
    counter('vigil_jobs_results_dropped_total', 'Results given up.', figures.dropped),
    counter('vigil_jobs_stray_letters_total', 'Letters of jobs nobody knows.', figures.strays),
    counter(
      'vigil_jobs_connections_refused_total',
      'Connections refused because there were too many.',
      figures.refusedConnections,
    ),
    counter(
      'vigil_jobs_notes_lost_total',
      'Notes for the next gateway that could not be written.',
      figures.notesLost,
    ),
    counter(
      'vigil_jobs_histories_forgotten_total',
      'Jobs too long ago to be explained.',
      figures.historiesForgotten,
    ),
  ]);
}

function gauge(name: string, help: string, value: number): MetricFamily {
  return { name, kind: 'gauge', help, samples: [{ value }] };
}

function counter(name: string, help: string, value: number): MetricFamily {
  return { name, kind: 'counter', help, samples: [{ value }] };
}

function describeBroker(brokerState: BrokerState): MetricFamily {
  return {
    name: 'vigil_jobs_broker_state',
    kind: 'gauge',
    help: 'How the broker stands: 1 for its state.',
    samples: BROKER_STATES.map((state) => ({
      labels: { state },
      value: Number(state === brokerState),
    })),
  };
}

import { findTellingLine } from '../client/find-telling-line.ts';
import type { FleetEvent, ServerEnd, ServerStateBody } from './fleet-event.ts';
import { chooseEvidence } from './choose-evidence.ts';

const LINES: Readonly<
  Partial<Record<FleetEvent['type'], (body: ServerStateBody) => string | null>>
> = {
  'server.ready': ({ id, pid, adopted }) =>
    `${id} is ready, pid ${String(pid)}${adopted ? ', taken over' : ''}`,
  'server.hung': ({ id }) => `${id} is silent for too long: it is killed`,
  'server.down': ({ id, end }) => (end === undefined ? null : `${id} ${describeEnd(end)}`),
  'server.waiting': ({ id, retry }) => `${id} is started again in ${inSeconds(retry?.delayMs)}`,
  'server.broken': ({ id, retry }) =>
    `${id} ends again and again: it is tried again in ${inSeconds(retry?.delayMs)}`,
};

const WAYS = { 'roll.stopped': 'rolling restart', 'apply.stopped': 'change of the fleet' } as const;

/** What the operator of a master is told of an event; null: nothing. */
export function describeFleetEvent(event: FleetEvent): string | null {
  if (event.type === 'fleet.allStarted')
    return `all servers have started: ${String(event.servers)} in ${String(event.durationMs)} ms`;
  if (event.type === 'host.up') return `host ${event.host} answers`;
  if (event.type === 'host.down') return event.reason;
  if (event.type === 'host.unknown')
    return `${event.reason ?? `host ${event.host} does not answer`}; it is tried again`;
  if ('left' in event) return `the ${WAYS[event.type]} stopped at ${event.id}: ${event.reason}`;
  return 'serverType' in event ? (LINES[event.type]?.(event) ?? null) : null;
}

function describeEnd({ expected, cause, evidence, lastWords }: ServerEnd): string {
  if (expected) return 'has ended';
  const told = chooseEvidence(evidence);
  const why = told === null ? '' : `, ${told}`;
  const last = findTellingLine(lastWords);
  return `has ended by itself: ${cause}${why}${last === null ? '' : `; its last words: ${last}`}`;
}

function inSeconds(ms = 0): string {
  return `${String(Math.round(ms / 100) / 10)} s`;
}

import { hashShortly } from '../../util/short-hash.ts';

/**
 * In the environment of every process of a fleet, and of all they start: `<fleet id>:<server id>:<run>`. The run is of
 * one process alone: what the one before has left is not taken for what its successor has started.
 */
export const MARKER_NAME = 'VIGIL_FLEET';

/** Keys of a server's entry that are not to be read in its command line by everybody: JSON of an object. */
export const HIDDEN_KEYS_NAME = 'VIGIL_FLEET_HIDDEN';

/** Of a server that is to end when its master is gone: the pid of the master. */
export const TIED_NAME = 'VIGIL_FLEET_TIED';

/** Of a master whose starter waits for the word that it runs, over the IPC channel. */
export const STARTER_NAME = 'VIGIL_FLEET_STARTER';

/** What a master says to its starter. */
export interface StartWord {
  readonly vigil: 'fleet';
  readonly state: 'running' | 'failed';
  /** Of `failed`: an error code of Vigil's, when it has one. */
  readonly code?: string;
  /** Where clients reach it, or why it could not start. */
  readonly text: string;
}

/**
 * Tells the fleets of one machine apart.
 *
 * @param base - directory of the application, absolute and without links
 */
export function nameFleet(base: string, env: string): string {
  return hashShortly(`${base}\0${env}`);
}

/** @param run - names one process of that server */
export function markerOf(fleetId: string, serverId: string, run?: string): string {
  const marker = `${fleetId}:${serverId}`;
  return run === undefined ? marker : `${marker}:${run}`;
}

/** What a marker of this fleet names; null when it is none of this fleet's. */
export function readMarker(
  fleetId: string,
  marker: string,
): { readonly id: string; readonly run: string } | null {
  const [fleet, id, run = ''] = marker.split(':');
  return fleet === fleetId && id !== undefined ? { id, run } : null;
}

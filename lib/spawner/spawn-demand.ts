import { isPlainObject } from '../config/plain-object.ts';
import { expandCommand } from './expand-command.ts';
import type { ResolvedSpawnerOptions } from './resolve-spawner-options.ts';
import { SpawnFailure } from './spawn-failure.ts';

/** What somebody wants of a server. */
export interface SpawnDemand {
  readonly rendererType: string;
  readonly params: Readonly<Record<string, unknown>>;
}

type Offer = Pick<ResolvedSpawnerOptions, 'rendererTypes' | 'defaultType'>;

/** Reads `{"rendererType": "csr", "params": {…}}`. @throws SpawnFailure 400 with the field's path, 403 */
export function readDemand(body: Readonly<Record<string, unknown>>, offer: Offer): SpawnDemand {
  const rendererType = body['rendererType'] ?? offer.defaultType;
  return {
    rendererType: readType(rendererType, 'rendererType', offer),
    params: readParams(body),
  };
}

const CLASS_SUFFIX = '_session';

/** Reads `{"class": "csr_session", "params": {…}}`. @throws SpawnFailure 400 with the field's path, 403 */
export function readServiceDemand(
  body: Readonly<Record<string, unknown>>,
  offer: Offer,
): SpawnDemand {
  const given = body['class'];
  if (typeof given !== 'string' || !given.endsWith(CLASS_SUFFIX)) throw unknown('class', given);
  return {
    rendererType: readType(given.slice(0, -CLASS_SUFFIX.length), 'class', offer),
    params: readParams(body),
  };
}

/** Looks whether a command can be made for it. @throws SpawnFailure 400 with the field's path, 403 */
export function checkDemand(
  demand: SpawnDemand,
  options: Pick<ResolvedSpawnerOptions, 'command' | 'rendererTypes'>,
): void {
  readType(demand.rendererType, 'rendererType', options);
  expandCommand(templateOf(demand, options), { ...demand, id: '', port: 0, liveliness: '' });
}

/** The words of the command for one kind of server. */
export function templateOf(
  { rendererType }: Pick<SpawnDemand, 'rendererType'>,
  { command, rendererTypes }: Pick<ResolvedSpawnerOptions, 'command' | 'rendererTypes'>,
): string[] {
  return [...command, ...(rendererTypes[rendererType]?.args ?? [])];
}

/** The same for demands that are equal, whatever the order of their params. */
export function keyOfDemand({ rendererType, params }: SpawnDemand): string {
  const sorted = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([rendererType, sorted]);
}

function readType(
  value: unknown,
  field: string,
  { rendererTypes }: Pick<Offer, 'rendererTypes'>,
): string {
  if (typeof value !== 'string' || !Object.hasOwn(rendererTypes, value))
    throw unknown(field, value);
  if (rendererTypes[value] === null) throw new SpawnFailure(403, 'Invalid rendering location');
  return value;
}

function readParams(body: Readonly<Record<string, unknown>>): SpawnDemand['params'] {
  const params = body['params'] ?? {};
  if (!isPlainObject(params))
    throw new SpawnFailure(400, 'params is not an object', { field: 'params' });
  return params;
}

function unknown(field: string, value: unknown): SpawnFailure {
  const found = value === undefined ? 'missing' : JSON.stringify(value).slice(0, 80);
  return new SpawnFailure(400, `${field} is not one that is known: ${found}`, { field });
}

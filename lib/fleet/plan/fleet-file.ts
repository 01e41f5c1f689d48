import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { problemAt } from '../../config/check-layer.ts';
import { type ConfigLayer, readFileLayer } from '../../config/config-layer.ts';
import type { ConfigPath, ConfigProblem } from '../../config/config-problem.ts';
import { isPlainObject } from '../../config/plain-object.ts';

export interface FleetPlace {
  /** Directory of the application, absolute. */
  readonly base: string;
  readonly env: string;
}

/** The part of a file that is for one environment, with where it stands. */
export interface FleetPart {
  readonly value: unknown;
  /** What is wrong at a path inside that part. */
  readonly problem: (path: ConfigPath, expected: string, found: string) => ConfigProblem;
}

export interface FleetFile {
  readonly problems: readonly ConfigProblem[];
  /** Null: the file says nothing for this environment. */
  readonly part: FleetPart | null;
  /** What to say when it should. */
  readonly absence: ConfigProblem;
}

/**
 * Reads `config/NAME.json`, whose top-level keys are environments, or else `config/ENV/NAME.json`.
 *
 * @param isWhole - says of a value without that key that it is for every environment
 * @returns null when there is neither
 */
export function readFleetFile(
  { base, env }: FleetPlace,
  name: string,
  isWhole: (value: unknown) => boolean,
): FleetFile | null {
  const shared = readLayer(base, join('config', `${name}.json`));
  const own = shared === null || !hasKey(shared.value, env) ? readOwn({ base, env }, name) : null;
  const layer = own ?? shared;
  if (layer === null) return null;
  const absence = problemAt(layer, [], {
    expected: `a key "${env}", the environment`,
    found: describeKeys(layer.value),
  });
  const { problems, value } = layer;
  if (problems.length > 0) return { problems, part: null, absence };
  if (hasKey(value, env)) return { problems, part: createPart(layer, value[env], [env]), absence };
  const isOurs = own !== null || isWhole(value);
  return { problems, part: isOurs ? createPart(layer, value, []) : null, absence };
}

function readOwn({ base, env }: FleetPlace, name: string): ConfigLayer | null {
  return readLayer(base, join('config', env, `${name}.json`));
}

function readLayer(base: string, label: string): ConfigLayer | null {
  const file = join(base, label);
  return existsSync(file) ? readFileLayer(file, { label, directory: base }, true) : null;
}

function createPart(layer: ConfigLayer, value: unknown, prefix: ConfigPath): FleetPart {
  return {
    value,
    problem: (path, expected, found) => problemAt(layer, [...prefix, ...path], { expected, found }),
  };
}

function hasKey(value: unknown, key: string): value is Record<string, unknown> {
  return isPlainObject(value) && Object.hasOwn(value, key);
}

function describeKeys(value: unknown): string {
  if (!isPlainObject(value)) return 'a list';
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty object' : `the keys ${keys.slice(0, 10).join(', ')}`;
}
